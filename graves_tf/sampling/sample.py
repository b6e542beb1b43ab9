"""A written line, and how it is made of what a sampler drew.

Needs numpy alone.
"""

from typing import NamedTuple

import numpy as np

# Ink after the text, in letters: more of it runs on. See `runs_past_text`.
RUNS_ON = 0.55
# The points of a letter to those of a space, and how many usual looks one may
# last. See `longest_look`.
SPACE = 2.0
LINGERS = 2.0


class Sample(NamedTuple):
    """One written line.

    Attributes:
        strokes: `(T, 3)` float32: x, y, end-of-stroke; from the origin, y
            down, in the recording's units.
        text: what was to be written.
        phi: `(T, U + 1)`, the window's weights at each point, or None.
        finished: whether the stop rule ended it, not the bound.
        unvisited: the places in the text that the window never looked at.
        runs_on: whether ink follows after the text.
        longest_look: the longest that the window stays at one place, in
            usual looks.
        attempts: how often it was drawn.
        attempt: which of these draws it is, from 0: the seed of its `Draws`.
    """

    strokes: np.ndarray
    text: str
    phi: np.ndarray | None
    finished: bool
    unvisited: tuple
    runs_on: bool = False
    longest_look: float = 1.0
    attempts: int = 1
    attempt: int = 0

    @property
    def complete(self):
        """Finished, every character visited, and no ink after the text."""
        return not any(self.shortfall[:-1])

    @property
    def good(self):
        """Complete, and the window lingers nowhere: not to be drawn again."""
        return not any(self.shortfall)

    @property
    def shortfall(self):
        """What is amiss: of several draws the least is the best."""
        lingers = max(0.0, self.longest_look - LINGERS)
        return (not self.finished, len(self.unvisited), self.runs_on, lingers)


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


def ink_after(strokes, phi, place):
    """Ink drawn while the window looks at a place or past it.

    Args:
        strokes: `(T, 3)` absolute points.
        phi: `(S, U + 1)`, one row for each of the last S steps.
        place: from 0; U is the place past the text.

    Returns:
        Its length and that of all ink, in the units of the strokes, moves of
        the lifted pen left out.
    """
    steps = np.hypot(*np.diff(strokes[:, :2], axis=0).T)
    ink = np.where(strokes[:-1, 2] < 0.5, steps, 0.0)
    looks = phi[len(phi) - len(ink) :].argmax(axis=1) >= place
    return float(ink[looks].sum()), float(ink.sum())


def runs_past_text(text, strokes, phi):
    """Whether a line goes on after its text: the next word, or a part of it.

    It does if it has more ink than that of 0.55 letters while the window
    looks past the text, φ(t, U+1) being the largest; where the text ends in a
    letter or digit, than that of 1.55: the window runs ahead of the pen, and
    that letter may still be to come. A letter is the line's ink over its
    characters, spaces not counted.

    Of 1000 lines written with the shipped weights 44 have more than 0.55
    behind a mark; but for one, all end in a stray stroke or in part of a
    `the`. Below are a dozen short strays, of 0.25 to 0.5, among question
    marks, of up to 0.45. Behind a last letter nothing is amiss up to 1.45, and
    of 157 real lines of IAM-OnDB two have more than 1.55. The number of steps
    says less: over a good dot that the pen rests on it is over 100, over a
    stray `t` as few as 17.

    Args:
        text, strokes, phi: of a `Sample`.
    """
    after, ink = ink_after(strokes, phi, len(text))
    letter = ink / sum(not c.isspace() for c in text)
    return after > (RUNS_ON + text.rstrip()[-1].isalnum()) * letter


def longest_look(text, phi):
    """The longest that the window stays at one place, in usual looks.

    A look's length is the number of points at which φ(t, u) is the largest;
    usual is the median over the line's letters, and of a space that over
    `SPACE`. A long look is where a stroke too many is likeliest: a letter
    written twice, or one between two words.

    A line whose longest look is of more than `LINGERS` is drawn again. Of 300
    sentences written with the shipped weights that is every fourth at a bias
    of 1, and every third at 0.5; a recogniser then misreads 5.5 % of their
    letters, not 6.3, and 7.4, not 8.7. A window that stays at a space for as
    long as at a letter (ours, for two fifths of it) passes.

    Args:
        text: U characters.
        phi: `(T, U + 1)`.

    Returns:
        1 where no letter was looked at.
    """
    looks = np.bincount(phi.argmax(axis=1), minlength=len(text) + 1)
    blank = np.array([c.isspace() for c in text])
    usual = np.median(looks[:-1][~blank])
    looks = np.where(blank, SPACE * looks[:-1], looks[:-1])
    return float(looks.max() / usual) if usual else 1.0
