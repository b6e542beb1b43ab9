"""Packed data sets."""

import subprocess
import sys

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.ink.line import Line


def line(number, points=50, low=-60, high=60):
    rng = np.random.default_rng(number)
    strokes = np.zeros((points, 3), np.float32)
    strokes[:, :2] = np.cumsum(rng.integers(low, high, (points, 2)), axis=0)
    strokes[:, 2] = rng.random(points) < 0.1
    return Line(strokes, f"Ünïcode № {number}", f"a01-{number:03}", "a01", "")


LINES = [line(number, points) for number, points in enumerate((50, 1, 700))]


def save(path, splits, **kwargs):
    packed.save(path, splits, **{"name": "n", "config": "c", **kwargs})
    return path


def assert_same(lines, expected):
    assert len(lines) == len(expected)
    for got, wanted in zip(lines, expected, strict=True):
        assert got[1:] == wanted[1:]
        assert got.strokes.dtype == np.float32
        np.testing.assert_array_equal(got.strokes, wanted.strokes)


def test_lines_come_back_exactly(tmp_path):
    path = save(tmp_path / "x.npz", {"train": LINES, "test": [line(7)]})
    assert_same(packed.load(path, "train"), LINES)
    assert_same(packed.load(path, "test+train"), [line(7), *LINES])


def test_description(tmp_path):
    path = save(tmp_path / "x.npz", {"train": LINES, "empty": []}, name="iam")
    assert packed.describe(path) == {
        "name": "iam",
        "config": "c",
        "scale": 1,
        "splits": {
            "train": {"lines": 3, "points": 751},
            "empty": {"lines": 0, "points": 0},
        },
    }
    assert packed.load(path, "empty") == []


def test_no_pickle_and_small_integers(tmp_path):
    path = save(tmp_path / "x.npz", {"train": LINES})
    with np.load(path, allow_pickle=False) as archive:
        assert {key: archive[key].dtype.kind for key in archive}  # all load
        assert archive["train/xy"].dtype == np.int16


def test_wide_jumps_do_not_overflow(tmp_path):
    far = np.array([[0, 0, 0], [40000, -70000, 1], [1, 2, 1]], np.float32)
    path = save(tmp_path / "x.npz", {"train": [Line(far, "far")]})
    assert_same(packed.load(path, "train"), [Line(far, "far")])
    too_far = np.array([[0, 0, 0], [3e9, 0, 1]], np.float32)
    with pytest.raises(packed.PackedFileError, match="too wide"):
        save(tmp_path / "y.npz", {"train": [Line(too_far, "")]})
    assert not (tmp_path / "y.npz").exists()


def test_fractions_are_kept_to_a_64th_without_adding_up(tmp_path):
    rng = np.random.default_rng(0)
    strokes = np.zeros((2000, 3), np.float32)
    strokes[:, :2] = np.cumsum(rng.normal(0, 3, (2000, 2)), axis=0)
    path = save(tmp_path / "x.npz", {"train": [Line(strokes, "")]})
    (back,) = packed.load(path, "train")
    assert 0 < np.abs(back.strokes - strokes).max() <= 1 / 128 + 1e-4


@pytest.mark.parametrize(
    ("value", "column", "reason"),
    [(np.nan, 0, "not finite"), (np.inf, 1, "not finite"), (2, 2, "end-of-")],
)
def test_bad_strokes_are_refused(tmp_path, value, column, reason):
    strokes = LINES[0].strokes.copy()
    strokes[3, column] = value
    with pytest.raises(packed.PackedFileError, match=reason):
        save(tmp_path / "x.npz", {"train": [Line(strokes, "", "a01-000-01")]})


def test_an_unknown_split_names_the_ones_there_are(tmp_path):
    path = save(tmp_path / "x.npz", {"train": LINES, "test": []})
    with pytest.raises(packed.PackedFileError, match="'tset'.*train, test"):
        packed.load(path, "train+tset")


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        packed.load(tmp_path / "nowhere.npz", "train")


def test_damaged_files_say_so(tmp_path):
    whole = save(tmp_path / "x.npz", {"train": LINES}).read_bytes()
    broken = tmp_path / "broken.npz"
    middle = len(whole) // 2
    flipped = bytes(byte ^ 0xFF for byte in whole[100:300])
    for data in (
        b"",
        b"no archive",
        whole[:middle],
        whole[:-30],
        whole[:100] + flipped + whole[300:],
    ):
        broken.write_bytes(data)
        with pytest.raises(packed.PackedFileError, match="broken.npz"):
            packed.load(broken, "train")


def test_arrays_that_disagree_say_so(tmp_path):
    path = save(tmp_path / "x.npz", {"train": LINES})
    with np.load(path) as archive:
        arrays = dict(archive)
    for key in ("train/xy", "train/points", "train/text", "train/pen"):
        changed = tmp_path / "changed.npz"
        np.savez(changed, **{**arrays, key: arrays[key][:-1]})
        with pytest.raises(packed.PackedFileError, match="changed.npz"):
            packed.load(changed, "train")


def test_other_npz_files_and_pickles_are_refused(tmp_path):
    path = tmp_path / "other.npz"
    np.savez(path, a=np.zeros(3))
    with pytest.raises(packed.PackedFileError, match="other.npz"):
        packed.describe(path)
    np.savez(path, header=np.array([{}], dtype=object))
    with pytest.raises(packed.PackedFileError, match="other.npz"):
        packed.describe(path)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = save(tmp_path / "x.npz", {"train": LINES})
    with pytest.raises(packed.PackedFileError):
        save(path, {"train": LINES, "a+b": []})
    assert_same(packed.load(path, "train"), LINES)
    assert [p.name for p in tmp_path.iterdir()] == ["x.npz"]


def test_it_needs_numpy_only():
    code = (
        "import sys, graves_tf.packed\n"
        "heavy = {'tensorflow', 'keras', 'lxml', 'tensorflow_datasets'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
