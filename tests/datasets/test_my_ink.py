"""my_ink: lines from a folder of ink files."""

import os
import sys

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.data import load_lines
from graves_tf.datasets.__main__ import main
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.hershey.generate import generate_lines
from graves_tf.datasets.my_ink import read_ink
from graves_tf.ink import inkml
from graves_tf.ink import json_ink
from graves_tf.ink.geometry import path_length
from graves_tf.ink.geometry import split_strokes

LINES = generate_lines(10, seed=4)
XML = """<WhiteboardCaptureSession><StrokeSet>{}</StrokeSet>
</WhiteboardCaptureSession>"""


def write_json(folder, lines, scale=1.0):
    folder.mkdir(exist_ok=True)
    for i, line in enumerate(lines):
        strokes = line.strokes * np.float32([scale, scale, 1])
        path = folder / f"line{i:02}.json"
        path.write_text(json_ink.dumps(line._replace(strokes=strokes)))
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_json(tmp_path / "ink", LINES)


def by_text(ink):
    lines = ink.lines("train+validation_1")
    return {line.text: line.strokes for line in lines}


def to_xml(strokes):
    return XML.format(
        "".join(
            "<Stroke>"
            + "".join(f'<Point x="{x}" y="{y}"/>' for x, y in stroke)
            + "</Stroke>"
            for stroke in split_strokes(strokes)
        )
    )


def test_all_lines_are_in_one_of_two_splits(folder):
    ink = read_ink(folder)
    sizes = {split: len(lines) for split, lines in ink.splits.items()}
    assert sizes == {
        "train": 8,
        "validation_1": 2,
        "validation_2": 0,
        "test": 0,
    }
    assert ink.left_out == {}
    read = by_text(ink)
    assert len(read) == len(LINES)
    for line in LINES:
        np.testing.assert_array_equal(read[line.text], line.strokes)


def test_the_same_lines_are_held_out_each_time(folder):
    once, again = (
        [line.line_id for line in read_ink(folder).splits["validation_1"]]
        for _ in range(2)
    )
    assert once == again


@pytest.mark.parametrize(("lines", "held_out"), [(4, 2), (10, 2), (40, 8)])
def test_a_fifth_is_held_out_and_at_least_two(tmp_path, lines, held_out):
    folder = write_json(tmp_path / "ink", generate_lines(lines, seed=0))
    assert len(read_ink(folder).splits["validation_1"]) == held_out


def test_the_three_forms_in_folders_below(folder):
    """Text in the file, or beside it; endings in capitals."""
    other = folder / "tablet"
    other.mkdir()
    (other / "a.INKML").write_text(inkml.to_inkml(LINES[0]))
    (other / "b.xml").write_text(to_xml(LINES[1].strokes))
    (other / "b.txt").write_text(LINES[1].text + "\n")
    (folder / "notes.md").write_text("not ink")
    ink = read_ink(folder)
    assert ink.left_out == {}
    assert sum(map(len, ink.splits.values())) == 12
    lines = {x.line_id: x for x in ink.lines("train+validation_1")}
    assert lines["tablet/a.INKML"].text == LINES[0].text
    assert lines["tablet/b.xml"].text == LINES[1].text
    np.testing.assert_allclose(
        lines["tablet/b.xml"].strokes, LINES[1].strokes, atol=1e-3
    )


def test_what_cannot_be_used_is_left_out_with_its_reason(folder):
    first = LINES[0]
    bad = {
        "broken.json": '{"text": "x", "strokes": [[[1',
        "empty.json": "",
        "notext.json": json_ink.dumps(first._replace(text="")),
        "umlaut.json": json_ink.dumps(first._replace(text="für é")),
        "page.json": json_ink.dumps(first._replace(text="ab " * 40)),
        "dot.json": '{"text": "i", "strokes": [[[1, 2]]]}',
        "other.xml": "<html></html>",
    }
    for name, content in bad.items():
        (folder / name).write_text(content)
    ink = read_ink(folder)
    assert sum(map(len, ink.splits.values())) == len(LINES)
    assert set(ink.left_out) == set(bad)
    for name, part in {
        "broken.json": "not JSON",
        "empty.json": "empty",
        "notext.json": "text of the line is missing",
        "umlaut.json": "'é' 'ü'",
        "page.json": "each line a file",
        "dot.json": "single point",
        "other.xml": "<html>",
    }.items():
        assert part in ink.left_out[name]
        assert str(folder) not in ink.left_out[name]


