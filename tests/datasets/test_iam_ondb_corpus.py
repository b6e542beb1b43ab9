"""Lines and texts of IAM-OnDB: paired rightly, or left out."""

import numpy as np
import pytest

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.iam_ondb.corpus import SPLITS
from graves_tf.datasets.iam_ondb.corpus import Corpus
from graves_tf.datasets.iam_ondb.manual_files import find_manual_files


def read(iam, tmp_path, cleaning=False):
    """All lines by name, and the report."""
    files = find_manual_files(iam.folder, tmp_path / "work")
    corpus = Corpus(files, cleaning)
    lines = {
        line.line_id: (split, line)
        for split in SPLITS
        for line in corpus.lines(split)
    }
    return lines, corpus.report.to_dict()


def all_names(iam):
    return {
        f"{form}-{number:02}"
        for form, texts in iam.forms.items()
        for number in range(1, len(texts) + 1)
    }


def assert_paired(iam, lines):
    """Each line that is there has its own strokes and its own text."""
    texts = {
        f"{form}-{number:02}": text
        for form, texts in iam.forms.items()
        for number, text in enumerate(texts, 1)
    }
    texts["a01-000u-01"] = "A MOVE to stop Mr. Gaitskell"
    texts["c01-002z-01"] = '"Peers"'
    texts["d01-003x-01"] = "He said: no"
    for name, (_, line) in lines.items():
        form, _, number = name.rpartition("-")
        strokes = iam.strokes_of(form, int(number))
        points = [point[:2] for stroke in strokes for point in stroke]
        np.testing.assert_array_equal(line.strokes[:, :2], points)
        assert line.strokes[:, 2].tolist() == [0] * 5 + [1, 0, 1]
        assert line.text == texts[name]
        assert line.form_id == form


def test_every_line_is_in_its_split_with_its_text(iam, tmp_path):
    lines, report = read(iam, tmp_path)
    assert set(lines) == all_names(iam)
    assert_paired(iam, lines)
    counts = {split: c["lines"] for split, c in report["splits"].items()}
    assert counts == {
        "train": 5,
        "validation_1": 1,
        "validation_2": 1,
        "test": 2,
        "unlisted": 1,
    }
    assert lines["b01-001-02"][0] == "train"
    assert lines["z01-000-01"][0] == "unlisted"
    assert report["dropped"] == {}


def test_cleaning_fills_in_what_is_missing(iam, tmp_path):
    lines, report = read(iam, tmp_path, cleaning=True)
    strokes = lines["a01-000u-01"][1].strokes
    assert strokes[:7, 0].tolist() == list(range(100, 221, 20))
    assert strokes[:, 2].tolist() == [0] * 6 + [1, 0, 1]
    assert report["splits"]["train"]["added"] == 5
    assert report["splits"]["train"]["points"] == 5 * 9


BAD_FILES = [
    ("<WhiteboardCaptureSession>", "<Whiteboard", "unreadable XML"),
    ('x="1200"', 'x="12o0"', "x is '12o0'"),
    ('x="1200"', 'x="nan"', "x is 'nan'"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BAD_FILES)
def test_a_bad_stroke_file_costs_its_line_only(iam, tmp_path, old, new, reason):
    path = iam.stroke_file("b01-001", 2)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    lines, report = read(iam, tmp_path)
    assert set(lines) == all_names(iam) - {"b01-001-02"}
    assert_paired(iam, lines)
    assert list(report["dropped"]) == ["b01-001-02"]
    assert reason in report["dropped"]["b01-001-02"]["reason"]
    assert report["splits"]["train"]["dropped"] == 1


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"<S/>"])
def test_a_file_that_is_no_line_costs_its_line_only(iam, tmp_path, content):
    iam.stroke_file("a01-000u", 2).write_bytes(content)
    lines, report = read(iam, tmp_path)
    assert list(report["dropped"]) == ["a01-000u-02"]
    assert_paired(iam, lines)


