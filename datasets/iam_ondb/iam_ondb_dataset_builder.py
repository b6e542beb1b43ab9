"""iam_ondb: the IAM On-Line Handwriting Database, by lines."""

import itertools
import tempfile

import tensorflow_datasets as tfds
from etils import epath

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.features import line_features
from graves_tf.datasets.features import to_example
from graves_tf.datasets.iam_ondb.corpus import SPLITS
from graves_tf.datasets.iam_ondb.corpus import Corpus
from graves_tf.datasets.iam_ondb.manual_files import REGISTER
from graves_tf.datasets.iam_ondb.manual_files import find_manual_files


class Builder(tfds.core.GeneratorBasedBuilder):
    """Configs `clean` (Sec. 4 of the paper) and `raw` (as recorded).

    Lines that cannot be trusted are left out; `report.json`, beside the data,
    names each with the reason.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(
            name="clean",
            description="missing readings interpolated, over-long steps out",
        ),
        tfds.core.BuilderConfig(name="raw", description="as recorded"),
    ]
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Register at {REGISTER} and download lineStrokes-all.tar.gz,
    ascii-all.tar.gz, task1.tar.gz and, for writer ids,
    original-xml-all.tar.gz. Packed or unpacked, they go into the manual
    directory.
    """
    # Those with lines are in `info.splits`.
    split_names = SPLITS
    # tfds looks for the package by its import name, which in an editable
    # install is no folder's.
    pkg_dir_path = epath.Path(__file__).parent

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=line_features(),
            homepage=REGISTER,
            supervised_keys=("strokes", "text"),
            disable_shuffling=True,
        )

    def _download_and_prepare(self, dl_manager, **kwargs):
        # Here, and not around it: tfds moves the finished folder into place,
        # so that data and report appear together or not at all.
        with tempfile.TemporaryDirectory(dir=self.data_path) as work_dir:
            files = find_manual_files(dl_manager.manual_dir, work_dir)
            cleaning = self.builder_config.name == "clean"
            self._corpus = Corpus(files, cleaning)
            super()._download_and_prepare(dl_manager, **kwargs)
        self._corpus.report.write(self.data_path)

    def _split_generators(self, dl_manager):
        # tfds has no empty splits: one without lines is left out, and read as
        # empty.
        splits = {}
        for split in SPLITS:
            lines = self._corpus.lines(split)
            if (first := next(lines, None)) is not None:
                lines = itertools.chain([first], lines)
                splits[split] = self._generate_examples(lines)
        if not splits:
            raise DataError(self._corpus.report.why_empty())
        return splits

    def _generate_examples(self, lines):
        for line in lines:
            yield line.line_id, to_example(line)
