"""A text in one small file: class numbers in an `.npz`, no pickle.

Needs numpy only, so that a machine with Keras and a backend can train.

| array | type | holds |
|---|---|---|
| `header` | uint8 | JSON: format, name, vocabulary, splits |
| `S/ids` | uint8, uint16 or int32 `(symbols,)` | of split `S`, class numbers |
"""

import numpy as np

from graves_tf import npz_file
from graves_tf.npz_file import TEXT_FORMAT as FORMAT
from graves_tf.npz_file import PackedFileError
from graves_tf.npz_file import damaged
from graves_tf.text.symbols import Symbols
from graves_tf.text.vocabulary import Vocabulary


def save(path, splits: dict[str, Symbols]) -> None:
    """Writes a packed file.

    Args:
        path: the `.npz` to write; replaced as a whole, or not at all.
        splits: symbols by split, of one name and one vocabulary.

    Raises:
        PackedFileError: they are of several, there are none, or a split's
            name holds a `/` or `+`.
    """
    npz_file.check_split_names(path, splits)
    if not splits:
        raise PackedFileError(f"{path}: no splits to pack")
    first, *others = splits.values()
    for other in others:
        if (other.name, other.vocabulary) != (first.name, first.vocabulary):
            raise PackedFileError(
                f"{path}: splits of two texts, {first.name} and {other.name}, "
                "or of two vocabularies"
            )
    small = first.vocabulary.size <= 2**8
    dtype = np.uint8 if small else first.vocabulary.dtype
    header = {
        "format": FORMAT,
        "name": first.name,
        "vocabulary": first.vocabulary.get_config(),
        "splits": {
            split: {"symbols": len(part.ids), "unknown": part.unknown}
            for split, part in splits.items()
        },
    }
    arrays = {
        f"{split}/ids": part.ids.astype(dtype) for split, part in splits.items()
    }
    npz_file.write(path, header, arrays)


def describe(path) -> dict:
    """What a packed file holds.

    Returns:
        `name`, `vocabulary` (a `Vocabulary`), and `splits`: by split,
        `symbols` and `unknown`.

    Raises:
        PackedFileError: not a packed file of text, or a damaged one.
        FileNotFoundError: there is none.
    """
    with npz_file.open_npz(path) as archive:
        return _header(path, archive)


def load(path, split: str) -> Symbols:
    """The symbols of a split.

    Args:
        path: a packed file.
        split: e.g. `train`, or several joined by `+`.

    Raises:
        PackedFileError: not a packed file of text, a damaged one, or one
            without such a split; the message names the splits there are.
        FileNotFoundError: there is none.
    """
    with npz_file.open_npz(path) as archive:
        header = _header(path, archive)
        vocabulary, splits = header["vocabulary"], header["splits"]
        wanted = npz_file.wanted_splits(path, split, splits)
        try:
            parts = [
                _unpack(archive, part, splits[part]["symbols"], vocabulary)
                for part in wanted
            ]
            unknown = sum(int(splits[part]["unknown"]) for part in wanted)
        except npz_file.READING as error:
            raise damaged(path, f"split {split!r}: {error}") from error
    return Symbols(np.concatenate(parts), vocabulary, header["name"], unknown)


def _unpack(archive, split, count, vocabulary):
    ids = archive[f"{split}/ids"]
    if ids.shape != (count,) or ids.dtype.kind not in "ui":
        raise ValueError("the counts disagree with the header's")
    if count and not 0 <= ids.min() <= ids.max() < vocabulary.size:
        raise ValueError("a number is no class of the vocabulary")
    return ids.astype(vocabulary.dtype)


def _header(path, archive):
    header = npz_file.read_header(path, archive, FORMAT)
    try:
        return {
            "name": str(header["name"]),
            "vocabulary": Vocabulary.from_config(header["vocabulary"]),
            "splits": dict(header["splits"]),
        }
    except npz_file.READING as error:
        raise damaged(path, error) from error
