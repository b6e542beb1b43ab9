"""Files read out of archives."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile

import pytest

from graves_tf.datasets.archives import SUFFIXES
from graves_tf.datasets.archives import read_file
from graves_tf.datasets.archives import read_members
from graves_tf.datasets.errors import DataError

MODES = {"tgz": "gz", "txz": "xz", "tar": ""}


def write_tar(path, *members):
    mode = path.name.rpartition(".")[2]
    with tarfile.open(path, f"w:{MODES.get(mode, mode)}") as tar:
        for member, data in members:
            if isinstance(member, str):
                member = tarfile.TarInfo(member)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def write_zip(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)


def link(name, target, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_are_found_in_any_folder(tmp_path, suffix):
    path = tmp_path / f"some{suffix}"
    write = write_zip if suffix == ".zip" else write_tar
    write(path, ("./x/data/a.txt", b"one"), ("b.txt", b"two"), ("c.txt", b""))
    found = read_members(path, ["a.txt", "b.txt", "nowhere.txt"], 100)
    assert found == {"a.txt": b"one", "b.txt": b"two"}


@pytest.mark.parametrize("name", ["../a.txt", "x/../../a.txt", "/etc/a.txt"])
@pytest.mark.parametrize("write", [write_tar, write_zip])
def test_nothing_leaves_the_archive(tmp_path, name, write):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / ("x.zip" if write is write_zip else "x.tgz")
    write(path, (name, b"evil"))
    assert read_members(path, ["a.txt"], 100) == {"a.txt": b"evil"}
    assert [p.name for p in tmp_path.rglob("*")] == ["folder", path.name]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("target", ["/etc/passwd", "../secret.txt", "b.txt"])
def test_links_are_not_followed(tmp_path, kind, target):
    (tmp_path / "secret.txt").write_bytes(b"secret")
    path = tmp_path / "x.tar"
    write_tar(path, ("b.txt", b"two"), (link("a.txt", target, kind), b""))
    assert read_members(path, ["a.txt"], 100) == {}


def test_other_kinds_of_members_are_no_files(tmp_path):
    path = tmp_path / "x.tar"
    write_tar(
        path,
        (link("a.txt", "", tarfile.FIFOTYPE), b""),
        (link("b.txt", "", tarfile.CHRTYPE), b""),
        (link("c.txt", "", tarfile.DIRTYPE), b""),
    )
    assert read_members(path, ["a.txt", "b.txt", "c.txt"], 100) == {}


@pytest.mark.parametrize("write", [write_tar, write_zip])
def test_too_large_a_file_is_refused(tmp_path, write):
    path = tmp_path / ("x.zip" if write is write_zip else "x.tgz")
    write(path, ("a.txt", bytes(1001)))
    with pytest.raises(DataError, match="a.txt: has more than 1000 bytes"):
        read_members(path, ["a.txt"], 1000)
    assert len(read_members(path, ["a.txt"], 1001)["a.txt"]) == 1001


def test_two_files_of_one_name(tmp_path):
    path = tmp_path / "x.tar"
    write_tar(path, ("a.txt", b"one"), ("copy/a.txt", b"one"))
    assert read_members(path, ["a.txt"], 100) == {"a.txt": b"one"}
    write_tar(path, ("a.txt", b"one"), ("copy/a.txt", b"two"))
    with pytest.raises(DataError, match="x.tar.*two different files a.txt"):
        read_members(path, ["a.txt"], 100)


@pytest.mark.parametrize("suffix", [".tgz", ".tar.xz", ".tar.bz2", ".zip"])
def test_a_damaged_archive_says_so(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    write = write_zip if suffix == ".zip" else write_tar
    write(path, ("a.txt", random.Random(0).randbytes(20000)))
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = bytes(byte ^ 0x55 for byte in whole[middle : middle + 60])
    for data in (
        whole[:-300],
        whole[:middle] + flipped + whole[middle + 60 :],
        b"<html>please log in</html>",
        b"",
    ):
        path.write_bytes(data)
        with pytest.raises(DataError, match=f"x{suffix}.*again"):
            read_members(path, ["a.txt"], 100_000)


def test_an_archive_that_wants_a_password(tmp_path):
    path = tmp_path / "x.zip"
    write_zip(path, ("a.txt", b"one"))
    data = bytearray(path.read_bytes())
    # The bit for encryption, in both of a member's headers.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="x.zip.*password"):
        read_members(path, ["a.txt"], 100)


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [
        ("", bytes),
        (".dat", bytes),
        (".gz", gzip.compress),
        (".xz", lzma.compress),
        (".bz2", bz2.compress),
    ],
)
def test_single_files_are_decompressed(tmp_path, suffix, compress):
    path = tmp_path / f"x{suffix}"
    data = bytes(i * i % 251 for i in range(5000))
    path.write_bytes(compress(data))
    assert read_file(path, 5000) == data
    with pytest.raises(DataError, match="more than 4999 bytes"):
        read_file(path, 4999)
    if compress is not bytes:
        path.write_bytes(compress(data)[:-20])
        with pytest.raises(DataError, match=f"x{suffix}.*again"):
            read_file(path, 5000)
        path.write_bytes(b"no archive")
        with pytest.raises(DataError, match=f"x{suffix}.*again"):
            read_file(path, 5000)
