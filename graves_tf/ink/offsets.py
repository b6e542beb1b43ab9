"""Strokes to offsets and back (Sec. 4 of the paper)."""

from collections.abc import Iterable

import numpy as np


def to_offsets(strokes: np.ndarray) -> np.ndarray:
    """The steps of the pen.

    The first point is the origin and is not modelled, so that a step is one
    shorter than the strokes; x3 is that of the later point.

    Args:
        strokes: `(T, 3)`: x, y, end-of-stroke; absolute.

    Returns:
        `(T - 1, 3)` float32: dx, dy, end-of-stroke.

    Raises:
        ValueError: strokes are not `(T, 3)` with at least one point.
    """
    # Differences in float64: absolute coordinates may be large, steps small.
    strokes = _checked(strokes, "strokes", least=1).astype(np.float64)
    offsets = strokes[1:].copy()
    offsets[:, :2] -= strokes[:-1, :2]
    return offsets.astype(np.float32)


def to_strokes(
    offsets: np.ndarray, start: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray:
    """The inverse of `to_offsets`, from a starting point.

    Args:
        offsets: `(T - 1, 3)`: dx, dy, end-of-stroke.
        start: where the first point lies.

    Returns:
        `(T, 3)` float32; the end-of-stroke of the first point is 0.

    Raises:
        ValueError: offsets are not `(T, 3)`.
    """
    offsets = _checked(offsets, "offsets", least=0).astype(np.float64)
    strokes = np.zeros((len(offsets) + 1, 3))
    strokes[0, :2] = start
    strokes[1:, :2] = np.cumsum(offsets[:, :2], axis=0) + strokes[0, :2]
    strokes[1:, 2] = offsets[:, 2]
    return strokes.astype(np.float32)


def fit_normalisation(
    list_of_strokes: Iterable[np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of dx and dy over all steps.

    Args:
        list_of_strokes: arrays `(T, 3)`, absolute.

    Returns:
        `(mean (2,), std (2,))`, float32, in the recording's units.

    Raises:
        ValueError: there is no step at all, or an axis never moves.
    """
    count, total, squares = 0, np.zeros(2), np.zeros(2)
    for strokes in list_of_strokes:
        steps = to_offsets(strokes)[:, :2].astype(np.float64)
        count += len(steps)
        total += steps.sum(axis=0)
        squares += (steps**2).sum(axis=0)
    if not count:
        raise ValueError("No steps to fit a normalisation to.")
    mean = total / count
    std = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
    if not (std > 0).all():
        raise ValueError(f"An axis never moves: std of dx, dy is {std}.")
    return mean.astype(np.float32), std.astype(np.float32)


def are_whole(list_of_strokes: Iterable[np.ndarray]) -> bool:
    """Whether all steps are whole numbers, as a whiteboard records them.

    Args:
        list_of_strokes: arrays `(T, 3)`, absolute.
    """
    steps = (to_offsets(strokes)[:, :2] for strokes in list_of_strokes)
    return all((step == np.rint(step)).all() for step in steps)


def _checked(array, name, least):
    array = np.asarray(array)
    if array.ndim != 2 or array.shape[1] != 3 or len(array) < least:
        raise ValueError(
            f"{name} must be (T, 3) with T >= {least}, got {array.shape}."
        )
    return array
