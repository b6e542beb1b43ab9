"""Lines of writing set as a page."""

import textwrap

import numpy as np

from graves_tf.ink.geometry import as_lines
from graves_tf.ink.geometry import body_size
from graves_tf.ink.geometry import split_strokes

# From one baseline to the next, in the size of the writing (`body_size`):
# room for an ascender over a descender.
PITCH = 7.0
# A line shorter than this many sizes shows no slope, and none its size.
LONG_ENOUGH = 10.0
MAX_SLOPE = 0.35
MAX_SCALE = 1.3


def wrap(text, max_characters=40):
    """The lines of a text.

    Words are kept whole; a word longer than a line is broken. A newline ends
    a line, and an empty line stays as ''. Other white space counts as one
    space.

    Args:
        text: string.
        max_characters: of a line, at least 1.

    Returns:
        List of strings of at most `max_characters`; empty for a text that is
        all white space.

    Raises:
        ValueError: `max_characters` is not positive.
    """
    if max_characters < 1:
        raise ValueError(
            f"max_characters is {max_characters}; expected 1 or more"
        )
    if not text.strip():
        return []
    lines = []
    for row in text.splitlines():
        broken = textwrap.wrap(
            " ".join(row.split()), max_characters, break_on_hyphens=False
        )
        # A broken word may leave a space behind it.
        lines.extend([line.strip() for line in broken] or [""])
    return lines


def baseline(strokes):
    """The straight line on which writing stands.

    A robust fit to the feet of the pen's strokes, where the pen turns upward:
    feet of descenders and turns above the line lose their weight as outliers.

    Args:
        strokes: `(T, 3)` array of absolute points, y down.

    Returns:
        `(slope, height)`: y = slope * x + height. The slope is 0 where the
        line is too short to show one, and within `MAX_SLOPE`.
    """
    lines = as_lines([strokes])
    if not lines:
        return 0.0, 0.0
    strokes = lines[0]
    size = body_size(strokes)
    x, y = _feet(strokes).T
    slope = 0.0
    long_enough = np.ptp(strokes[:, 0]) >= LONG_ENOUGH * size
    if long_enough and len(x) > 3:
        centre = strokes[:, 0].mean()
        away = strokes[:, 0] - centre
        slope = (away @ strokes[:, 1]) / (away @ away)
        slope = float(np.clip(slope, -MAX_SLOPE, MAX_SLOPE))
    # Several starts: a row of high turns or of descenders can hold a fit.
    fits = [
        _fit(x, y, size, start, percent, long_enough)
        for start in ((slope, 0.0) if long_enough else (slope,))
        for percent in (40, 55, 70)
    ]
    slope, height, _ = max(fits, key=lambda fit: fit[2])
    return slope, height


def straighten(strokes):
    """A line of writing with its baseline level, at y = 0.

    Points move up or down only, so that letters keep their slant.

    Args:
        strokes: `(T, 3)` array of absolute points, y down.

    Returns:
        `(T, 3)` float32 array.

    Raises:
        ValueError: another shape, or a coordinate that is not finite.
    """
    strokes = np.asarray(strokes, np.float64)
    slope, height = baseline(strokes)
    if strokes.size == 0:
        return np.zeros((0, 3), np.float32)
    straight = strokes.copy()
    straight[:, 1] -= slope * strokes[:, 0] + height
    return straight.astype(np.float32)


def set_page(list_of_strokes, *, line_spacing=1.0, margin=0.5, align="left"):
    """Lines of writing placed under one another on a page.

    Every line is straightened and brought to the size of the median line; by
    at most a factor of 1.3, and a short line not at all, since it does not
    show its size.

    Args:
        list_of_strokes: arrays `(T, 3)` of absolute points, y down, one a
            line. One without points leaves its line blank.
        line_spacing: between baselines; 1 is 7 times the size of the
            writing.
        margin: left of and above the ink, in baseline distances at spacing 1.
        align: `left`, `center` or `right`.

    Returns:
        List of `(T, 3)` float32 arrays, one a line; the page's corner is at
        (0, 0).

    Raises:
        ValueError: an unknown `align`, an array of another shape, or a
            coordinate that is not finite.
    """
    if align not in ("left", "center", "right"):
        raise ValueError(
            f"align is {align!r}; expected 'left', 'center' or 'right'"
        )
    lines = [straighten(strokes) for strokes in list_of_strokes]
    sizes = [body_size(line) for line in lines]
    known = [
        number
        for number, line in enumerate(lines)
        if len(line) and np.ptp(line[:, 0]) >= LONG_ENOUGH * sizes[number]
    ] or [number for number, line in enumerate(lines) if len(line)]
    if not known:
        return lines
    size = float(np.median([sizes[number] for number in known]))
    for number in known:
        factor = np.clip(size / sizes[number], 1 / MAX_SCALE, MAX_SCALE)
        lines[number][:, :2] *= factor
    pitch = PITCH * size
    widest = max(np.ptp(line[:, 0]) for line in lines if len(line))
    first = next(line for line in lines if len(line))
    top = margin * pitch - float(first[:, 1].min())
    for number, line in enumerate(lines):
        if not len(line):
            continue
        spare = widest - np.ptp(line[:, 0])
        shift = {"left": 0.0, "center": spare / 2, "right": spare}[align]
        line[:, 0] += margin * pitch + shift - line[:, 0].min()
        line[:, 1] += top + number * line_spacing * pitch
    return lines


def _feet(strokes):
    """Where the pen turns from down to up: `(N, 2)`, N >= 1."""
    feet = []
    for stroke in split_strokes(strokes):
        y = stroke[:, 1]
        padded = np.concatenate([[-np.inf], y, [-np.inf]])
        turns = (padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:])
        feet.append(stroke[turns])
    return np.concatenate(feet)


def _fit(x, y, size, slope, percent, long_enough):
    """Tukey's biweight fit from a start: slope, height, how many agree."""
    height = float(np.percentile(y - slope * x, percent))
    # First wide, then as narrow as feet scatter.
    for width in (2.0, 1.5, 1.2, *[1.0] * 8):
        away = (y - slope * x - height) / (width * size)
        weight = np.maximum(1 - away**2, 0) ** 2
        agree = float(weight.sum())
        if agree <= 0:
            break
        weight /= agree
        mean_x, mean_y = weight @ x, weight @ y
        variance = weight @ (x - mean_x) ** 2
        # Feet all in one part of the line tell nothing of its slope.
        if long_enough and variance > (2 * size) ** 2:
            slope = weight @ ((x - mean_x) * (y - mean_y)) / variance
            slope = float(np.clip(slope, -MAX_SLOPE, MAX_SLOPE))
        height = float(mean_y - slope * mean_x)
    return slope, height, agree
