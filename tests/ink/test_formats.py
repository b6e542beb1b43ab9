import json

import numpy as np
import pytest

from graves_tf.ink import formats
from graves_tf.ink import iam_xml
from graves_tf.ink import json_ink
from graves_tf.ink.formats import read_style
from graves_tf.ink.formats import to_recording_units
from graves_tf.ink.geometry import path_length
from graves_tf.ink.inkml import from_inkml
from graves_tf.ink.inkml import to_inkml
from graves_tf.ink.line import Line

INKML = """<?xml version="1.0" encoding="UTF-8"?>
<ink xmlns="http://www.w3.org/2003/InkML">
  <annotation type="writer">w7</annotation>
  <annotation type="truth"> a &lt;b </annotation>
  {format}
  {traces}
</ink>"""

IAM = """<?xml version="1.0" encoding="ISO-8859-1"?>
<WhiteboardCaptureSession><WhiteboardDescription>
<SensorLocation corner="top_left"/></WhiteboardDescription><StrokeSet>
<Stroke colour="black" start_time="1" end_time="2">
<Point x="10" y="20" time="1.0"/><Point x="11" y="25" time="1.1"/></Stroke>
<Stroke colour="black" start_time="1" end_time="2">
<Point x="40" y="21" time="1.3"/></Stroke>
</StrokeSet></WhiteboardCaptureSession>"""

BOMB = (
    '<!DOCTYPE ink [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


def inkml(traces, format="", **options):
    body = "".join(f"<trace>{trace}</trace>" for trace in traces)
    document = INKML.format(format=format, traces=body)
    return from_inkml(iam_xml.parse_xml(document.encode()), **options)


def scribble(characters=20, points=25, unit=1.0, seed=0):
    """Ink like that of IAM-OnDB: 470 units and 25 points a character."""
    rng = np.random.default_rng(seed)
    total = characters * points
    angle = np.cumsum(rng.normal(0.4, 0.5, total))
    speed = 19.6 * (1 + 0.6 * np.sin(np.arange(total) / 3))
    step = np.stack([np.cos(angle), np.sin(angle)], axis=1) * speed[:, None]
    strokes = np.zeros((total, 3))
    strokes[:, :2] = (np.cumsum(step, axis=0) + [900, 700]) * unit
    strokes[points * 2 - 1 :: points * 2, 2] = 1
    strokes[-1, 2] = 1
    return Line(strokes.astype(np.float32), "ab " * (characters // 2))


def write(path, content):
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode()
    )
    return path


def test_json_round_trip_is_exact():
    rng = np.random.default_rng(0)
    strokes = rng.normal(0, 1000, (50, 3)).astype(np.float32)
    strokes[:, 2] = np.arange(50) % 7 == 6
    strokes[-1, 2] = 1
    line = Line(strokes, 'say "\u00e9" \u6c34\n')
    back = json_ink.loads(json_ink.dumps(line))
    np.testing.assert_array_equal(back.strokes, strokes)
    assert back.strokes.dtype == np.float32
    assert back.text == line.text


def test_json_form():
    strokes = np.array([[1, 2, 0], [3.5, 4, 1], [5, 6, 1]], np.float32)
    assert json.loads(json_ink.dumps(Line(strokes, "hi"))) == {
        "text": "hi",
        "strokes": [[[1, 2], [3.5, 4]], [[5, 6]]],
    }
    empty = json_ink.loads(json_ink.dumps(Line(np.zeros((0, 3)), "")))
    assert empty.strokes.shape == (0, 3)
    with pytest.raises(ValueError, match="point 1 .*finite"):
        json_ink.dumps(Line(np.array([[1, 2, 0], [1, np.inf, 1]]), ""))


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "not JSON"),
        (b"\xff\xfe{", "not JSON"),
        ("[1]", "not JSON ink: expected"),
        ('{"text": "a"}', "not JSON ink: expected"),
        ("[" * 100_000, "nested too deeply|not JSON"),
        ('{"text": 3, "strokes": []}', '"text" is 3'),
        ('{"strokes": 5}', "strokes are 5"),
        ('{"strokes": [5]}', "stroke 0 is 5"),
        ('{"strokes": [[[1, 2]], []]}', "stroke 1 has no points"),
        ('{"strokes": [[[1, 2], [1]]]}', r"stroke 0, point 1 is \[1\]"),
        ('{"strokes": [[[1, "2"]]]}', "'2' is not a number"),
        ('{"strokes": [[[1, true]]]}', "True is not a number"),
        ('{"strokes": [[[1, null]]]}', "None is not a number"),
        ('{"strokes": [[[1, NaN]]]}', "point 0 .*finite"),
        ('{"strokes": [[[1, 1e999]]]}', "point 0 .*finite"),
        ('{"strokes": [[[1, 1e39]]]}', "point 0 .*finite"),
        (f'{{"strokes": [[[1, {"9" * 400}]]]}}', "point 0 .*finite"),
        (
            f'{{"strokes": [[{"[1,2]," * 50_000}[1,2]]]}}',
            "more than 50000 points",
        ),
    ],
)
def test_bad_json(document, message):
    with pytest.raises(ValueError, match=message):
        json_ink.loads(document)


