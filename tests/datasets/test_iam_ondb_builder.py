"""The iam_ondb data set, and the command that builds it."""

import json

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.data import load_lines
from graves_tf.datasets.__main__ import main


def build(iam, data_dir, *more, manual_dir=None):
    return main(
        [
            "iam_ondb",
            "--manual-dir",
            str(manual_dir or iam.folder),
            "--data-dir",
            str(data_dir),
            *more,
        ]
    )


def report_of(data_dir):
    (path,) = data_dir.rglob("report.json")
    return json.loads(path.read_text())


def test_features_and_splits(iam, tmp_path):
    iam.write_writer("c01-002z", "10062")
    for split, names in {
        "train": "a01-000u-01 a01-000u-02 a01-000u-03 b01-001-01 b01-001-02",
        "validation_1": "c01-002z-01",
        "validation_2": "d01-003x-01",
        "test": "e01-004-01 e01-004-02",
        "unlisted": "z01-000-01",
    }.items():
        lines = load_lines(
            split,
            dataset="iam_ondb/raw",
            data_dir=tmp_path / "data",
            manual_dir=iam.folder,
        )
        assert [line.line_id for line in lines] == names.split()
    (line,) = load_lines(
        "validation_1", dataset="iam_ondb/raw", data_dir=tmp_path / "data"
    )
    assert line.strokes.dtype == np.float32
    assert line.strokes.shape == (8, 3)
    assert line[1:] == ('"Peers"', "c01-002z-01", "c01-002z", "10062")


def test_the_command_sums_up_and_packs(iam, tmp_path, capsys):
    iam.stroke_file("b01-001", 2).write_text("broken")
    file = tmp_path / "x.npz"
    assert build(iam, tmp_path / "data", "--pack", str(file)) == 0
    out = capsys.readouterr().out
    rows = {row.split()[0]: row.split()[1:] for row in out.splitlines() if row}
    symbols = set("A MOVE to stop Mr. Gaitskell from nominating any put down")
    assert rows["train"] == ["4", "36", str(len(symbols)), "1"]
    assert rows["unlisted"][3] == "0"
    assert "4 points interpolated" not in out  # over all splits, not one
    assert "9 points interpolated" in out
    assert "1 lines" in out
    assert "report.json" in out
    description = packed.describe(file)
    assert (description["name"], description["config"]) == ("iam_ondb", "clean")
    for split in ("train", "validation_1", "unlisted"):
        built = load_lines(split, data_dir=tmp_path / "data")
        for a, b in zip(packed.load(file, split), built, strict=True):
            assert a[1:] == b[1:]
            np.testing.assert_array_equal(a.strokes, b.strokes)


def test_the_report_lies_beside_the_data(iam, tmp_path):
    iam.stroke_file("b01-001", 2).write_text("broken")
    iam.stroke_file("e01-004", 1).unlink()
    assert build(iam, tmp_path / "data") == 0
    report = report_of(tmp_path / "data")
    assert set(report["dropped"]) == {"b01-001-02", "e01-004-02"}
    assert report["dropped"]["e01-004-02"]["split"] == "test"


def test_archives_give_the_same_data(iam, tmp_path):
    archives = iam.pack(tmp_path / "archives")
    assert build(iam, tmp_path / "a") == 0
    assert build(iam, tmp_path / "b", manual_dir=archives) == 0
    for split in ("train", "test"):
        one = load_lines(split, data_dir=tmp_path / "a")
        other = load_lines(split, data_dir=tmp_path / "b")
        for a, b in zip(one, other, strict=True):
            assert a[1:] == b[1:]
            np.testing.assert_array_equal(a.strokes, b.strokes)
    # Nothing of what was unpacked stays.
    assert not list((tmp_path / "b").rglob("*.xml"))


def test_an_empty_split_is_a_split(iam, tmp_path):
    iam.stroke_file("z01-000", 1).unlink()
    assert build(iam, tmp_path / "data") == 0
    assert load_lines("unlisted", data_dir=tmp_path / "data") == []
    assert len(load_lines("unlisted+test", data_dir=tmp_path / "data")) == 2


def test_nothing_to_use_is_an_error(iam, tmp_path, capsys):
    for path in iam.folder.rglob("*.xml"):
        path.write_text("broken")
    assert build(iam, tmp_path / "data") == 2
    error = capsys.readouterr().err
    assert "None of 10 lines" in error
    assert "a01-000u-01: unreadable XML" in error
    assert not list((tmp_path / "data").rglob("dataset_info.json"))


def test_missing_files_are_one_error(iam, tmp_path, capsys):
    (iam.folder / "trainset.txt").unlink()
    assert build(iam, tmp_path / "data") == 2
    error = capsys.readouterr().err
    assert "trainset.txt" in error
    assert "Traceback" not in error
    assert not (tmp_path / "data").exists()


def test_a_failed_build_leaves_nothing_half_done(iam, tmp_path, capsys):
    (iam.folder / "testset_v.txt").write_text("a01-000u")
    assert build(iam, tmp_path / "data") == 2
    assert "in train too" in capsys.readouterr().err
    assert not list((tmp_path / "data").rglob("dataset_info.json"))
    (iam.folder / "testset_v.txt").write_text("c01-002z")
    assert build(iam, tmp_path / "data") == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["mnist"], "iam_ondb and hershey"),
        (["iam_ondb", "--config", "x"], "clean, raw"),
        (["iam_ondb", "--lines", "3"], "hershey"),
        (["hershey", "--lines", "0"], "positive"),
    ],
)
def test_wrong_arguments(tmp_path, capsys, arguments, reason):
    assert main([*arguments, "--data-dir", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert "Traceback" not in error


def test_help_names_the_options(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for option in ("--config", "--manual-dir", "--pack", "--lines", "NAME"):
        assert option in out
