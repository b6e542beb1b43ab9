"""The file formats of IAM-OnDB: one line's XML, and a form's transcription."""

import html
import math
import os
import re
from pathlib import Path

import numpy as np
from lxml import etree

# The space that the transcribers set before a mark; not before an ellipsis,
# which stands apart in English too, nor before a dash or an opening mark.
_BEFORE = re.compile(r" (?=[,;:?!)\]])|(?<!\.) (?=\.(?! ?\.))")
_AFTER = re.compile(r"(?<=[(\[]) ")
_CONTRACTED = re.compile(r"(?<=\w) ?' ?(?=(?:s|t|m|d|ll|re|ve)\b)")
_NOT = re.compile(r"(?<=\w) (?=n't\b)")
_LINE_NAME = re.compile(r"(?P<form>[a-z]\d{2}-\d{3}[a-z]?)-(?P<number>\d+)")


class BadRecordingError(ValueError):
    """A file of IAM-OnDB is not what it should be; the message says how."""


def parse_xml(source) -> etree._Element:
    """The root of an XML file, read without entities, DTD or network.

    Args:
        source: a path, or the file's bytes.

    Raises:
        BadRecordingError: unreadable, or it declares a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).split(" (<string>")[0]
        raise BadRecordingError(f"unreadable XML: {reason}") from error
    if root.getroottree().docinfo.doctype:
        raise BadRecordingError("unreadable XML: it declares a document type")
    return root


def read_recording(source) -> list[np.ndarray]:
    """The strokes of one line, with their times.

    Args:
        source: the path of a `lineStrokes` XML file, or its bytes.

    Returns:
        Strokes in order, each `(n, 3)` float64: x, y (y down, in the
        recording's units) and time in seconds, NaN where none is given.

    Raises:
        BadRecordingError: unreadable XML, no strokes, a stroke without
            points, a coordinate that is not a finite number.
        OSError: the file cannot be read.
    """
    strokes = []
    for number, stroke in enumerate(parse_xml(source).iter("Stroke"), 1):
        points = [
            (
                _number(point, "x", number),
                _number(point, "y", number),
                _number(point, "time", number, default=math.nan),
            )
            for point in stroke.iterchildren("Point")
        ]
        if not points:
            raise BadRecordingError(f"stroke {number} has no points")
        strokes.append(np.array(points, dtype=np.float64))
    if not strokes:
        raise BadRecordingError("no strokes")
    return strokes


def to_stroke_array(recording: list[np.ndarray]) -> np.ndarray:
    """One `(T, 3)` float32 array of x, y, end-of-stroke from a recording."""
    array = np.concatenate(recording).astype(np.float32)
    array[:, 2] = 0.0
    array[np.cumsum([len(stroke) for stroke in recording]) - 1, 2] = 1.0
    return array


def split_line_name(stem: str) -> tuple[str, int] | None:
    """`a01-000u-01` to `("a01-000u", 1)`; None where it is no line's name."""
    match = _LINE_NAME.fullmatch(stem)
    return match and (match["form"], int(match["number"]))


def read_transcription(source: str | os.PathLike | bytes) -> list[str]:
    """The lines of a form, as written, tidied.

    They stand after `CSR:` in the form's `ascii` file; the `OCR:` part before
    it has the printed text, broken elsewhere.

    Args:
        source: the path of the file, or its bytes.

    Raises:
        BadRecordingError: no `CSR:`, or not text.
        OSError: the file cannot be read.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRecordingError(f"transcription: {error}") from error
    _, mark, written = text.partition("CSR:")
    if not mark:
        raise BadRecordingError("transcription without a CSR: part")
    lines = (line.strip() for line in written.splitlines())
    return [tidy(line) for line in lines if line]


def tidy(text: str) -> str:
    """A transcribed line as it stands in the ink.

    Entities are unescaped; spaces that the transcribers set around marks, and
    that nobody wrote, are taken out: `Mr . Foot 's` is `Mr. Foot's`. A double
    quote with spaces on both sides opens or closes by the count of quotes
    before it in the line. Apart from entities, only spaces change.
    """
    text = " ".join(html.unescape(text).split())
    text = _BEFORE.sub("", text)
    text = _AFTER.sub("", text)
    text = _NOT.sub("", _CONTRACTED.sub("'", text))
    return " ".join(_tidy_quotes(text).split())


def _tidy_quotes(text):
    # One speaker ends and another begins, or a colon before a speech.
    text = re.sub(r'(?<=[^\s"]) *" ?" *(?=[^\s"])', '" "', text)
    text = re.sub(r'(?<=\w):" (?=\w)', ': "', text)
    text = re.sub(r' "(?=[.,;:?!)])', '"', text)
    pieces = re.split(r'( *" *)', text)
    for place in range(1, len(pieces), 2):
        before, quote, after = pieces[place - 1 : place + 2]
        if before and after and quote == ' " ':
            closes = (place // 2) % 2
            pieces[place] = '" ' if closes else ' "'
        elif not before and place == 1:
            pieces[place] = quote.rstrip()
        elif not after and place == len(pieces) - 2:
            pieces[place] = quote.lstrip()
    return "".join(pieces)


def _number(point, name, stroke, default=None):
    text = point.get(name)
    if text is None and default is not None:
        return default
    try:
        value = float(text)
    except (TypeError, ValueError):
        value = math.nan
    if not math.isfinite(value):
        raise BadRecordingError(
            f"stroke {stroke}: {name} is {text!r}, not a finite number"
        )
    return value
