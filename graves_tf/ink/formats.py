"""Reading a line of someone's handwriting, in whatever form it comes."""

from pathlib import Path

import numpy as np
from lxml import etree

from graves_tf.ink import iam_xml
from graves_tf.ink import json_ink
from graves_tf.ink.inkml import from_inkml
from graves_tf.ink.line import Line
from graves_tf.ink.recording_units import to_recording_units

MAX_BYTES = 32_000_000
MAX_POINTS = json_ink.MAX_POINTS


def read_style(path, text=None, *, convert=True):
    """The line of handwriting in a file, ready to prime a network with.

    The form is told by the content: InkML, the XML of IAM-OnDB, or the JSON
    of `graves_tf.ink.json_ink`. The text is, first found: `text`; what the
    file holds; one line in `STEM.txt` beside it; for IAM-OnDB's own layout of
    folders, the form's transcription.

    Args:
        path: of the file.
        text: what the line says.
        convert: bring foreign ink to IAM-OnDB's units, as
            `to_recording_units` does. IAM-OnDB's XML is never changed.

    Returns:
        `Line`, y down, with at least one point and a text.

    Raises:
        ValueError: the file cannot be read, is over 32 MB, is of no known
            form, declares a document type, holds no strokes, too many points
            or a coordinate that is no finite number, or has no text. The
            message names the file, what was wrong, and the remedy.
    """
    path = Path(path)
    try:
        data = _read(path)
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            line = json_ink.loads(data)
        else:
            root = _parse(data)
            name = etree.QName(root).localname
            if name == "ink":
                line = from_inkml(root)
            elif name == "WhiteboardCaptureSession":
                line = _from_iam(path, data)
                convert = False
            else:
                raise ValueError(
                    f"XML of another kind: <{name}>; give InkML or a line of "
                    "IAM-OnDB"
                )
        if not len(line.strokes):
            raise ValueError("no strokes; give a line of writing")
        if len(line.strokes) > MAX_POINTS:
            raise ValueError(
                f"{len(line.strokes)} points, more than {MAX_POINTS}; give a "
                "line of writing"
            )
        if not np.isfinite(line.strokes).all():
            raise ValueError("coordinates must be finite float32 numbers")
        line = line._replace(text=_find_text(path, line, text))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return to_recording_units(line) if convert else line


def _read(path):
    """The content of a file of bounded size."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ValueError(
                f"{size} bytes, more than {MAX_BYTES}; give a line of writing"
            )
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
    if not data.strip():
        raise ValueError("the file is empty; give a line of writing")
    return data


def _parse(data):
    """The root of an XML file; without a tag in it, it is no XML."""
    if b"<" not in data[:4096]:
        raise ValueError(
            "of no known form; give InkML, a line of IAM-OnDB, or JSON "
            '{"text": "...", "strokes": [[[x, y], ...], ...]}'
        )
    return iam_xml.parse_xml(data)


def _from_iam(path, data):
    strokes = iam_xml.to_stroke_array(iam_xml.read_recording(data))
    name = iam_xml.split_line_name(path.stem)
    form = name[0] if name else ""
    return Line(strokes, "", path.stem if name else "", form)


def _find_text(path, line, text):
    """The text of a line, in one row; ValueError where there is none."""
    if text is None:
        text = line.text or _side_text(path) or _form_text(path)
    if not isinstance(text, str):
        raise ValueError(f"text is {text!r}; expected a string")
    text = " ".join(text.split())
    if not text:
        raise ValueError(
            "the text of the line is missing; write it to "
            f"{path.with_suffix('.txt').name} beside the file, or give it: "
            "--style-text, in Python text="
        )
    return text


def _side_text(path):
    """The text in `STEM.txt`, '' where there is none."""
    side = path.with_suffix(".txt")
    if side == path or not side.is_file():
        return ""
    try:
        return _read(side).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{side.name} is not UTF-8: {error}") from error


def _form_text(path):
    """The line of a transcription in `ascii/`, beside `lineStrokes/`."""
    name = iam_xml.split_line_name(path.stem)
    if not name or len(path.resolve().parents) < 4:
        return ""
    form, number = name
    folder = path.resolve().parent
    place = folder.parents[2] / "ascii" / folder.parent.name / folder.name
    source = place / f"{form}.txt"
    if not source.is_file():
        return ""
    lines = iam_xml.read_transcription(source)
    # With another count of lines nothing tells which is which.
    if len(lines) != len(list(folder.glob(f"{form}-*.xml"))):
        return ""
    return lines[number - 1] if number <= len(lines) else ""
