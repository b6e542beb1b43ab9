"""Ink as JSON: `{"text": "...", "strokes": [[[x, y], ...], ...]}`, y down."""

import json

import numpy as np

from graves_tf.ink.geometry import split_strokes
from graves_tf.ink.line import Line

MAX_POINTS = 50_000


def dumps(line):
    """The JSON of a `Line`: text and strokes; float32 values read back equal.

    Raises:
        ValueError: a coordinate is not finite.
    """
    return json.dumps(
        {"text": line.text, "strokes": strokes_to_lists(line.strokes)},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def loads(document):
    """The `Line` in a JSON document.

    Args:
        document: string or UTF-8 bytes. Keys other than `text` and `strokes`
            are ignored; without `text` the line's text is ''.

    Raises:
        ValueError: not JSON, no strokes, or a value among them that is no
            coordinate; the message says which.
    """
    try:
        content = json.loads(document)
    except RecursionError:
        raise ValueError("not JSON ink: nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(content, dict) or "strokes" not in content:
        raise ValueError(
            'not JSON ink: expected {"text": "...", "strokes": '
            "[[[x, y], ...], ...]}"
        )
    text = content.get("text")
    if text is not None and not isinstance(text, str):
        raise ValueError(f'"text" is {_short(text)}; expected a string')
    return Line(lists_to_strokes(content["strokes"]), text or "")


def strokes_to_lists(strokes):
    """Lists of `[x, y]`, one a pen stroke, from a `(T, 3)` array.

    Whole numbers become int, others the shortest decimals that read back as
    the same float32.

    Raises:
        ValueError: a coordinate is not finite.
    """
    strokes = np.asarray(strokes, np.float32).reshape(-1, 3)
    bad = np.flatnonzero(~np.isfinite(strokes[:, :2]).all(axis=1))
    if bad.size:
        raise ValueError(
            f"point {bad[0]} is {strokes[bad[0], :2].tolist()}; "
            "coordinates must be finite"
        )
    return [
        [[_plain(x), _plain(y)] for x, y in stroke]
        for stroke in split_strokes(strokes)
    ]


def lists_to_strokes(lists):
    """A `(T, 3)` float32 array from lists of `[x, y]`, one a pen stroke.

    Raises:
        ValueError: a value is not of that form, a stroke has no points, a
            coordinate is not a finite number, or there are over `MAX_POINTS`
            points; the message says which stroke and point.
    """
    if not isinstance(lists, list | tuple):
        raise ValueError(f"strokes are {_short(lists)}; expected a list")
    points = []
    for number, stroke in enumerate(lists):
        if not isinstance(stroke, list | tuple):
            raise ValueError(
                f"stroke {number} is {_short(stroke)}; expected a list of "
                "[x, y]"
            )
        if not stroke:
            raise ValueError(f"stroke {number} has no points; leave it out")
        if len(points) + len(stroke) > MAX_POINTS:
            raise ValueError(
                f"more than {MAX_POINTS} points; give a line of writing"
            )
        for index, point in enumerate(stroke):
            points.append((*_point(point, number, index), 0.0))
        points[-1] = (*points[-1][:2], 1.0)
    return np.array(points, np.float32).reshape(-1, 3)


def _point(point, stroke, index):
    """The two coordinates of a point, or a ValueError that names it."""
    where = f"stroke {stroke}, point {index}"
    if not isinstance(point, list | tuple) or len(point) != 2:
        raise ValueError(f"{where} is {_short(point)}; expected [x, y]")
    for value in point:
        number = isinstance(value, int | float | np.number)
        if not number or isinstance(value, bool):
            raise ValueError(
                f"{where} is {_short(point)}; {_short(value)} is not a number"
            )
        # What float32 cannot hold would turn infinite; NaN fails too.
        if not abs(value) < 1e30:
            raise ValueError(
                f"{where} is {_short(point)}; coordinates must be finite"
            )
    return point


def _plain(value):
    """A float32 as int or as the float of its shortest decimals."""
    return int(value) if value == int(value) else float(str(value))


def _short(value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
