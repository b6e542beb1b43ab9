"""Mikolov's files of the Penn Treebank, which users have: found and read."""

from pathlib import Path
from typing import NamedTuple

from graves_tf.datasets.archives import SUFFIXES
from graves_tf.datasets.archives import read_file
from graves_tf.datasets.archives import read_members
from graves_tf.datasets.errors import MissingFilesError

HOMEPAGE = "https://catalog.ldc.upenn.edu/LDC99T42"
FILES = {
    "train": "ptb.train.txt",
    "validation": "ptb.valid.txt",
    "test": "ptb.test.txt",
}
# What an archive of them is called; `simple-examples.tgz` is Mikolov's own.
_ARCHIVES = ("simple-examples", "ptb", "penn")
# Far above the largest, which has 5 MB: an archive is not to fill the memory.
_LIMIT = 200_000_000


class FoundFile(NamedTuple):
    """A file of the corpus.

    Attributes:
        place: where it was found, for messages.
        data: what it holds.
    """

    place: str
    data: bytes


def check_manual_files(manual_dir) -> None:
    """Raises `MissingFilesError` unless the files, or an archive, are there."""
    folder = Path(manual_dir)
    missing = [name for name in FILES.values() if not _find(folder, name)]
    if missing and not _archives(folder):
        raise _missing(folder, missing)


def read_manual_files(manual_dir) -> dict[str, FoundFile]:
    """The file of each split.

    Args:
        manual_dir: holds `ptb.train.txt`, `ptb.valid.txt` and `ptb.test.txt`,
            in itself or up to two folders below, or an archive with them:
            `simple-examples.tgz`, or one whose name begins in `ptb` or `penn`.
            Files that are unpacked come first.

    Raises:
        MissingFilesError: names each file that is not there.
        DataError: an archive or a file cannot be read.
    """
    folder = Path(manual_dir)
    found = {}
    for name in FILES.values():
        if path := _find(folder, name):
            found[name] = FoundFile(str(path), read_file(path, _LIMIT))
    for archive in _archives(folder):
        missing = set(FILES.values()) - set(found)
        if missing:
            for name, data in read_members(archive, missing, _LIMIT).items():
                found[name] = FoundFile(f"{archive}: {name}", data)
    missing = [name for name in FILES.values() if name not in found]
    if missing:
        raise _missing(folder, missing)
    return {split: found[name] for split, name in FILES.items()}


def _find(folder, name):
    # Two below: simple-examples/data.
    for pattern in (name, f"*/{name}", f"*/*/{name}"):
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                return path
    return None


def _archives(folder):
    return [
        path
        for path in sorted(folder.glob("*"))
        if path.name.lower().startswith(_ARCHIVES)
        and path.name.lower().endswith(SUFFIXES)
        and path.is_file()
    ]


def _missing(folder, names):
    there = "" if folder.is_dir() else " (no such folder)"
    archives = [path.name for path in _archives(folder)]
    looked = f"\nLooked into {', '.join(archives)} too." if archives else ""
    return MissingFilesError(
        f"The Penn Treebank is not complete in {folder}{there}. Missing: "
        f"{', '.join(names)}{looked}\nThese are the files that Mikolov made of "
        "it, as they come in his simple-examples.tgz:\nput that archive, or "
        f"the files, into the folder. The corpus is the LDC's:\n  {HOMEPAGE}"
    )
