"""The cleaning of Sec. 4: missing readings filled in, over-long steps removed.

What was measured on IAM-OnDB (7.35 million steps inside strokes), and the
rules that follow from it:

- The whiteboard reads the pen every 14.8 ms; times are rounded to 10 ms, so
  that a regular step lasts 10 or 20. A step of 30 ms or more (1.3 %) is late,
  but four in five of those of 30 ms are no longer than their neighbours: the
  clock hiccupped and no reading is missing. So a reading counts as missing
  only where *both* the clock and the pen's own speed beside the gap say so.
- Of the steps with a regular clock 99.9 % are under 87 units, and those over
  100 that stand alone among short ones (some 0.02 %) are no movement of a hand
  in one period. Drawn, they are of three kinds. Readings were lost, and the
  clock does not show it: the step goes on as the pen was going, most often
  along an ascender. One to three readings were thrown out and back, or the
  first or last reading of a stroke lies elsewhere: stray. The board missed
  that the pen lifted: a wide step, across the way the pen was going, with ink
  on both sides. The first are filled in, the second dropped; at the third the
  stroke ends, which makes the step an ordinary one between strokes.
- Movements between strokes are never touched: they are how one word goes on
  to the next, or back to a dot.
"""

from typing import NamedTuple

import numpy as np

SAMPLING_PERIOD = 0.0148  # seconds
REGULAR_WAIT = 0.025  # seconds; a step that took no longer lost no reading
TYPICAL_STEP = 18.0  # the median, in the recording's units
LONG_STEP = 100.0  # with a regular clock, in the recording's units
LONG_RATIO = 3.0  # to the steps beside it: fast hands stay as they are
STRAY_STEP = 150.0
STRAY_POINTS = 3  # at most so many readings in the middle are stray
LIFT_STEP = 200.0
LIFT_ANGLE = 40.0  # degrees; a step that turns less goes on as the pen went


class Cleaned(NamedTuple):
    """A cleaned recording, and what was done to it.

    Attributes:
        strokes: each `(n, 3)`: x, y, time, as `iam_xml.read_recording`.
        added: points interpolated.
        removed: stray points dropped.
        lifts: strokes ended where the board missed that the pen lifted.
    """

    strokes: list[np.ndarray]
    added: int
    removed: int
    lifts: int


def clean(recording: list[np.ndarray]) -> Cleaned:
    """Cleans the strokes of one line (Sec. 4).

    Interpolated coordinates are rounded to whole units, as recorded. A stroke
    never loses all its points, and no stroke changes its place.

    Args:
        recording: strokes, each `(n, 3)`: x, y, time in seconds (NaN where
            unknown: over-long steps are removed, nothing is filled in).
    """
    strokes, added, removed, lifts = [], 0, 0, 0
    for stroke in recording:
        kept = _drop_strays(stroke)
        removed += len(stroke) - len(kept)
        parts = np.split(kept, np.flatnonzero(_is_lift(kept)) + 1)
        lifts += len(parts) - 1
        for part in parts:
            filled = _fill_in(part)
            added += len(filled) - len(part)
            strokes.append(filled)
    return Cleaned(strokes, added, removed, lifts)


def _is_long(stroke, least=LONG_STEP, of_both=np.mean):
    """Which steps `(n - 1,)` stand out in length from those beside them."""
    lengths = _lengths(stroke)
    return lengths > np.maximum(least, LONG_RATIO * _beside(lengths, of_both))


def _has_regular_clock(stroke):
    """Which steps `(n - 1,)` lost no reading by the clock, or have none."""
    return ~(np.diff(stroke[:, 2]) > REGULAR_WAIT)


def _is_lift(stroke):
    """Which steps `(n - 1,)` are a lift of the pen that was missed."""
    lift = _is_long(stroke, LIFT_STEP) & _has_regular_clock(stroke)
    for i in np.flatnonzero(lift):
        step = stroke[i + 1] - stroke[i]
        before = stroke[i] - stroke[max(i - 2, 0)]
        after = stroke[min(i + 3, len(stroke) - 1)] - stroke[i + 1]
        lift[i] = min(_angle(step, before), _angle(step, after)) > LIFT_ANGLE
    return lift


def _drop_strays(stroke):
    """Drops readings thrown out and back, and stray ones at either end."""
    while len(stroke) > STRAY_POINTS:
        # The shorter one beside: of a single reading both steps are long.
        long = _is_long(stroke, STRAY_STEP, np.min)
        long = np.flatnonzero(long & _has_regular_clock(stroke))
        last = len(stroke) - 1
        if 0 in long:
            stroke = stroke[1:]
        elif last - 1 in long:
            stroke = stroke[:-1]
        else:
            for out, back in zip(long, long[1:], strict=False):
                gap = np.hypot(*(stroke[back + 1, :2] - stroke[out, :2]))
                if back - out <= STRAY_POINTS and gap <= LONG_STEP:
                    stroke = np.delete(stroke, np.s_[out + 1 : back + 1], 0)
                    break
            else:
                return stroke
    return stroke


def _fill_in(stroke):
    """Interpolates missing readings in a stroke, on straight lines."""
    lengths = _lengths(stroke)
    if not len(lengths):
        return stroke
    by_speed = lengths / np.maximum(_beside(lengths), TYPICAL_STEP)
    by_clock = np.nan_to_num(np.diff(stroke[:, 2])) / SAMPLING_PERIOD
    readings = np.where(
        _is_long(stroke), by_speed, np.minimum(by_clock, by_speed)
    )
    readings = np.maximum(np.round(readings), 1).astype(int)
    if (readings == 1).all():
        return stroke
    places = np.concatenate([[0], np.cumsum(readings)])
    steps = np.arange(places[-1] + 1)
    filled = np.stack(
        [np.interp(steps, places, column) for column in stroke.T], axis=1
    )
    new = np.ones(len(filled), bool)
    new[places] = False
    filled[new, :2] = np.round(filled[new, :2])
    return filled


def _lengths(stroke):
    return np.hypot(*np.diff(stroke[:, :2], axis=0).T)


def _beside(lengths, of_both=np.mean):
    """Length of the steps just before and after each, at the ends of one."""
    if len(lengths) < 2:
        return np.full(len(lengths), TYPICAL_STEP)
    beside = np.empty(len(lengths))
    beside[1:-1] = of_both([lengths[:-2], lengths[2:]], axis=0)
    beside[0], beside[-1] = lengths[1], lengths[-2]
    return beside


def _angle(step, other):
    """Degrees between two movements; 180 where one is none."""
    length = np.hypot(*step[:2]) * np.hypot(*other[:2])
    if not length:
        return 180.0
    cosine = (step[:2] @ other[:2]) / length
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
