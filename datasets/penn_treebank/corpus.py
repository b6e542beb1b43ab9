"""The sentences of the Penn Treebank, and whether they are Mikolov's."""

import hashlib
from typing import NamedTuple

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.penn_treebank.manual_files import FILES
from graves_tf.datasets.penn_treebank.manual_files import FoundFile
from graves_tf.text.vocabulary import END

SPLITS = tuple(FILES)


class Known(NamedTuple):
    """A file as Mikolov made it: bytes, and their SHA-256."""

    size: int
    sha256: str


KNOWN = {
    "train": Known(
        5101618,
        "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf",
    ),
    "validation": Known(
        399782,
        "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2",
    ),
    "test": Known(
        449945,
        "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0",
    ),
}


def read_sentences(file: FoundFile) -> list[str]:
    """The sentences of a file, one a line: words with a space between.

    Raises:
        DataError: it is empty, not UTF-8, or holds the word `<eos>`.
    """
    try:
        text = file.data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{file.place}: not UTF-8: byte 0x{file.data[error.start]:02x} in "
            f"line {line} (offset {error.start}). Get the file again, or "
            "convert it."
        ) from error
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    sentences = [" ".join(line.split()) for line in lines]
    if not any(sentences):
        raise DataError(f"{file.place}: holds no sentence. Get it again.")
    for number, sentence in enumerate(sentences, start=1):
        if END["word"] in sentence.split():
            raise DataError(
                f"{file.place}: line {number} holds the word {END['word']}, "
                "which stands for the end of a line: take it out"
            )
    return sentences


def as_file(sentences: list[str]) -> bytes:
    """The bytes of a file as Mikolov writes it: a space around each line."""
    return "".join(f" {sentence} \n" for sentence in sentences).encode()


def check(split: str, file: FoundFile, sentences: list[str]) -> None:
    """Holds a file to Mikolov's.

    What counts is the sentences: other ends of lines, or other spaces around
    and between the words, are no difference.

    Raises:
        DataError: they differ; the message has the sizes and checksums, and
            how to go on all the same.
    """
    known = KNOWN[split]
    if digest(sentences) == known.sha256:
        return
    size = len(file.data)
    short = "It has been cut short" if size < known.size else "It is altered"
    raise DataError(
        f"{file.place}: not Mikolov's {FILES[split]}, or not as it was.\n"
        f"  expected {known.size} bytes, sha256 {known.sha256}\n"
        f"  found    {size} bytes, sha256 "
        f"{hashlib.sha256(file.data).hexdigest()}\n"
        f"{short}, or it is another text. Get it again; or, if this is the "
        "text you mean,\nbuild the data set with --accept-other-files: its "
        "results then go by another name."
    )


def digest(sentences: list[str]) -> str:
    """SHA-256 of the sentences, as Mikolov writes them."""
    return hashlib.sha256(as_file(sentences)).hexdigest()
