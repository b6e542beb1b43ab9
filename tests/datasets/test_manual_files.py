"""The files of IAM-OnDB that a user downloads."""

import io
import shutil
import tarfile

import pytest

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError
from graves_tf.datasets.iam_ondb.manual_files import REGISTER
from graves_tf.datasets.iam_ondb.manual_files import find_manual_files
from graves_tf.datasets.iam_ondb.manual_files import unpack


def test_unpacked_folders_are_used_where_they_are(iam, tmp_path):
    work = tmp_path / "work"
    files = find_manual_files(iam.folder, work)
    assert files.line_strokes == iam.folder / "lineStrokes"
    assert files.ascii == iam.folder / "ascii"
    assert files.lists["validation_1"] == iam.folder / "testset_v.txt"
    assert files.original is None
    assert not work.exists()


def test_archives_are_unpacked(iam, tmp_path):
    iam.write_writer("a01-000u", "10062")
    archives = iam.pack(tmp_path / "archives")
    before = sorted(archives.iterdir())
    files = find_manual_files(archives, tmp_path / "work")
    names = {p.name for p in files.line_strokes.rglob("*.xml")}
    assert names == {p.name for p in iam.folder.rglob("lineS*/**/*.xml")}
    assert files.lists["train"].read_text().split() == ["a01-000u", "b01-001"]
    assert len(list(files.original.rglob("*.xml"))) == 1
    assert sorted(archives.iterdir()) == before


def test_parts_may_be_mixed_and_one_level_down(iam, tmp_path):
    archives = iam.pack(tmp_path / "archives")
    (archives / "task1.tar.gz").unlink()
    (archives / "task1").mkdir()
    for path in iam.folder.glob("*.txt"):
        shutil.copy(path, archives / "task1")
    files = find_manual_files(archives, tmp_path / "work")
    assert files.lists["test"] == archives / "task1" / "testset_f.txt"


def test_each_missing_file_is_named(iam, tmp_path):
    shutil.rmtree(iam.folder / "ascii")
    (iam.folder / "testset_t.txt").unlink()
    with pytest.raises(MissingFilesError) as caught:
        find_manual_files(iam.folder, tmp_path / "work")
    message = str(caught.value)
    assert "ascii-all.tar.gz" in message
    assert "testset_t.txt" in message
    assert REGISTER in message
    assert str(iam.folder) in message
    for present in ("lineStrokes-all", "trainset.txt", "original"):
        assert present not in message


def test_a_missing_folder(tmp_path):
    with pytest.raises(MissingFilesError, match="no such folder") as caught:
        find_manual_files(tmp_path / "nowhere", tmp_path / "work")
    for name in ("lineStrokes-all", "ascii-all", "task1", "testset_f.txt"):
        assert name in str(caught.value)


def write_tar(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for member, data in members:
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def link(name, target, kind):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "member",
    [
        tarfile.TarInfo("../evil.txt"),
        tarfile.TarInfo("lineStrokes/../../evil.txt"),
        link("out", "../..", tarfile.SYMTYPE),
        link("passwd", "/etc/passwd", tarfile.SYMTYPE),
        link("hard", "../../evil.txt", tarfile.LNKTYPE),
        link("pipe", "", tarfile.FIFOTYPE),
    ],
    ids=lambda member: member.name,
)
def test_a_member_that_leaves_the_folder_is_refused(tmp_path, member):
    archive = tmp_path / "ascii-all.tar.gz"
    data = b"evil" if member.isreg() else b""
    write_tar(archive, (tarfile.TarInfo("good.txt"), b"good"), (member, data))
    folder = tmp_path / "work" / "ascii-all"
    with pytest.raises(DataError, match="ascii-all.tar.gz.*refused"):
        unpack(archive, folder)
    assert not list(tmp_path.rglob("evil.txt"))
    assert {p.name for p in folder.iterdir()} <= {"good.txt"}


def test_a_name_from_the_root_stays_in_the_folder(tmp_path):
    archive, folder = tmp_path / "x.tar.gz", tmp_path / "work"
    evil = tmp_path / "evil.txt"
    write_tar(archive, (tarfile.TarInfo(str(evil)), b"evil"))
    unpack(archive, folder)
    assert not evil.exists()
    assert len(list(folder.rglob("evil.txt"))) == 1


def test_a_damaged_archive(iam, tmp_path):
    archives = iam.pack(tmp_path / "archives")
    archive = archives / "ascii-all.tar.gz"
    whole = archive.read_bytes()
    flipped = bytes(byte ^ 0x55 for byte in whole[200:260])
    for number, data in enumerate(
        (
            whole[:-60],
            whole[:-4],
            whole[:200] + flipped + whole[260:],
            b"<html>please log in</html>",
            b"",
        )
    ):
        archive.write_bytes(data)
        with pytest.raises(DataError, match="ascii-all.tar.gz.*again"):
            find_manual_files(archives, tmp_path / f"work{number}")


def test_an_archive_with_something_else_in_it(iam, tmp_path):
    archives = iam.pack(tmp_path / "archives")
    shutil.copy(archives / "task1.tar.gz", archives / "ascii-all.tar.gz")
    with pytest.raises(DataError, match="does not hold ascii"):
        find_manual_files(archives, tmp_path / "work")