@pytest.mark.parametrize("scale", [0.05, 30.0])
def test_one_scale_for_all_lines_of_a_device(tmp_path, scale):
    """A canvas has other units; wide and narrow letters keep their ratio."""
    folder = write_json(tmp_path / "ink", LINES, scale)
    read = by_text(read_ink(folder))
    ratios = [
        path_length(read[line.text]) / path_length(line.strokes)
        for line in LINES
    ]
    assert np.ptp(ratios) < 0.01 * np.mean(ratios)
    characters = sum(len(line.text.replace(" ", "")) for line in LINES)
    length = sum(map(path_length, read.values()))
    assert length / characters == pytest.approx(470, rel=0.01)
    for line in LINES:
        assert read[line.text][-1, 2] == 1
        lifts = np.count_nonzero(line.strokes[:, 2])
        assert np.count_nonzero(read[line.text][:, 2]) == lifts


def test_each_device_has_a_scale_of_its_own(tmp_path):
    write_json(tmp_path, LINES)
    write_json(tmp_path / "canvas", LINES, 0.05)
    ink = read_ink(tmp_path)
    lines = {x.line_id: x for x in ink.lines("train+validation_1")}
    for i, line in enumerate(LINES):
        np.testing.assert_array_equal(
            lines[f"line{i:02}.json"].strokes, line.strokes
        )
    lengths = [
        path_length(lines[f"canvas/line{i:02}.json"].strokes) for i in range(10)
    ]
    characters = sum(len(line.text.replace(" ", "")) for line in LINES)
    assert sum(lengths) / characters == pytest.approx(470, rel=0.01)


def test_too_few_lines_say_why(tmp_path):
    folder = write_json(tmp_path / "ink", LINES[:3])
    (folder / "bad.json").write_text("{}")
    with pytest.raises(DataError, match="3 lines(.|\n)*bad.json: not JSON ink"):
        read_ink(folder)


def test_no_such_folder(tmp_path):
    with pytest.raises(DataError, match="nowhere: no such folder"):
        load_lines("train", dataset="my_ink", data=tmp_path / "nowhere")
    with pytest.raises(DataError, match="--data DIR"):
        load_lines("train", dataset="my_ink")


def test_a_folder_for_another_data_set(folder):
    with pytest.raises(ValueError, match="--dataset my_ink"):
        load_lines("train", data=folder)


def test_load_lines_joins_splits(folder):
    every = load_lines(
        "train+validation_2+validation_1", dataset="my_ink", data=folder
    )
    assert sorted(x.text for x in every) == sorted(x.text for x in LINES)
    with pytest.raises(DataError, match="'tset'; it has train"):
        load_lines("tset", dataset="my_ink", data=folder)


def test_packed(folder, tmp_path, capsys):
    (folder / "bad.json").write_text("{}")
    file = tmp_path / "mine.npz"
    arguments = ["my_ink", "--manual-dir", str(folder), "--pack", str(file)]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "left out: 1 files" in out and "bad.json: not JSON ink" in out
    for dataset in ("my_ink", None):
        got = load_lines("train", dataset=dataset, data=file)
        expected = load_lines("train", dataset="my_ink", data=folder)
        for a, b in zip(got, expected, strict=True):
            assert a[1:] == b[1:]
            np.testing.assert_allclose(a.strokes, b.strokes, atol=1 / 128)
    assert packed.load(file, "test") == []


@pytest.mark.skipif(sys.platform != "linux", reason="names there are bytes")
def test_a_name_in_another_encoding(folder, tmp_path, capsys):
    """As from an old archive; one that can be used, and one that cannot."""
    name = next(folder.glob("*.json"))
    os.rename(name, os.fsencode(folder) + b"/z\xfcrich.json")
    (folder / "b.json").write_text("{}")
    os.rename(folder / "b.json", os.fsencode(folder) + b"/b\xe4d.json")
    file = tmp_path / "mine.npz"
    arguments = ["my_ink", "--manual-dir", str(folder), "--pack", str(file)]
    assert main(arguments) == 0
    assert r"b\xe4d.json: not JSON ink" in capsys.readouterr().out
    lines = packed.load(file, "train") + packed.load(file, "validation_1")
    assert r"z\xfcrich.json" in {line.line_id for line in lines}


def test_packing_needs_a_folder(capsys):
    assert main(["my_ink"]) == 2
    assert "--manual-dir DIR" in capsys.readouterr().err
