"""What packed files have in common: arrays in an `.npz` with a JSON header.

Needs numpy only, so that a machine with Keras and a backend can train.
"""

import json
import zipfile
import zlib
from pathlib import Path

import numpy as np

from graves_tf.whole_file import replacing

HANDWRITING_FORMAT = "graves_tf packed 1"
TEXT_FORMAT = "graves_tf packed text 1"
# What goes wrong in reading a damaged file.
READING = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    IndexError,
    AttributeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)
_HOLDS = {HANDWRITING_FORMAT: "handwriting", TEXT_FORMAT: "text"}


class PackedFileError(ValueError):
    """A packed file cannot be written or read; the message names it."""


def write(path, header: dict, arrays: dict[str, np.ndarray]) -> None:
    """Writes arrays and their header.

    Args:
        path: the `.npz` to write; replaced as a whole, or not at all.
        header: `format` and what else JSON can hold.
        arrays: by name; `header` is taken.
    """
    arrays = {**arrays, "header": to_bytes(json.dumps(header).encode())}
    with replacing(path) as new, new.open("wb") as file:
        np.savez_compressed(file, **arrays)


def open_npz(path):
    """The archive of arrays, open; no pickle.

    Raises:
        FileNotFoundError: there is none.
        PackedFileError: it is no such archive.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"No packed data file {path}")
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("it is no .npz archive")
        return archive
    except READING as error:
        raise damaged(path, error) from error


def read_header(path, archive, expected: str) -> dict:
    """The header of an open archive.

    Args:
        path: for messages.
        archive: from `open_npz`.
        expected: the format it should be of.

    Raises:
        PackedFileError: there is no header, or it is of another format; where
            that is one of ours, the message says what the file holds.
    """
    try:
        header = json.loads(archive["header"].tobytes())
        found = header["format"]
        if found == expected:
            return header
    except READING as error:
        raise damaged(path, error) from error
    if holds := _HOLDS.get(str(found)):
        raise PackedFileError(
            f"{path}: holds {holds} ({header.get('name')}), where "
            f"{_HOLDS[expected]} is wanted. Pack that: "
            "python -m graves_tf.datasets NAME --pack FILE.npz"
        )
    raise damaged(path, f"its format is {found!r}, not {expected!r}")


def check_split_names(path, splits) -> None:
    """Raises `PackedFileError` for a split whose name holds a `/` or `+`."""
    for split in splits:
        if not split or "/" in split or "+" in split:
            raise PackedFileError(f"{path}: no name for a split: {split!r}")


def wanted_splits(path, split: str, there) -> list[str]:
    """The splits that are joined by `+`.

    Raises:
        PackedFileError: one is not there; the message names those that are.
    """
    wanted = [part.strip() for part in split.split("+")]
    for part in wanted:
        if part not in there:
            raise PackedFileError(
                f"{path}: no split {part!r}; it has "
                f"{', '.join(there) or 'none'}."
            )
    return wanted


def damaged(path, reason) -> PackedFileError:
    """The error for a file that is not what it should be."""
    return PackedFileError(
        f"{path}: not a packed data set, or a damaged one ({reason}). Pack it "
        "again: python -m graves_tf.datasets NAME --pack FILE.npz"
    )


def to_bytes(data: bytes) -> np.ndarray:
    """Bytes as an array of uint8."""
    return np.frombuffer(data, dtype=np.uint8)
