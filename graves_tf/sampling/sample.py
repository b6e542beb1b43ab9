"""A written line, and how it is made of what a sampler drew.

Needs numpy alone.
"""

from typing import NamedTuple

import numpy as np


class Sample(NamedTuple):
    """One written line.

    Attributes:
        strokes: `(T, 3)` float32: x, y, end-of-stroke; from the origin, y
            down, in the recording's units.
        text: what was to be written.
        phi: `(T, U + 1)`, the window's weights at each point, or None.
        finished: whether the stop rule ended it, not the bound.
        unvisited: the places in the text that the window never looked at.
        attempts: how often it was drawn.
        attempt: which of these draws it is, from 0: the seed of its `Draws`.
    """

    strokes: np.ndarray
    text: str
    phi: np.ndarray | None
    finished: bool
    unvisited: tuple
    attempts: int = 1
    attempt: int = 0

    @property
    def complete(self):
        """Finished, and with every character visited."""
        return self.finished and not self.unvisited

    @property
    def shortfall(self):
        """What is amiss: of several draws the least is the best."""
        return (not self.finished, len(self.unvisited))


def points_of(pens, primed):
    """Absolute points from offsets.

    A line starts at the origin, a point of its own; one that continues a
    style starts with its first new point, where the pen came down.
    """
    points = np.zeros((len(pens) + 1, 3), "float32")
    points[1:, :2] = np.cumsum(pens[:, :2].astype("float64"), axis=0)
    points[1:, 2] = pens[:, 2]
    if primed and len(points) > 1:
        points = points[1:]
        points[:, :2] -= points[0, :2]
    points[-1, 2] = 1.0
    return points


def unvisited_places(text, phi, share=0.5):
    """Where the window never looked: φ(t, u) < share of the largest, for all t.

    Args:
        text: U characters; spaces need no visit.
        phi: `(T, U + 1)`.
        share: what counts as a look.
    """
    if not len(phi):
        return tuple(i for i, c in enumerate(text) if not c.isspace())
    looks = (phi > 0) & (phi >= share * phi.max(axis=1, keepdims=True))
    seen = looks.any(axis=0)
    return tuple(
        i for i, c in enumerate(text) if not seen[i] and not c.isspace()
    )