def test_inkml_plain():
    line = inkml(["10 0, 9 14,\n 8 28", "130.5 -2.25e1"])
    np.testing.assert_array_equal(
        line.strokes, [[10, 0, 0], [9, 14, 0], [8, 28, 1], [130.5, -22.5, 1]]
    )
    assert line.text == "a <b"


def test_inkml_channels_in_any_order():
    format = """<traceFormat><channel name="T" type="integer"/>
    <channel name="Y" type="decimal" orientation="-ve"/>
    <channel name="X" type="decimal"/>
    <intermittentChannels><channel name="F" type="decimal"/>
    </intermittentChannels></traceFormat>"""
    line = inkml(["100 5 7 0.5, 110 6 8", "* 1 2 ?"], format)
    np.testing.assert_array_equal(
        line.strokes, [[7, -5, 0], [8, -6, 1], [2, -1, 1]]
    )
    with pytest.raises(ValueError, match="no channel Y"):
        inkml(["1 2"], '<traceFormat><channel name="X"/></traceFormat>')


def test_inkml_differences():
    # The specification's own example of second differences.
    line = inkml(["1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6,2 4,*5,3 4"])
    np.testing.assert_array_equal(
        line.strokes[:, :2],
        [
            [1125, 18432],
            [1148, 18475],
            [1178, 18510],
            [1211, 18540],
            [1251, 18567],
            [1297, 18596],
            [1349, 18633],
            [1404, 18676],
            [1461, 18723],
            [1520, 18775],
            [1582, 18831],
        ],
    )


def test_inkml_repeats_and_hexadecimal():
    line = inkml(["#1F 5, * 6, 7 *"])
    np.testing.assert_array_equal(
        line.strokes[:, :2], [[31, 5], [31, 6], [7, 6]]
    )


def test_inkml_pen_up_and_continued_traces():
    traces = (
        '<trace>1 1, 2 2</trace><trace type="penUp">3 3</trace>'
        '<trace continuation="begin">4 4</trace>'
        '<trace continuation="end">5 5</trace><trace/>'
    )
    document = INKML.format(format="", traces=traces)
    line = from_inkml(iam_xml.parse_xml(document.encode()))
    np.testing.assert_array_equal(line.strokes[:, 2], [0, 1, 0, 1])
    np.testing.assert_array_equal(line.strokes[:, 0], [1, 2, 4, 5])


def test_inkml_text_of_groups():
    document = """<ink><traceGroup><annotation type="label">two</annotation>
    <trace>1 2, 3 4</trace></traceGroup><traceGroup>
    <annotation type="label">words</annotation><trace>5 6</trace>
    </traceGroup></ink>"""
    line = from_inkml(iam_xml.parse_xml(document.encode()))
    assert line.text == "two words"
    assert len(line.strokes) == 3


