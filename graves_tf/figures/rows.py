"""Lines of ink under one another."""

from typing import NamedTuple

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from graves_tf.ink.curve import flatten
from graves_tf.ink.geometry import as_lines
from graves_tf.ink.geometry import bounds
from graves_tf.ink.geometry import frame
from graves_tf.ink.geometry import split_strokes

# Inches.
WIDTH = 7.0
MAX_HEIGHT = 40.0
MARGIN = 0.15
LABELS = 0.75
# Between two lines and between two blocks, in the size of the writing.
GAP = 2.0
BLOCK_GAP = 5.0


class Row(NamedTuple):
    """A line of ink and what stands to its left.

    Attributes:
        strokes: `(T, 3)`: x, y down, end-of-stroke; absolute.
        label: a word or so, or ''.
    """

    strokes: np.ndarray
    label: str = ""


def draw_rows(blocks):
    """The figure of some blocks of lines.

    All are drawn in one scale, as wide as the widest needs, and as they are:
    neither straightened nor resized.

    Args:
        blocks: list of lists of `Row`.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: strokes of another shape than (T, 3), a coordinate that
            is not finite, or no ink at all.
    """
    lines = [as_lines([row.strokes]) for block in blocks for row in block]
    lines = [line for (line,) in lines]
    box = frame(lines)
    places, height = _places(blocks, lines, box.size)
    width = max(np.ptp(line[:, 0]) for line in lines) or box.size
    scale = min(WIDTH / width, MAX_HEIGHT / height)
    left = MARGIN
    if any(row.label for block in blocks for row in block):
        left += LABELS
    inches = np.array([width * scale, height * scale])
    whole = inches + (left + MARGIN, 2 * MARGIN)
    figure = Figure(figsize=tuple(whole))
    axes = figure.add_axes(
        (left / whole[0], MARGIN / whole[1], *(inches / whole))
    )
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    labels = [row.label for block in blocks for row in block]
    for line, top, label in zip(lines, places, labels, strict=True):
        low, high = line[:, :2].min(axis=0), line[:, :2].max(axis=0)
        axes.add_collection(
            LineCollection(
                _curves(line, box.stroke_width, (-low[0], top - low[1])),
                colors="black",
                linewidths=box.stroke_width * scale * 72,
                capstyle="round",
                joinstyle="round",
                # Ink is no grid: a dot would shrink to nothing.
                snap=False,
                clip_on=False,
            )
        )
        axes.text(
            -0.12 / scale,
            top + (high[1] - low[1]) / 2,
            label,
            ha="right",
            va="center",
            fontsize=9,
            color="dimgrey",
            parse_math=False,
        )
    return figure


def _places(blocks, lines, size):
    """The top of each line, and how high all are."""
    places, top, heights = [], 0.0, iter(lines)
    for number, block in enumerate(blocks):
        top += BLOCK_GAP * size if number else 0.0
        for place, _ in enumerate(block):
            top += GAP * size if place else 0.0
            places.append(top)
            _, low, _, high = bounds([next(heights)])
            top += high - low
    return places, top or size


def _curves(line, stroke_width, shift):
    """The pen's strokes as smooth lines, moved."""
    curves = []
    for stroke in split_strokes(line):
        curve, _ = flatten(stroke, spacing=stroke_width)
        if len(curve) == 1:
            # A dot: a line that is too short to see, with round ends.
            curve = curve + [[0.0, 0.0], [stroke_width / 100, 0.0]]
        curves.append(curve + shift)
    return curves
