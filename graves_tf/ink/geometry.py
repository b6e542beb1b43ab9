"""Where ink lies, how large its writing is, and the frame round it."""

import math
from typing import NamedTuple

import numpy as np

# The pen's width and the margin, in the size of the writing (`body_size`),
# and how many pixels that size has in a picture.
STROKE_WIDTH = 0.16
MARGIN = 1.2
PIXELS = 14.0


class Frame(NamedTuple):
    """The box of a picture of ink, in the units of the ink."""

    left: float
    top: float
    width: float
    height: float
    stroke_width: float
    size: float


def frame(lines, stroke_width=None, margin=None):
    """The `Frame` of a list of checked lines.

    Raises:
        ValueError: `stroke_width` or `margin` is not a usable length.
    """
    sizes = sorted(body_size(line) for line in lines)
    size = sizes[len(sizes) // 2] if sizes else 1.0
    if stroke_width is None:
        stroke_width = STROKE_WIDTH * size
    check_size("stroke_width", stroke_width)
    if margin is None:
        margin = MARGIN * size
    if not (math.isfinite(margin) and margin >= 0):
        raise ValueError(f"margin is {margin}; expected 0 or more")
    left, top, right, bottom = bounds(lines)
    return Frame(
        left - margin,
        top - margin,
        max(right - left + 2 * margin, stroke_width),
        max(bottom - top + 2 * margin, stroke_width),
        stroke_width,
        size,
    )


def check_size(name, value):
    """Raises ValueError where a length is not a positive finite number."""
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} is {value}; expected a positive number")


def as_lines(strokes_or_lines):
    """A list of checked stroke arrays from one array or several.

    Args:
        strokes_or_lines: `(T, 3)` array of absolute points (x, y,
            end-of-stroke), or a sequence of such arrays.

    Returns:
        List of `(T, 3)` float64 arrays; those without points are left out.

    Raises:
        ValueError: an array has another shape, or a coordinate is not finite.
    """
    if isinstance(strokes_or_lines, np.ndarray):
        # A stacked (N, T, 3) array iterates as N lines.
        single = strokes_or_lines.ndim < 3
        arrays = [strokes_or_lines] if single else list(strokes_or_lines)
    else:
        arrays = list(strokes_or_lines)
        if arrays and np.ndim(arrays[0]) == 1 and np.size(arrays[0]):
            arrays = [arrays]
    lines = []
    for number, array in enumerate(arrays):
        array = np.asarray(array, np.float64)
        if array.size == 0:
            continue
        if array.ndim != 2 or array.shape[1] != 3:
            raise ValueError(
                f"line {number}: strokes have shape {array.shape}; expected "
                "(T, 3): x, y, end-of-stroke"
            )
        bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
        if bad.size:
            raise ValueError(
                f"line {number}: point {bad[0]} is {array[bad[0]].tolist()}; "
                "coordinates must be finite"
            )
        lines.append(array)
    return lines


def split_strokes(strokes):
    """The pen strokes of a line.

    Args:
        strokes: `(T, 3)` array of absolute points.

    Returns:
        List of `(N, 2)` arrays with N >= 1, in order of writing. Points after
        the last end-of-stroke are a stroke too.
    """
    strokes = np.asarray(strokes)
    if not len(strokes):
        return []
    ends = np.flatnonzero(strokes[:-1, 2] > 0.5) + 1
    return np.split(strokes[:, :2], ends)


def bounds(lines):
    """`(left, top, right, bottom)` of lines; zeros where there is no ink."""
    points = [line[:, :2] for line in lines if len(line)]
    if not points:
        return 0.0, 0.0, 0.0, 0.0
    points = np.concatenate(points)
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def path_length(strokes):
    """Length of the ink of one line, without the moves of the lifted pen."""
    return sum(
        float(np.hypot(*np.diff(stroke, axis=0).T).sum())
        for stroke in split_strokes(strokes)
    )


def body_size(strokes):
    """How large the writing of one line is, whatever it says.

    The standard deviation of the ink's height about its own (sloping) line,
    weighted by path length, so that neither sampling rate nor pauses count.
    The lines of IAM-OnDB have 80 units on the median, which is about a
    quarter of the way from the top of an ascender to the foot of a descender.

    Args:
        strokes: `(T, 3)` array of absolute points.

    Returns:
        A positive float, in the units of the ink; 1.0 for a line that has no
        extent (no points, or dots in one place).
    """
    segments = [
        (stroke[:-1], stroke[1:])
        for stroke in split_strokes(np.asarray(strokes, np.float64))
        if len(stroke) > 1
    ]
    extent = _extent(np.asarray(strokes, np.float64)[:, :2])
    if not segments:
        return extent / 10 if extent > 0 else 1.0
    begin = np.concatenate([a for a, _ in segments])
    end = np.concatenate([b for _, b in segments])
    length = np.hypot(*(end - begin).T)
    total = length.sum()
    if total <= 0:
        return extent / 10 if extent > 0 else 1.0
    weight = length / total
    x, y = ((begin + end) / 2).T
    x = x - weight @ x
    y = y - weight @ y
    variance = weight @ (x * x)
    # A line that is taller than wide has no slope to speak of.
    if variance > weight @ (y * y):
        y = y - (weight @ (x * y)) / variance * x
    size = math.sqrt(weight @ (y * y))
    # A dash has no height, and a page in one array is no line: the strokes
    # themselves bound the size on both sides.
    extents = np.array([_extent(np.stack(s).reshape(-1, 2)) for s in segments])
    order = np.argsort(extents)
    lengths = np.array([np.hypot(*(b - a).T).sum() for a, b in segments])
    middle = np.searchsorted(lengths[order].cumsum(), total / 2)
    typical = extents[order][min(middle, len(order) - 1)]
    return float(min(max(size, typical / 20), typical)) or 1.0


def _extent(points):
    """Diagonal of the box round `(N, 2)` points."""
    if not len(points):
        return 0.0
    return float(np.hypot(*(points.max(axis=0) - points.min(axis=0))))
