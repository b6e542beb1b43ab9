"""Files read out of archives: nothing is unpacked onto the disk."""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path
from pathlib import PurePosixPath

from graves_tf.datasets.errors import DataError

TAR_SUFFIXES = (".tar", ".tgz", ".txz", ".tar.gz", ".tar.xz", ".tar.bz2")
SUFFIXES = (*TAR_SUFFIXES, ".zip")

_OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
_READING = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,  # zipfile, of a member with a password
)


def read_members(archive, names, limit: int) -> dict[str, bytes]:
    """Files of an archive, by their names, in whichever folder they lie.

    They are read into memory, so that no member, whatever its path, and no
    link can reach outside of the archive: only plain files are looked at.

    Args:
        archive: a tar archive, compressed or not, or a `.zip`.
        names: of files, without folders.
        limit: the most bytes that a file may have.

    Returns:
        The contents of those that are there.

    Raises:
        DataError: the archive is damaged, a file is over the limit, or two of
            one name differ.
    """
    path = Path(archive)
    found = {}
    try:
        for name, data in _members(path, set(names), limit):
            if found.setdefault(name, data) != data:
                raise DataError(f"{path}: holds two different files {name}")
    except DataError:
        raise
    except _READING as error:
        raise damaged(path, error) from error
    return found


def read_file(path, limit: int) -> bytes:
    """A file, decompressed where it ends in `.gz`, `.xz` or `.bz2`.

    Raises:
        DataError: it is damaged, or has more bytes than the limit.
    """
    path = Path(path)
    try:
        with _OPENERS.get(path.suffix, open)(path, "rb") as file:
            return _read(file, path, limit)
    except DataError:
        raise
    except _READING as error:
        raise damaged(path, error) from error


def damaged(path, error) -> DataError:
    """The error for a file that cannot be read to its end."""
    reason = str(error).partition("\n")[0] or type(error).__name__
    return DataError(f"{path}: cannot be read ({reason}). Download it again.")


def _members(path, names, limit):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = PurePosixPath(member.filename).name
                if name in names and not member.is_dir():
                    with archive.open(member) as file:
                        yield name, _read(file, f"{path}: {name}", limit)
        return
    with tarfile.open(path) as archive:
        for member in archive:
            name = PurePosixPath(member.name).name
            if name in names and member.isfile():
                with archive.extractfile(member) as file:
                    yield name, _read(file, f"{path}: {name}", limit)
        read_to_end(archive)


def read_to_end(tar) -> None:
    """Reads what is left of an open tar archive, so that damage is noticed.

    `tarfile` stops at the mark that ends the archive; the compression's
    checksum stands behind that, at the very end of the file.
    """
    while tar.fileobj.read(2**20):
        pass


def _read(file, name, limit):
    data = file.read(limit + 1)
    if len(data) > limit:
        raise DataError(
            f"{name}: has more than {limit} bytes; it is not the file that "
            "is looked for"
        )
    return data
