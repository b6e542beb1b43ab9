"""hershey: online handwriting made from the Hershey stroke fonts."""

from dataclasses import dataclass

import tensorflow_datasets as tfds
from etils import epath

from graves_tf.datasets.features import line_features
from graves_tf.datasets.features import to_example
from graves_tf.datasets.hershey.generate import generate_lines

_LINES = 2000


@dataclass(eq=False, kw_only=True)
class HersheyConfig(tfds.core.BuilderConfig):
    """How many lines to make.

    Attributes:
        lines: in `train`; a twentieth of it, at least one line, in each of
            the other splits.
    """

    lines: int = _LINES

    @classmethod
    def of(cls, lines: int) -> "HersheyConfig":
        """The config of so many lines.

        Raises:
            ValueError: not a positive number.
        """
        if lines < 1:
            raise ValueError(f"lines must be positive, got {lines}")
        if lines == _LINES:
            return Builder.BUILDER_CONFIGS[0]
        return cls(name=f"lines_{lines}", lines=lines)


class Builder(tfds.core.GeneratorBasedBuilder):
    """Seeded: each split has a seed, hence lines and writers, of its own."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    BUILDER_CONFIGS = [
        HersheyConfig(name="default", description=f"{_LINES} lines to train on")
    ]
    split_names = ("train", "validation_1", "validation_2", "test")
    # tfds looks for the package by its import name, which in an editable
    # install is no folder's.
    pkg_dir_path = epath.Path(__file__).parent

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=line_features(),
            homepage="https://pypi.org/project/Hershey-Fonts/",
            supervised_keys=("strokes", "text"),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        lines = self.builder_config.lines
        few = max(lines // 20, 1)
        return {
            "train": self._generate_examples(lines, seed=0),
            "validation_1": self._generate_examples(few, seed=1),
            "validation_2": self._generate_examples(few, seed=2),
            "test": self._generate_examples(few, seed=3),
        }

    def _generate_examples(self, count, seed):
        for line in generate_lines(count, seed):
            yield line.line_id, to_example(line)
