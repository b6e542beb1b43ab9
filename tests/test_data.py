"""Loading lines, from packed files and from built data sets."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.data import load_lines
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError
from graves_tf.datasets.hershey.generate import generate_lines

HERSHEY = "hershey/lines_3"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    load_lines("train", dataset=HERSHEY, data_dir=folder)
    return folder


def assert_same(lines, expected):
    assert len(lines) == len(expected)
    for got, wanted in zip(lines, expected, strict=True):
        assert got[1:] == wanted[1:]
        np.testing.assert_array_equal(got.strokes, wanted.strokes)


def test_a_built_data_set_gives_what_was_generated(data_dir):
    lines = load_lines("train", dataset=HERSHEY, data_dir=data_dir)
    assert_same(lines, generate_lines(3, seed=0))


def test_splits_are_joined_in_the_order_asked_for(data_dir):
    lines = load_lines("test+train", dataset=HERSHEY, data_dir=data_dir)
    assert_same(lines, generate_lines(1, seed=3) + generate_lines(3, seed=0))


def test_a_packed_file_wins(tmp_path):
    path = tmp_path / "x.npz"
    lines = generate_lines(2, seed=9)
    packed.save(path, {"train": lines}, name="x", config="")
    nowhere = tmp_path / "nowhere"
    got = load_lines("train", dataset="no such", data=path, data_dir=nowhere)
    assert_same(got, lines)
    assert not nowhere.exists()


def test_an_unknown_split_names_the_ones_there_are(data_dir):
    with pytest.raises(DataError, match="'tset'.*train, validation_1"):
        load_lines("tset", dataset=HERSHEY, data_dir=data_dir)


@pytest.mark.parametrize(
    ("dataset", "reason"),
    [
        ("mnist", "iam_ondb and hershey"),
        ("iam_ondb/cleen", "clean, raw"),
        ("hershey/lines_0", "lines_N"),
    ],
)
def test_an_unknown_data_set_names_the_ones_there_are(
    tmp_path, dataset, reason
):
    with pytest.raises(DataError, match=reason):
        load_lines("train", dataset=dataset, data_dir=tmp_path)


def test_without_iam_ondb_the_error_says_what_to_do(tmp_path):
    with pytest.raises(MissingFilesError) as caught:
        load_lines("train", data_dir=tmp_path, manual_dir=tmp_path / "m")
    message = str(caught.value)
    for part in ("lineStrokes-all", "task1", "https://fki", "hershey"):
        assert part in message
    assert list(tmp_path.iterdir()) == []


def test_by_default_hershey_stands_in(tmp_path, monkeypatch):
    from graves_tf.datasets.hershey import hershey_dataset_builder as made

    few = made.HersheyConfig(name="default", lines=2)
    monkeypatch.setattr(made.Builder, "BUILDER_CONFIGS", [few])
    monkeypatch.setattr(made.Builder, "builder_configs", {few.name: few})
    lines = load_lines("train", dataset=None, data_dir=tmp_path)
    assert_same(lines, generate_lines(2, seed=0))


def test_a_data_set_of_text_is_refused(tmp_path):
    with pytest.raises(DataError, match="penn_treebank is text.*hershey"):
        load_lines("train", dataset="penn_treebank/char", data_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_damaged_files_say_so(tmp_path):
    load_lines("train", dataset=HERSHEY, data_dir=tmp_path)
    (path,) = tmp_path.rglob("hershey-train*")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match="built again"):
        load_lines("train", dataset=HERSHEY, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("hershey-train*", 0.5),
        ("dataset_info.json", 0.5),
        ("dataset_info.json", 0),
    ],
)
def test_a_copy_cut_short_says_so(data_dir, tmp_path, name, share):
    copy = tmp_path / "copy"
    shutil.copytree(data_dir, copy)
    (path,) = copy.rglob(name)
    whole = path.read_bytes()
    path.write_bytes(whole[: round(share * len(whole))])
    with pytest.raises(DataError, match="cannot be read.*built again"):
        load_lines("train", dataset=HERSHEY, data_dir=copy)


def test_reading_needs_no_tensorflow(data_dir, tmp_path):
    path = tmp_path / "x.npz"
    packed.save(path, {"train": []}, name="x", config="")
    code = (
        "import sys\n"
        "from graves_tf.data import load_lines\n"
        f"load_lines('train', data={str(path)!r})\n"
        "assert 'tensorflow_datasets' not in sys.modules\n"
        "assert 'lxml' not in sys.modules\n"
        f"lines = load_lines('train', dataset={HERSHEY!r},"
        f" data_dir={str(data_dir)!r})\n"
        "assert len(lines) == 3\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