def test_inkml_round_trip():
    line = scribble()._replace(text="a <&> \u00e9")
    back = from_inkml(iam_xml.parse_xml(to_inkml(line).encode()))
    np.testing.assert_array_equal(back.strokes, line.strokes)
    assert back.text == line.text


@pytest.mark.parametrize(
    ("traces", "message"),
    [
        ([], "no traces"),
        ([" "], "no traces"),
        (["1 2, x 4"], "trace 0, point 1 is 'x 4'; expected numbers"),
        (["1 2", "1 NaN"], "trace 1, point 0 .*expected numbers"),
        (["1 2, 3"], "point 1 is '3'; expected at least 2"),
        (["1 2,, 3 4"], "point 1 is ''"),
        (["1 1e60"], "finite"),
        (["1 ?"], "no coordinate"),
        (["1 2," * 50_001], "more than 50000"),
    ],
)
def test_bad_inkml(traces, message):
    with pytest.raises(ValueError, match=message):
        inkml(traces)


def test_read_style_of_each_kind(tmp_path):
    line = scribble()
    text = " ".join(line.text.split())
    for name, content in (
        ("a.json", json_ink.dumps(line)),
        ("a.inkml", to_inkml(line)),
        ("bom.json", b"\xef\xbb\xbf" + json_ink.dumps(line).encode()),
        (
            "utf16.inkml",
            to_inkml(line).replace("UTF-8", "UTF-16").encode("utf-16"),
        ),
        ("misnamed.xml", json_ink.dumps(line)),
    ):
        got = read_style(write(tmp_path / name, content))
        np.testing.assert_array_equal(got.strokes, line.strokes, name)
        assert got.text == text
    got = read_style(str(tmp_path / "a.json"), text="other\ntext")
    assert got.text == "other text"


def test_iam_xml_is_left_as_it_is(tmp_path):
    path = write(tmp_path / "a01-000u-01.xml", IAM)
    line = read_style(path, "a")
    np.testing.assert_array_equal(
        line.strokes, [[10, 20, 0], [11, 25, 1], [40, 21, 1]]
    )
    assert line.line_id == "a01-000u-01"
    assert line.form_id == "a01-000u"