def test_a_stroke_without_points_costs_its_line(iam, tmp_path):
    path = iam.stroke_file("e01-004", 1)
    empty = '<Stroke colour="black"></Stroke>\n  </StrokeSet>'
    path.write_text(path.read_text().replace("</StrokeSet>", empty))
    lines, report = read(iam, tmp_path)
    assert "stroke 3" in report["dropped"]["e01-004-01"]["reason"]
    assert report["dropped"]["e01-004-01"]["split"] == "test"
    assert_paired(iam, lines)


def drop_last(iam):
    iam.stroke_file("a01-000u", 3).unlink()


def drop_middle(iam):
    iam.stroke_file("a01-000u", 2).unlink()


def gap(iam):
    path = iam.stroke_file("a01-000u", 3)
    path.rename(iam.stroke_file("a01-000u", 4))


def from_zero(iam):
    for number in (1, 2, 3):
        path = iam.stroke_file("a01-000u", number)
        path.rename(iam.stroke_file("a01-000u", number - 1))


def number_twice(iam):
    path = iam.stroke_file("a01-000u", 3)
    path.rename(path.with_name("a01-000u-2.xml"))


def less_text(iam):
    iam.write_texts("a01-000u", ["A MOVE", "from"])


def more_text(iam):
    iam.write_texts("a01-000u", ["A MOVE", "from", "any", "more"])


def no_csr(iam):
    iam.text_file("a01-000u").write_text("OCR:\n\na\nb\nc\n")


def no_text_file(iam):
    iam.text_file("a01-000u").unlink()


def two_text_files(iam):
    path = iam.text_file("a01-000u")
    other = path.parent.parent / path.name
    other.write_text(path.read_text())


@pytest.mark.parametrize(
    "spoil",
    [
        drop_last,
        drop_middle,
        gap,
        from_zero,
        number_twice,
        less_text,
        more_text,
        no_csr,
        no_text_file,
        two_text_files,
    ],
)
def test_a_form_that_disagrees_is_left_out_whole(iam, tmp_path, spoil):
    files = set(iam.folder.rglob("a01-000u-*.xml"))
    spoil(iam)
    files = {p.stem for p in iam.folder.rglob("a01-000u-*.xml")}
    lines, report = read(iam, tmp_path)
    assert set(report["dropped"]) == files
    assert report["splits"]["train"]["dropped"] == len(files)
    assert all(d["reason"] for d in report["dropped"].values())
    gone = {"a01-000u-01", "a01-000u-02", "a01-000u-03"}
    assert set(lines) == all_names(iam) - gone
    assert_paired(iam, lines)


def test_a_file_that_is_named_like_no_line_is_reported(iam, tmp_path):
    (iam.folder / "lineStrokes" / "copy of a01.xml").write_text("<S/>")
    lines, report = read(iam, tmp_path)
    assert set(lines) == all_names(iam)
    assert list(report["dropped"]) == ["copy of a01"]


def test_writers_come_from_the_original_files(iam, tmp_path):
    iam.write_writer("a01-000u", "10062")
    iam.write_writer("e01-004", "10151")
    lines, _ = read(iam, tmp_path)
    assert lines["a01-000u-03"][1].writer_id == "10062"
    assert lines["e01-004-01"][1].writer_id == "10151"
    assert lines["b01-001-01"][1].writer_id == ""


def test_a_bad_original_file_is_noted_and_costs_no_line(iam, tmp_path):
    iam.write_writer("a01-000u", "10062")
    (path,) = (iam.folder / "original").rglob("*.xml")
    path.write_text("<Whiteboard")
    lines, report = read(iam, tmp_path)
    assert set(lines) == all_names(iam)
    assert lines["a01-000u-01"][1].writer_id == ""
    assert len(report["notes"]) == 1


def test_a_form_in_two_splits_is_an_error(iam, tmp_path):
    (iam.folder / "testset_v.txt").write_text(" c01-002z\n a01-000u\n")
    with pytest.raises(DataError, match="a01-000u is in train too"):
        read(iam, tmp_path)
