"""The files of IAM-OnDB that a user downloads: found, and unpacked safely."""

import lzma
import tarfile
import zlib
from pathlib import Path
from typing import NamedTuple

from graves_tf.datasets.archives import read_to_end
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError

REGISTER = (
    "https://fki.tic.heia-fr.ch/databases/iam-on-line-handwriting-database"
)
SPLIT_LISTS = {
    "train": "trainset.txt",
    "validation_1": "testset_v.txt",
    "validation_2": "testset_t.txt",
    "test": "testset_f.txt",
}
# What is looked for, the archive it comes in, whether one can do without.
_PARTS = [
    ("lineStrokes", "lineStrokes-all.tar.gz", False),
    ("ascii", "ascii-all.tar.gz", False),
    *((name, "task1.tar.gz", False) for name in SPLIT_LISTS.values()),
    ("original", "original-xml-all.tar.gz", True),
]


class ManualFiles(NamedTuple):
    """Where the parts of IAM-OnDB are.

    Attributes:
        line_strokes: folder of one XML file a line.
        ascii: folder of one transcription a form.
        lists: the file of each split but `unlisted`.
        original: folder of one XML file a form, with writer ids, or None.
    """

    line_strokes: Path
    ascii: Path
    lists: dict[str, Path]
    original: Path | None


def check_manual_files(manual_dir) -> None:
    """Raises `MissingFilesError` unless the folder holds all that is needed.

    Each part may be there unpacked, in the folder or one level below, or as
    the official archive.
    """
    folder = Path(manual_dir)
    missing = {}
    for name, archive, optional in _PARTS:
        found = _find(folder, name) or (folder / archive).is_file()
        if not found and not optional:
            missing.setdefault(archive, []).append(name)
    if missing:
        listed = "\n".join(
            f"  {archive} (or, unpacked: {', '.join(names)})"
            for archive, names in missing.items()
        )
        there = "" if folder.is_dir() else " (no such folder)"
        raise MissingFilesError(
            f"IAM-OnDB is not complete in {folder}{there}. Missing:\n{listed}\n"
            f"Register and download it, without charge for research, at\n"
            f"  {REGISTER}\nand put the files into that folder."
        )


def find_manual_files(manual_dir, work_dir) -> ManualFiles:
    """Finds the parts; archives are unpacked where the part itself is not.

    Args:
        manual_dir: holds the official archives or the unpacked folders.
        work_dir: each archive is unpacked into a folder of its own in here.

    Raises:
        MissingFilesError: names each file that is not there.
        DataError: an archive is damaged, holds a member that would leave its
            folder, or lacks what it should hold.
    """
    check_manual_files(manual_dir)
    found = {}
    for name, archive, _ in _PARTS:
        place = _find(Path(manual_dir), name)
        packed = Path(manual_dir) / archive
        if place is None and packed.is_file():
            folder = Path(work_dir) / archive.removesuffix(".tar.gz")
            if not folder.is_dir():
                unpack(packed, folder)
            place = _find(folder, name)
            if place is None:
                raise DataError(f"{packed} does not hold {name}")
        found[name] = place
    return ManualFiles(
        line_strokes=found["lineStrokes"],
        ascii=found["ascii"],
        lists={split: found[name] for split, name in SPLIT_LISTS.items()},
        original=found["original"],
    )


def unpack(archive, folder) -> None:
    """Unpacks a tar archive into a folder, and nowhere else.

    Raises:
        DataError: it is damaged, or a member (a path, a link, a device) would
            reach outside the folder.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
            read_to_end(tar)
    except tarfile.FilterError as error:
        raise DataError(f"{archive}: refused to unpack: {error}") from error
    except (
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(
            f"{archive}: cannot unpack it ({reason}). Download it again."
        ) from error


def _find(folder, name):
    for place in [folder / name, *sorted(folder.glob(f"*/{name}"))]:
        if place.is_file() if name.endswith(".txt") else place.is_dir():
            return place
    return None
