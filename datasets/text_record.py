"""What lies beside a data set of text: its name, vocabulary and counts."""

import json
from dataclasses import dataclass
from pathlib import Path

from graves_tf.datasets.errors import DataError
from graves_tf.text.vocabulary import Vocabulary

RECORD_FILE = "corpus.json"


@dataclass(frozen=True)
class TextRecord:
    """The account of a built data set of text.

    Attributes:
        name: what its results are reported under, e.g. `penn_treebank/char`
            or `enwik8 first 4000000 bytes`.
        vocabulary: of its symbols.
        pieces: examples by split.
        source: how far the files were checked, in a sentence.
    """

    name: str
    vocabulary: Vocabulary
    pieces: dict[str, int]
    source: str

    def write(self, folder) -> None:
        """Writes `corpus.json` into a folder."""
        fields = {**vars(self), "vocabulary": self.vocabulary.get_config()}
        text = json.dumps(fields, indent=1, ensure_ascii=False)
        (Path(folder) / RECORD_FILE).write_text(text + "\n", encoding="utf-8")


def read_record(folder) -> TextRecord:
    """The record beside a built data set.

    Raises:
        DataError: it is not there, or damaged.
    """
    path = Path(folder) / RECORD_FILE
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        vocabulary = Vocabulary.from_config(fields.pop("vocabulary"))
        return TextRecord(vocabulary=vocabulary, **fields)
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise DataError(
            f"{path}: cannot be read ({error}). Remove the folder to have the "
            "data set built again."
        ) from error
