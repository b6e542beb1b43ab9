"""The file formats of IAM-OnDB."""

import time

import numpy as np
import pytest

from graves_tf.ink.iam_xml import BadRecordingError
from graves_tf.ink.iam_xml import read_recording
from graves_tf.ink.iam_xml import read_transcription
from graves_tf.ink.iam_xml import split_line_name
from graves_tf.ink.iam_xml import tidy
from graves_tf.ink.iam_xml import to_stroke_array

HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n'
LINE = """<WhiteboardCaptureSession>
  <WhiteboardDescription><SensorLocation corner="top_left"/>
  </WhiteboardDescription>
  <StrokeSet>
    <Stroke colour="black" start_time="1.00" end_time="1.02">
      <Point x="1073" y="1058" time="1.00"/>
      <Point x="1072" y="1085" time="1.02"/>
    </Stroke>
    <Stroke colour="black" start_time="2.00" end_time="2.00">
      <Point x="1066" y="1117" time="2.00"/>
    </Stroke>
  </StrokeSet>
</WhiteboardCaptureSession>
"""


def read(body, head=HEAD):
    return read_recording((head + body).encode())


def test_strokes_with_their_times(tmp_path):
    path = tmp_path / "a01-000u-01.xml"
    path.write_text(HEAD + LINE)
    first, second = read_recording(path)
    expected = [[1073, 1058, 1.0], [1072, 1085, 1.02]]
    np.testing.assert_array_equal(first, expected)
    np.testing.assert_array_equal(second, [[1066, 1117, 2.0]])


def test_the_pen_lifts_after_the_last_point_of_each_stroke():
    array = to_stroke_array(read(LINE))
    assert array.dtype == np.float32
    expected = [[1073, 1058, 0], [1072, 1085, 1], [1066, 1117, 1]]
    np.testing.assert_array_equal(array, expected)


def test_times_may_be_absent():
    (stroke,) = read('<S><Stroke><Point x="1" y="2"/></Stroke></S>')
    assert np.isnan(stroke[0, 2])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('x="1072"', 'x="l072"', r"stroke 1: x is 'l072'"),
        ('x="1072"', 'x="nan"', r"stroke 1: x is 'nan'"),
        ('y="1117"', 'y="1e999"', r"stroke 2: y is '1e999'"),
        ('y="1117"', "", r"stroke 2: y is None"),
        ('time="2.00"', 'time="soon"', r"stroke 2: time is 'soon'"),
        (
            '<Point x="1066" y="1117" time="2.00"/>',
            "",
            "stroke 2 has no points",
        ),
        ("</StrokeSet>", "", "unreadable XML"),
    ],
)
def test_a_bad_file_says_what_is_wrong(old, new, reason):
    assert old in LINE
    with pytest.raises(BadRecordingError, match=reason):
        read(LINE.replace(old, new))


def test_no_strokes_and_an_empty_file():
    with pytest.raises(BadRecordingError, match="no strokes"):
        read("<WhiteboardCaptureSession/>")
    with pytest.raises(BadRecordingError, match="unreadable XML"):
        read_recording(b"")


def test_an_external_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("77")
    head = f'{HEAD}<!DOCTYPE S [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(BadRecordingError, match="document type") as caught:
        read("<S><Stroke>&e;<Point x='1' y='2'/></Stroke></S>", head)
    assert "77" not in str(caught.value)


def test_entities_do_not_blow_up():
    entities = "".join(
        f'<!ENTITY e{i + 1} "{f"&e{i};" * 10}">' for i in range(9)
    )
    head = f'{HEAD}<!DOCTYPE S [<!ENTITY e0 "0">{entities}]>'
    start = time.monotonic()
    with pytest.raises(BadRecordingError, match="unreadable XML"):
        read('<S><Stroke><Point x="&e9;" y="2"/></Stroke></S>', head)
    assert time.monotonic() - start < 5


def test_names_of_lines():
    assert split_line_name("a01-000u-01") == ("a01-000u", 1)
    assert split_line_name("z01-000-12") == ("z01-000", 12)
    assert split_line_name("a01-000u") is None
    assert split_line_name("notes") is None


def test_transcriptions_stand_under_csr():
    text = b"OCR:\n\nA MOVE\nto stop\n\nCSR: \n\nA MOVE to \nstop it .\n\n"
    assert read_transcription(text) == ["A MOVE to", "stop it."]


def test_a_bad_transcription():
    with pytest.raises(BadRecordingError, match="CSR"):
        read_transcription(b"OCR:\n\nA MOVE\n")
    with pytest.raises(BadRecordingError, match="transcription"):
        read_transcription(b"CSR:\n\n\xff\xfe\n")


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("stop Mr . Gaitskell from", "stop Mr. Gaitskell from"),
        ("for many , many generations", "for many, many generations"),
        ("members are : Sir Henry", "members are: Sir Henry"),
        ("( Board of Trade ) .", "(Board of Trade)."),
        ("[ the water ] has", "[the water] has"),
        ("The party 's restless", "The party's restless"),
        ("There won ' t be", "There won't be"),
        ("they do n't", "they don't"),
        ("in the ' fifties '", "in the ' fifties '"),
        ("&quot;Food &amp; food&quot;", '"Food & food"'),
        ('" You want me to talk', '"You want me to talk'),
        ('Have you spoken to them ? "', 'Have you spoken to them?"'),
        ('A " plant " . The', 'A "plant". The'),
        ('"Vogue ," "Cahiers', '"Vogue," "Cahiers'),
        ('We do. "" Then why', 'We do." "Then why'),
        ('" Was he ? " " No, sir.', '"Was he?" "No, sir.'),
        ('He added :" There are', 'He added: "There are'),
        ("Yes , well ...", "Yes, well ..."),
        ("Days . . . Seven", "Days . . . Seven"),
        ("a week-end - no more", "a week-end - no more"),
        ("out of  range. I  I", "out of range. I I"),
        ('Du"rrenmatt', 'Du"rrenmatt'),
        ("I love 3.50 2,000 1/2", "I love 3.50 2,000 1/2"),
    ],
)
def test_tidy(text, tidied):
    assert tidy(text) == tidied
    assert tidy(tidied) == tidied
