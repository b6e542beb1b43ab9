"""Bringing ink from any device to the units and pace of IAM-OnDB."""

import numpy as np

from graves_tf.ink.geometry import path_length
from graves_tf.ink.geometry import split_strokes

# Measured on 508 lines of IAM-OnDB, spaces not counted: length of the ink a
# character (median 470 units, all within the range) and points a character.
LENGTH = 470.0
LENGTH_RANGE = (195.0, 1312.0)
POINTS = 25.0
POINTS_RANGE = (11.4, 42.3)
# The spread of IAM-OnDB's steps, std over mean, is at most this.
MAX_SPREAD = 1.5


def to_recording_units(line):
    """A line in the units and at the sampling rate of IAM-OnDB.

    The networks know handwriting as IAM-OnDB recorded it: one unit is fixed,
    and one offset is about 1/75 s. Ink of another device differs in both.
    Two measures that need only the ink and its text tell by how much:

    - *Size*: the length of the ink a character. Outside what IAM-OnDB's
      writers do (195 to 1312 units), the ink is scaled to their median, 470.
    - *Pace*: points a character. Outside 11.4 to 42.3, every stroke is drawn
      again with as many points as make 25 a character. The points given are
      taken as equally spaced in time, so that slow stays slow. Where they
      cannot be (far too few, or the unequal steps of a simplified polyline),
      the new ones are equally spaced along the stroke: the shape is kept and
      the rhythm is not known.

    Inside those ranges nothing is changed, so recordings of IAM-OnDB and ink
    from the networks stay as they are, and calling this twice does no more
    than once. It cannot tell a text that is not what was written, and a text
    of a word or less is a poor measure. Positions are counted from the first
    point where the ink is scaled.

    Args:
        line: `Line`, y down, with its text.

    Returns:
        `Line` with the same text and as many pen strokes.
    """
    characters = sum(not character.isspace() for character in line.text)
    strokes = np.asarray(line.strokes, np.float64)
    length = path_length(strokes) if len(strokes) else 0.0
    if not characters or length <= 0:
        return line
    changed = False
    if not LENGTH_RANGE[0] <= length / characters <= LENGTH_RANGE[1]:
        scale = LENGTH * characters / length
        strokes = strokes.copy()
        strokes[:, :2] = (strokes[:, :2] - strokes[0, :2]) * scale
        changed = True
    if not POINTS_RANGE[0] <= len(strokes) / characters <= POINTS_RANGE[1]:
        strokes = _resample(strokes, POINTS * characters)
        changed = True
    if not changed:
        return line
    return line._replace(strokes=strokes.astype(np.float32))


def _resample(strokes, wanted):
    """About `wanted` points on the same strokes, `(T, 3)` arrays."""
    pieces = split_strokes(strokes)
    steps = [np.hypot(*np.diff(piece, axis=0).T) for piece in pieces]
    every = np.concatenate(steps)
    timed = (
        len(strokes) >= wanted / 2 and every.std() <= MAX_SPREAD * every.mean()
    )
    clocks = [
        np.concatenate([[0.0], np.cumsum(np.ones_like(s) if timed else s)])
        for s in steps
    ]
    # A stroke of n points has n - 1 steps between them.
    intervals = max(wanted - len(pieces), 1.0)
    rate = intervals / sum(clock[-1] for clock in clocks)
    out = []
    for piece, clock in zip(pieces, clocks, strict=True):
        count = max(round(clock[-1] * rate), 1) + 1 if clock[-1] else 1
        at = np.linspace(0.0, clock[-1], count)
        new = np.zeros((count, 3))
        new[:, 0] = np.interp(at, clock, piece[:, 0])
        new[:, 1] = np.interp(at, clock, piece[:, 1])
        new[-1, 2] = 1.0
        out.append(new)
    return np.concatenate(out)
