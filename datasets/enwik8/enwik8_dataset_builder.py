"""enwik8: the first 100 million bytes of a Wikipedia, or fewer of them."""

import tensorflow_datasets as tfds
from etils import epath

from graves_tf.datasets.enwik8.manual_files import HOMEPAGE
from graves_tf.datasets.enwik8.manual_files import read_manual_files
from graves_tf.datasets.text_features import text_features
from graves_tf.datasets.text_features import to_example
from graves_tf.datasets.text_record import TextRecord
from graves_tf.text.vocabulary import Vocabulary

BLOCK = 100_000


class Builder(tfds.core.GeneratorBasedBuilder):
    """The first 96 % are `train`, the last 4 % `validation` (Sec. 3.2).

    `corpus.json`, beside the data, holds the name that results go by, and the
    vocabulary: the byte values that occur.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Download enwik8.zip from {HOMEPAGE} into the manual directory. A beginning
    of enwik8 will do: a file whose name starts in enwik8.
    """
    # After each piece, to make the text whole again.
    joiner = b""
    split_names = ("train", "validation")
    # tfds looks for the package by its import name, which in an editable
    # install is no folder's.
    pkg_dir_path = epath.Path(__file__).parent

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=text_features(),
            homepage=HOMEPAGE,
            # "The order of the sequences was not shuffled" (Sec. 3.2).
            disable_shuffling=True,
        )

    def _download_and_prepare(self, dl_manager, **kwargs):
        enwik8 = read_manual_files(dl_manager.manual_dir)
        data = enwik8.data
        end = len(data) * 96 // 100
        self._parts = {"train": data[:end], "validation": data[end:]}
        super()._download_and_prepare(dl_manager, **kwargs)
        TextRecord(
            name=enwik8.name,
            # Of all the bytes, not of `train` alone: "the data contains a
            # total of 205 one-byte unicode symbols" (Sec. 3.2).
            vocabulary=Vocabulary.fit(data, "byte"),
            pieces={
                split: -(-len(part) // BLOCK)
                for split, part in self._parts.items()
            },
            source=f"{len(data)} bytes, the first {enwik8.checked} of them "
            "held to enwik8's checksum",
        ).write(self.data_path)

    def _split_generators(self, dl_manager):
        return {
            split: self._generate_examples(part)
            for split, part in self._parts.items()
        }

    def _generate_examples(self, part):
        for start in range(0, len(part), BLOCK):
            yield start, to_example(part[start : start + BLOCK])