def test_iam_text_from_a_side_file_or_the_transcription(tmp_path):
    folder = tmp_path / "lineStrokes" / "a01" / "a01-000"
    ascii_folder = tmp_path / "ascii" / "a01" / "a01-000"
    folder.mkdir(parents=True)
    ascii_folder.mkdir(parents=True)
    first = write(folder / "a01-000u-01.xml", IAM)
    second = write(folder / "a01-000u-02.xml", IAM)
    form = write(ascii_folder / "a01-000u.txt", "OCR:\n\nx\n\nCSR:\n\nA\nB\n")
    assert read_style(first).text == "A"
    assert read_style(second).text == "B"
    # A count that disagrees tells nothing, rather than something wrong.
    form.write_text("CSR:\nA\nB\nC\n")
    with pytest.raises(ValueError, match="text of the line is missing"):
        read_style(second)
    write(folder / "a01-000u-02.txt", "mine\n")
    assert read_style(second).text == "mine"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("hello", "no known form"),
        (b"\x89PNG\r\n\x1a\n\x00", "no known form"),
        ("<svg/>", "XML of another kind: <svg>"),
        ("<ink><trace>1 2", "unreadable XML"),
        ('{"text": "a", "strokes": []}', "no strokes"),
        ('{"strokes": [[[1, 2]]]}', "text of the line is missing.*style.txt"),
        ('{"text": " ", "strokes": [[[1, 2]]]}', "text .* missing"),
        ('{"text": "a", "strokes": [[[1, NaN]]]}', "finite"),
        (IAM, "text of the line is missing"),
        (IAM.replace('"11"', '"nan"'), "stroke 1: x is 'nan'"),
        (IAM.replace('"11"', '"1e39"'), "finite"),
        (IAM.split("<StrokeSet>")[0] + "</WhiteboardCaptureSession>", "no st"),
        (f"{BOMB}<ink><trace>1 2, &i;</trace></ink>", "document type|entit"),
        (
            '<!DOCTYPE ink [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
            '<ink><annotation type="truth">&x;</annotation>'
            "<trace>1 2</trace></ink>",
            "document type",
        ),
        (
            '<!DOCTYPE ink SYSTEM "http://127.0.0.1:9/x.dtd">'
            "<ink><trace>1 2</trace></ink>",
            "document type",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_errors_name_the_file_and_what_was_wrong(tmp_path, content, message):
    path = write(tmp_path / "style.dat", content)
    with pytest.raises(ValueError, match=message) as error:
        read_style(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_unreadable_and_oversized_files(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="absent.json: cannot be read: No su"):
        read_style(tmp_path / "absent.json")
    with pytest.raises(ValueError, match="cannot be read"):
        read_style(tmp_path)
    monkeypatch.setattr(formats, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match="14 bytes, more than 10"):
        read_style(write(tmp_path / "a.json", "{" + " " * 13))


def test_ink_in_recording_units_is_returned_as_it_is():
    line = scribble()
    assert to_recording_units(line) is line


@pytest.mark.parametrize("unit", [1e-3, 0.1, 30.0])
def test_scale_comes_from_the_length_of_a_character(unit):
    line = scribble(unit=unit)
    got = to_recording_units(line)
    assert path_length(got.strokes) / 20 == pytest.approx(470, rel=1e-4)
    # The shape and the rhythm are the same.
    ratio = got.strokes[:, :2] - got.strokes[0, :2]
    want = scribble().strokes[:, :2] - scribble().strokes[0, :2]
    scale = np.linalg.norm(ratio) / np.linalg.norm(want)
    np.testing.assert_allclose(ratio, want * scale, atol=0.2)
    assert to_recording_units(got) is got


def test_a_faster_device_is_thinned_in_time():
    line = scribble(points=200)
    line = line._replace(strokes=line.strokes * np.float32([0.125, 0.125, 1]))
    got = to_recording_units(line)
    assert len(got.strokes) / 20 == pytest.approx(25, rel=0.05)
    assert got.strokes[:, 2].sum() == line.strokes[:, 2].sum()
    # Slow stays slow: the steps still vary as the hand did.
    steps = np.hypot(*np.diff(got.strokes[:40, :2], axis=0).T)
    assert steps.std() / steps.mean() > 0.2
    assert to_recording_units(got) is got


def test_a_polyline_is_filled_along_its_length():
    corners = [[0, 0], [0, 300], [2, 301], [400, 301], [400, 0]]
    strokes = json_ink.lists_to_strokes([corners, [[500, 10]]])
    got = to_recording_units(Line(strokes, "ui"))
    steps = np.hypot(*np.diff(got.strokes[:-1, :2], axis=0).T)
    assert len(got.strokes) == pytest.approx(50, abs=3)
    assert steps.max() < 1.05 * np.median(steps)
    np.testing.assert_array_equal(got.strokes[[0, -2, -1]], strokes[[0, 4, 5]])
    assert got.strokes[:, 2].sum() == 2


@pytest.mark.parametrize(
    ("strokes", "text"),
    [
        (np.zeros((0, 3)), "abc"),
        (np.array([[1.0, 2.0, 1.0]]), "abc"),
        (np.array([[1.0, 2.0, 0.0]] * 3), "abc"),
        (np.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]), " "),
    ],
)
def test_ink_without_a_measure_is_left(strokes, text):
    line = Line(strokes, text)
    assert to_recording_units(line) is line
