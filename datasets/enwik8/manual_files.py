"""enwik8, or the beginning of it, which users download: found and checked."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from graves_tf.datasets.archives import read_file
from graves_tf.datasets.archives import read_members
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError

HOMEPAGE = "http://mattmahoney.net/dc/textdata.html"
SIZE = 100_000_000
# Of the whole: the checksum that its author gives.
MD5 = "a1fa5ffddb56f4953e226637dabbb36a"
# SHA-256 of the first so many bytes, by which a beginning is told.
BEGINNINGS = {
    1_000: "0f35cdeee80ba4c570885c34ee901aa579441fb8ba97351568a81bacdfc241fd",
    10_000: "321868b6f37a7bc0b1253c7fa04c3823de4a6f4a61f939cd514720d2aef38284",
    100_000: "581bee9758c531de3795885a1adb331b9c51bfdeefd9a63407815479e22a9072",
    1_000_000: (
        "369b688978f649681136198fb96db14c1616756260c55fb4b65e9bc049552cad"
    ),
    2_000_000: (
        "f35c97c117cef50d6650f334befce5415f727139e28d2ff6524e05f1d90bbc68"
    ),
    4_000_000: (
        "9f9ca3a41e2b87a0268d00380577e2c308e07959b22a94c8d7b1e8901bdefc37"
    ),
}


class Enwik8(NamedTuple):
    """enwik8, or its beginning.

    Attributes:
        data: the bytes.
        checked: how many of them, from the first on, are known to be right.
    """

    data: bytes
    checked: int

    @property
    def name(self) -> str:
        """What results on it are reported under: a beginning is called one."""
        if len(self.data) == SIZE:
            return "enwik8"
        return f"enwik8 first {len(self.data)} bytes"


def check_manual_files(manual_dir) -> None:
    """Raises `MissingFilesError` unless there is a file of enwik8."""
    _find(Path(manual_dir))


def read_manual_files(manual_dir) -> Enwik8:
    """Reads what there is of enwik8, and checks it.

    Args:
        manual_dir: holds, in itself or one folder below, `enwik8`,
            `enwik8.zip`, or a beginning of it under a name that starts in
            `enwik8`; as it is, or as `.xz`, `.gz`, `.bz2` or `.zip`.

    Raises:
        MissingFilesError: there is none.
        DataError: it cannot be read, is not enwik8, or there are several.
    """
    path = _find(Path(manual_dir))
    if path.suffix == ".zip":
        files = read_members(path, ("enwik8", path.stem), SIZE)
        if not files:
            raise DataError(f"{path}: does not hold enwik8. Download it again.")
        data = max(files.values(), key=len)
    else:
        data = read_file(path, SIZE)
    return Enwik8(data, check(path, data))


def check(place, data: bytes) -> int:
    """Holds bytes to enwik8's.

    Args:
        place: where they are from, for messages.
        data: all of enwik8, or its beginning.

    Returns:
        How many, from the first on, are known to be right: all of them where
        all of enwik8 is there.

    Raises:
        DataError: they are not enwik8's, or too few to tell.
    """
    if len(data) < min(BEGINNINGS):
        raise DataError(
            f"{place}: {len(data)} bytes, too few to tell whether it is "
            f"enwik8: that takes {min(BEGINNINGS)}. Download it again."
        )
    if len(data) == SIZE:
        found = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if found == MD5:
            return SIZE
    right = 0
    for size, expected in BEGINNINGS.items():
        if size > len(data):
            break
        found = hashlib.sha256(data[:size]).hexdigest()
        if found != expected:
            raise DataError(
                f"{place}: not enwik8: its {len(data)} bytes differ from it "
                f"somewhere between {right} and {size}.\n"
                f"  sha256 of the first {size}: expected {expected}\n"
                f"  found {found}\nDownload it again."
            )
        right = size
    if len(data) == SIZE:
        raise DataError(
            f"{place}: altered: {SIZE} bytes, as enwik8 has, but with the md5 "
            f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}, "
            f"where it has {MD5}. Download it again."
        )
    return right


def _find(folder):
    for name in ("enwik8", "enwik8.zip"):
        for path in (folder / name, *sorted(folder.glob(f"*/{name}"))):
            if path.is_file():
                return path
    for pattern in ("enwik8*", "*/enwik8*"):
        found = [
            path
            for path in sorted(folder.glob(pattern))
            if path.is_file() and path.suffix != ".npz"
        ]
        if len(found) > 1:
            raise DataError(
                f"{folder}: holds {', '.join(path.name for path in found)}: "
                "leave the one that you mean in there, and no other"
            )
        if found:
            return found[0]
    there = "" if folder.is_dir() else " (no such folder)"
    raise MissingFilesError(
        f"No enwik8 in {folder}{there}. Download enwik8.zip from\n"
        f"  {HOMEPAGE}\nand put it into that folder. A beginning of it will do "
        "(head -c 4000000 enwik8 > enwik8.first4000000),\nand is reported as "
        "one."
    )
