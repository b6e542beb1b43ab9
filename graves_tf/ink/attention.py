"""The picture of the window weights, as Fig. 13 of the paper has it."""

import numpy as np
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from graves_tf.ink.geometry import as_lines
from graves_tf.ink.geometry import split_strokes

DPI = 110
MAX_INCHES = 60.0


def to_png(phi, text, path, strokes=None, *, offsets=None, title=None):
    """Draws which character the window looked at while each point was made.

    Time runs to the right, characters from the bottom up; the darker, the
    larger phi(t, u) of Eq. 46. The ink stands above, each part of it over the
    time when it was written.

    Args:
        phi: `(T, U)` window weights of one line; or `(T, U + 1)`, the last
            column being phi(t, U + 1) of the stop rule, drawn as `end`.
        text: the U characters.
        path: where to write the PNG: a path or a binary file.
        strokes: `(T, 3)` absolute points of the line.
        offsets: `(T, 3)` offsets, in place of `strokes`.
        title: over the picture.

    Raises:
        ValueError: phi has another shape, or a value is not finite.
    """
    phi = np.asarray(phi, np.float64)
    if phi.ndim != 2 or phi.shape[1] not in (len(text), len(text) + 1):
        raise ValueError(
            f"phi has shape {phi.shape}; expected (T, {len(text)}) or "
            f"(T, {len(text) + 1}) for {len(text)} characters"
        )
    if not np.isfinite(phi).all():
        raise ValueError("phi holds a value that is not finite")
    if strokes is None and offsets is not None:
        strokes = np.array(offsets, np.float64).reshape(-1, 3)
        strokes[:, :2] = np.cumsum(strokes[:, :2], axis=0)
    lines = [] if strokes is None else as_lines([strokes])
    length = max([len(phi), 1, *(len(line) for line in lines)])
    rows = max(phi.shape[1], 1)
    wide = min(max(length / 75, 5.0), MAX_INCHES)
    row = min(0.19, MAX_INCHES / rows)
    high = max(row * rows, 0.8)
    above = 1.2 if lines else 0.0
    figure = Figure(
        figsize=(wide + 1.1, high + above + 0.9),
        dpi=DPI,
        layout="constrained",
    )
    FigureCanvasAgg(figure)
    if lines:
        ink, axes = figure.subplots(
            2, 1, sharex=True, height_ratios=(above, high)
        )
        draw_ink(ink, lines[0])
    else:
        ink, axes = None, figure.subplots()
    draw_map(axes, phi, text, row)
    axes.set_xlim(-0.5, length - 0.5)
    if title:
        (ink or axes).set_title(str(title), parse_math=False)
    figure.savefig(path, format="png")


def draw_map(axes, phi, text, row):
    """The heat map, its characters and its axes.

    Args:
        axes: matplotlib `Axes`.
        phi: `(T, U)` or `(T, U + 1)`, as in `to_png`.
        text: the U characters.
        row: inches that a character has.
    """
    if phi.size:
        axes.imshow(
            phi.T,
            aspect="auto",
            origin="lower",
            cmap="Greys",
            vmin=0.0,
            vmax=max(float(np.percentile(phi.max(axis=1), 90)), 1e-6),
            interpolation="nearest",
        )
    labels = [_label(character) for character in text]
    if phi.shape[1] > len(text):
        labels.append("end")
    axes.set_yticks(
        range(len(labels)),
        labels,
        fontsize=min(10.0, row * 72 * 0.75),
        parse_math=False,
    )
    axes.tick_params(axis="y", length=2)
    axes.set_ylim(-0.5, max(len(labels), 1) - 0.5)
    axes.set_xlabel("points written")


def draw_ink(axes, line):
    """The pen's trace, over the time axis.

    Args:
        axes: matplotlib `Axes`, whose x is the number of the point.
        line: `(T, 3)`: absolute points.
    """
    warp = _warp(line)
    traces = [
        np.stack([warp(stroke[:, 0]), stroke[:, 1]], axis=1)
        for stroke in split_strokes(line)
    ]
    axes.add_collection(
        LineCollection(
            [trace for trace in traces if len(trace) > 1],
            colors="black",
            linewidths=1.0,
            capstyle="round",
        )
    )
    dots = [trace[0] for trace in traces if len(trace) == 1]
    if dots:
        axes.plot(*np.transpose(dots), "k.", markersize=2)
    low, high = line[:, 1].min(), line[:, 1].max()
    margin = max(high - low, 1e-6) * 0.1
    axes.set_ylim(high + margin, low - margin)
    axes.axis("off")


def _warp(line):
    """A rising map from x to about the time when the pen was there.

    Dots and crossings that were added later stay with their letters, which
    the plain time of each point would tear apart.
    """
    x = line[:, 0]
    reach, last = float(np.ptp(x)), len(line) - 1.0
    if reach <= 0:
        return lambda values: values - x[0] + last / 2
    windows = np.array_split(np.arange(len(line)), max(len(line) // 40, 1))
    knots = [(x.min(), 0.0)]
    for window in windows:
        at = float(np.median(x[window]))
        if at > knots[-1][0] + 0.5 * reach / len(windows):
            knots.append((at, window.mean()))
    if x.max() > knots[-1][0]:
        knots.append((x.max(), last))
    at, when = np.transpose(knots)
    # A letter drawn out or pressed together by more could not be read.
    pace = np.diff(when) / np.diff(at) * reach / max(last, 1.0)
    passed = np.cumsum(np.diff(at) * np.clip(pace, 0.5, 2.0))
    when = np.concatenate([[0.0], passed / passed[-1] * last])
    return lambda values: np.interp(values, at, when)


def _label(character):
    """A character as a tick's label; a box where the font has no glyph."""
    if character.isspace():
        return "\u2423"
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    known = character.isprintable() and font.get_char_index(ord(character))
    return character if known else "\u25a1"
