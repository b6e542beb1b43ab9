"""penn_treebank: the Wall Street Journal's sentences, as Mikolov cut them."""

import hashlib

import tensorflow_datasets as tfds
from etils import epath

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.penn_treebank import corpus
from graves_tf.datasets.penn_treebank.manual_files import HOMEPAGE
from graves_tf.datasets.penn_treebank.manual_files import read_manual_files
from graves_tf.datasets.text_features import text_features
from graves_tf.datasets.text_features import to_example
from graves_tf.datasets.text_record import TextRecord
from graves_tf.text.vocabulary import Vocabulary

_KINDS = {"char": "character", "word": "word"}


class Builder(tfds.core.GeneratorBasedBuilder):
    """Configs `char` and `word`: the same sentences, other symbols.

    `corpus.json`, beside the data, holds the vocabulary: the training split's
    characters or words, and the end of the sentence.

    Attributes:
        accept_other_files: whether to build from files that are not
            Mikolov's.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(
            name="char", description="characters, and the end of the sentence"
        ),
        tfds.core.BuilderConfig(
            name="word", description="words, and the end of the sentence"
        ),
    ]
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Put simple-examples.tgz, or ptb.train.txt, ptb.valid.txt and ptb.test.txt,
    into the manual directory. The corpus is the LDC's: {HOMEPAGE}
    """
    accept_other_files = False
    # After each piece, to make the text whole again.
    joiner = b"\n"
    split_names = corpus.SPLITS
    # tfds looks for the package by its import name, which in an editable
    # install is no folder's.
    pkg_dir_path = epath.Path(__file__).parent

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=text_features(),
            homepage=HOMEPAGE,
            # Sentences follow one another as in the newspaper.
            disable_shuffling=True,
        )

    def _download_and_prepare(self, dl_manager, **kwargs):
        files = read_manual_files(dl_manager.manual_dir)
        self._sentences = {
            split: corpus.read_sentences(file) for split, file in files.items()
        }
        name, source = self._name(files)
        super()._download_and_prepare(dl_manager, **kwargs)
        pieces = {split: len(part) for split, part in self._sentences.items()}
        record = TextRecord(name, self._vocabulary(), pieces, source)
        record.write(self.data_path)

    def _name(self, files):
        name = f"penn_treebank/{self.builder_config.name}"
        try:
            for split, file in files.items():
                corpus.check(split, file, self._sentences[split])
        except DataError:
            if not self.accept_other_files:
                raise
            digests = map(corpus.digest, self._sentences.values())
            checksum = hashlib.sha256("".join(digests).encode()).hexdigest()
            return (
                f"{name} of other files (sha256 {checksum[:12]})",
                "other files than Mikolov's",
            )
        return name, "Mikolov's files, by their checksums"

    def _vocabulary(self):
        kind = _KINDS[self.builder_config.name]
        texts = {
            split: "".join(f"{sentence}\n" for sentence in sentences)
            for split, sentences in self._sentences.items()
        }
        vocabulary = Vocabulary.fit(texts["train"], kind)
        # Mikolov's need no unknown class among the characters.
        if any(set(text) - set(texts["train"]) for text in texts.values()):
            vocabulary = vocabulary.with_unknown_class()
        return vocabulary

    def _split_generators(self, dl_manager):
        return {
            split: self._generate_examples(sentences)
            for split, sentences in self._sentences.items()
        }

    def _generate_examples(self, sentences):
        for number, sentence in enumerate(sentences):
            yield number, to_example(sentence)
