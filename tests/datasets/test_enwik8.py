"""The enwik8 data set, from small files that stand in for it."""

import bz2
import gzip
import hashlib
import lzma
import random
import zipfile

import pytest

from graves_tf.datasets.__main__ import main
from graves_tf.datasets.enwik8 import enwik8_dataset_builder
from graves_tf.datasets.enwik8 import manual_files
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError
from graves_tf.text import packed_text
from graves_tf.text.symbols import load_symbols

SIZE = 3000
# A block of 100 bytes, and the whole, end in NULs.
WHOLE = bytearray(random.Random(0).choices(range(250), k=SIZE))
WHOLE[190:200] = WHOLE[-10:] = bytes(10)
WHOLE = bytes(WHOLE)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Holds the small file to be enwik8."""
    beginnings = {
        size: hashlib.sha256(WHOLE[:size]).hexdigest()
        for size in (100, 1000, 2000)
    }
    monkeypatch.setattr(manual_files, "BEGINNINGS", beginnings)
    monkeypatch.setattr(manual_files, "SIZE", SIZE)
    monkeypatch.setattr(manual_files, "MD5", hashlib.md5(WHOLE).hexdigest())
    monkeypatch.setattr(enwik8_dataset_builder, "BLOCK", 100)


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "manual"
    folder.mkdir()
    return folder


def load(split, files, tmp_path):
    return load_symbols(
        split,
        dataset="enwik8",
        data_dir=tmp_path / "data",
        manual_dir=files,
    )


def build(files, tmp_path, *more):
    folders = ["--manual-dir", files, "--data-dir", tmp_path / "data"]
    return main(["enwik8", *map(str, folders), *map(str, more)])


def test_every_byte_comes_back_in_order(files, tmp_path):
    (files / "enwik8").write_bytes(WHOLE)
    train = load("train", files, tmp_path)
    validation = load("validation", files, tmp_path)
    assert len(train.ids) == 2880  # 96 %
    assert len(validation.ids) == 120
    text = train.vocabulary.decode(train.ids)
    assert text + validation.vocabulary.decode(validation.ids) == WHOLE
    both = load("train+validation", files, tmp_path)
    assert both.vocabulary.decode(both.ids) == WHOLE
    assert train.vocabulary.symbols == tuple(sorted(set(WHOLE)))
    assert train.vocabulary == validation.vocabulary
    assert (train.name, train.unknown) == ("enwik8", 0)


@pytest.mark.parametrize("size", [100, 101, 1999, 2000, 2999])
def test_a_beginning_is_called_one(files, tmp_path, capsys, size):
    (files / "enwik8").write_bytes(WHOLE[:size])
    assert build(files, tmp_path) == 0
    name = f"enwik8 first {size} bytes"
    out = capsys.readouterr().out
    assert name in out.splitlines()
    checked = max(n for n in (100, 1000, 2000) if n <= size)
    assert f"{size} bytes, the first {checked} of them held to" in out
    train = load("train", files, tmp_path)
    assert train.name == name
    assert len(train.ids) == size * 96 // 100
    both = load("train+validation", files, tmp_path)
    assert both.vocabulary.decode(both.ids) == WHOLE[:size]


def zipped(data, member="enwik8"):
    def write(path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member, data)

    return write


def written(data):
    return lambda path: path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "write", "size"),
    [
        ("enwik8.zip", zipped(WHOLE), SIZE),
        ("enwik8.zip", zipped(WHOLE, "data/enwik8"), SIZE),
        ("enwik8.zip", zipped(WHOLE, "../../enwik8"), SIZE),
        ("enwik8.gz", written(gzip.compress(WHOLE)), SIZE),
        ("enwik8.first1500.xz", written(lzma.compress(WHOLE[:1500])), 1500),
        ("enwik8-beginning.bz2", written(bz2.compress(WHOLE[:100])), 100),
        ("enwik8_1200", written(WHOLE[:1200]), 1200),
        ("enwik8.1200.zip", zipped(WHOLE[:1200], "enwik8.1200"), 1200),
        ("enwik8/enwik8", written(WHOLE), SIZE),
        ("x/enwik8.first1500", written(WHOLE[:1500]), 1500),
    ],
)
def test_it_may_be_packed(files, tmp_path, name, write, size):
    (files / name).parent.mkdir(exist_ok=True)
    write(files / name)
    both = load("train+validation", files, tmp_path)
    assert both.vocabulary.decode(both.ids) == WHOLE[:size]
    assert both.name == "enwik8" + f" first {size} bytes" * (size < SIZE)
    # Nothing was unpacked.
    there = [p for p in tmp_path.rglob("enwik8*") if p.is_file()]
    assert [p for p in there if "data" not in p.parts] == [files / name]


def test_all_of_it_comes_before_a_beginning(files, tmp_path):
    (files / "enwik8.first1000").write_bytes(WHOLE[:1000])
    zipped(WHOLE)(files / "enwik8.zip")
    assert load("train", files, tmp_path).name == "enwik8"


def test_two_beginnings_are_one_too_many(files, tmp_path):
    for size in (1000, 1200):
        (files / f"enwik8.first{size}").write_bytes(WHOLE[:size])
    with pytest.raises(DataError, match="enwik8.first1000, enwik8.first1200"):
        load("train", files, tmp_path)


def test_the_command_sums_up_and_packs(files, tmp_path, capsys):
    (files / "enwik8.head").write_bytes(WHOLE[:2100])
    file = tmp_path / "x.npz"
    assert build(files, tmp_path, "--pack", file) == 0
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    size = len(set(WHOLE[:2100]))
    assert ["split", "blocks", "symbols", "vocabulary", "unknown"] in rows
    assert ["train", "21", "2016", str(size), "0"] in rows
    assert ["validation", "1", "84", str(size), "0"] in rows
    symbols = packed_text.load(file, "train+validation")
    assert symbols.vocabulary.decode(symbols.ids) == WHOLE[:2100]
    assert symbols.name == "enwik8 first 2100 bytes"


@pytest.mark.parametrize(
    ("place", "between"), [(0, "0 and 100"), (500, "100 and 1000")]
)
@pytest.mark.parametrize("size", [1500, SIZE])
def test_an_altered_byte_is_told(files, tmp_path, place, between, size):
    data = bytearray(WHOLE[:size])
    data[place] ^= 1
    path = files / "enwik8"
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        load("train", files, tmp_path)
    message = str(caught.value)
    assert f"{path}: not enwik8" in message
    assert f"{size} bytes differ from it somewhere between {between}" in message
    end = int(between.split()[-1])
    assert hashlib.sha256(data[:end]).hexdigest() in message
    assert hashlib.sha256(WHOLE[:end]).hexdigest() in message


def test_all_of_it_is_told_by_its_checksum(files, tmp_path):
    data = WHOLE[:2500] + b"x" + WHOLE[2501:]
    (files / "enwik8").write_bytes(data)
    with pytest.raises(DataError) as caught:
        load("train", files, tmp_path)
    message = str(caught.value)
    assert "altered" in message
    assert hashlib.md5(data).hexdigest() in message
    assert hashlib.md5(WHOLE).hexdigest() in message


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "0 bytes, too few"),
        (WHOLE[:99], "99 bytes, too few"),
        (WHOLE + b"x", "more than 3000 bytes"),
        (b"<html>please log in</html>" * 50, "not enwik8"),
    ],
)
def test_what_is_not_enwik8(files, tmp_path, capsys, data, reason):
    (files / "enwik8").write_bytes(data)
    assert build(files, tmp_path) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert str(files / "enwik8") in error
    assert "Traceback" not in error
    assert not list((tmp_path / "data").rglob("dataset_info.json"))


def test_damaged_archives(files, tmp_path):
    path = files / "enwik8.zip"
    zipped(WHOLE)(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="enwik8.zip.*again"):
        load("train", files, tmp_path)
    zipped(WHOLE, "enwik9")(path)
    with pytest.raises(DataError, match="enwik8.zip: does not hold enwik8"):
        load("train", files, tmp_path)
    path.unlink()
    (files / "enwik8.xz").write_bytes(lzma.compress(WHOLE)[:-30])
    with pytest.raises(DataError, match="enwik8.xz.*again"):
        load("train", files, tmp_path)


def test_missing_files_are_one_error(files, tmp_path, capsys):
    (files / "enwik8.npz").write_bytes(b"packed")
    assert build(files, tmp_path) == 2
    error = capsys.readouterr().err
    for part in ("enwik8.zip", str(files), "http", "--manual-dir"):
        assert part in error
    assert "Traceback" not in error
    assert not (tmp_path / "data").exists()
    with pytest.raises(MissingFilesError, match="no such folder"):
        load("train", tmp_path / "nowhere", tmp_path)


def test_it_has_no_configs_and_no_test_split(files, tmp_path, capsys):
    (files / "enwik8").write_bytes(WHOLE)
    assert build(files, tmp_path, "--config", "byte") == 2
    assert "it has none" in capsys.readouterr().err
    with pytest.raises(DataError, match="'test'.*train, validation"):
        load("test", files, tmp_path)
