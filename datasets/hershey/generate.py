"""Online handwriting made from the Hershey stroke fonts.

A writer has a font, a size, a slant, a spacing and a hand as steady as it is;
a line of theirs is drawn glyph by glyph, left to right, and then sampled as a
whiteboard samples a pen: about 20 points a character, slower at the ends of a
stroke and at its corners, in IAM-OnDB's units (x-height about 150, y down).
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from HersheyFonts import HersheyFonts

from graves_tf.datasets.hershey.text import random_text
from graves_tf.ink.line import Line

WRITERS = 50
_FONTS = {"rowmans": 10.5, "scripts": 13.0, "cursive": 13.0}  # name: unit
_STEP = 36.0  # length of a step at full pace
_WRITER = 1  # sets a writer's random stream apart from a line's
_LINE = 2


class Writer(NamedTuple):
    """How someone writes.

    Attributes:
        font: name of a Hershey font.
        unit: size of a unit of the font, in the recording's units.
        width: stretch of x.
        slant: x a unit of height.
        spacing: added between characters, in units of the font.
        wobble: how far a glyph strays in place (units of the font), angle and
            size.
        noise: of a single reading, in the recording's units.
        drift: of the baseline, units a unit of x.
        step: length of a step at full pace, in the recording's units.
        joins: whether the pen stays down between letters that meet.
    """

    font: str
    unit: float
    width: float
    slant: float
    spacing: float
    wobble: float
    noise: float
    drift: float
    step: float
    joins: bool


def generate_lines(count: int, seed: int, text: str | None = None) -> list:
    """Lines of handwriting, the same ones for the same arguments.

    The first lines do not depend on how many there are.

    Args:
        count: how many.
        seed: another one gives other lines by other writers.
        text: what all of them say; by default each says something else.

    Returns:
        `count` times a `Line`; its `form_id` is empty.

    Raises:
        ValueError: `count` or `seed` is negative, or the text has a character
            that the fonts do not, or nothing to draw.
    """
    if count < 0 or seed < 0:
        raise ValueError(f"count {count} and seed {seed} must not be negative")
    return [_line(seed, number, text) for number in range(count)]


def make_writer(seed: int, number: int) -> Writer:
    """Writer `number` of a seed."""
    rng = np.random.default_rng([seed, _WRITER, number])
    font = str(rng.choice(list(_FONTS)))
    size = rng.uniform(0.8, 1.2)
    return Writer(
        font=font,
        unit=_FONTS[font] * size,
        width=rng.uniform(0.85, 1.15),
        slant=rng.normal(0.08, 0.12),
        spacing=rng.uniform(-0.5, 2.0) if font == "rowmans" else 0.0,
        wobble=rng.uniform(0.1, 0.6),
        noise=rng.uniform(0.3, 1.5),
        drift=rng.normal(0, 0.012),
        step=_STEP * size * rng.uniform(0.85, 1.2),
        joins=bool(rng.random() < 0.7),
    )


def draw(text: str, writer: Writer, rng: np.random.Generator) -> np.ndarray:
    """A text in a writer's hand, `(T, 3)` float32: x, y, end-of-stroke.

    Raises:
        ValueError: no such character in the font, or nothing to draw.
    """
    strokes = _join(_lay_out(text, writer, rng), writer.joins)
    if not strokes:
        raise ValueError(f"Nothing to draw in {text!r}")
    traces = [_sample(stroke, writer, rng) for stroke in strokes]
    points = np.concatenate(traces)
    points += rng.normal(0, writer.noise, points.shape)
    result = np.zeros((len(points), 3), np.float32)
    result[:, :2] = np.round(points)
    result[np.cumsum([len(trace) for trace in traces]) - 1, 2] = 1
    return result


def _line(seed, number, text):
    rng = np.random.default_rng([seed, _LINE, number])
    writer = int(rng.integers(WRITERS))
    text = random_text(rng) if text is None else text
    return Line(
        draw(text, make_writer(seed, writer), rng),
        text,
        line_id=f"hershey-{seed}-{number:06d}",
        form_id="",
        writer_id=f"hershey-{seed}-{writer:02d}",
    )


@cache
def _glyphs(font):
    fonts = HersheyFonts()
    fonts.load_default_font(font)
    return {
        char: (
            [np.array(list(s), float) - (g.left_offset, 9) for s in g.strokes],
            float(g.char_width),
        )
        for char, g in fonts.all_glyphs.items()
    }


def _lay_out(text, writer, rng):
    """Polylines in the recording's units, in the order of writing."""
    glyphs = _glyphs(writer.font)
    if missing := sorted(set(text) - set(glyphs)):
        raise ValueError(f"Not in the Hershey font {writer.font}: {missing}")
    strokes, x = [], 0.0
    phase, wave = rng.uniform(0, 2 * np.pi), rng.uniform(0.003, 0.012)
    for char in text:
        lines, advance = glyphs[char]
        angle = rng.normal(0, 0.05) * writer.wobble
        grow = 1 + rng.normal(0, 0.08) * writer.wobble
        turn = grow * np.array(
            [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        )
        middle = np.array([advance / 2, -4.0])
        shift = rng.normal(0, writer.wobble, 2) * (0.6, 0.5)
        for line in lines:
            points = (line - middle) @ turn + middle + shift
            points[:, 0] += x - writer.slant * points[:, 1]
            along = points[:, 0] * writer.unit
            sway = 12 * writer.wobble * np.sin(wave * along + phase)
            points = points * writer.unit * (writer.width, 1.0)
            points[:, 1] += sway + writer.drift * along
            strokes.append(points)
        x += advance + writer.spacing + rng.normal(0, 0.4) * writer.wobble
        if char == " ":
            x += abs(rng.normal(0, 4.0))
    return strokes


def _join(strokes, joins):
    """Strokes whose ends all but meet become one."""
    joined = []
    for stroke in strokes:
        if joins and joined:
            gap = np.hypot(*(stroke[0] - joined[-1][-1]))
            if gap < 45 and len(stroke) > 2 and len(joined[-1]) > 2:
                joined[-1] = np.concatenate([joined[-1], stroke])
                continue
        joined.append(stroke)
    return joined


def _sample(stroke, writer, rng):
    """Readings along a polyline, at the pace of a hand."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    stroke = stroke[np.concatenate([[True], lengths > 0])]
    lengths = lengths[lengths > 0]
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    if along[-1] < 2.0:
        # A dot: the pen rests for a few readings.
        return np.repeat(stroke[:1], rng.integers(2, 5), axis=0)
    # Fine points on rounded corners; time is length over speed.
    count = max(int(along[-1] / 3.0), 8)
    fine = np.linspace(0, along[-1], count)
    path = np.stack([np.interp(fine, along, axis) for axis in stroke.T], 1)
    path = _smooth(path, 4)
    steps = np.diff(path, axis=0)
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    bend = np.abs(np.gradient(heading)) if len(heading) > 1 else np.zeros(1)
    bend = _smooth(bend[:, None], 4)[:, 0]
    progress = np.linspace(0, 1, count - 1)
    ease = 0.45 + 0.55 * np.sin(np.pi * progress) ** 0.7
    pace = ease / (1 + 4.0 * bend) * rng.uniform(0.9, 1.1)
    clock = np.concatenate([[0.0], np.cumsum(np.hypot(*steps.T) / pace)])
    readings = max(int(round(clock[-1] / writer.step)), 2) + 1
    when = np.linspace(0, clock[-1], readings)
    return np.stack([np.interp(when, clock, axis) for axis in path.T], 1)


def _smooth(values, radius):
    """Running mean along axis 0; the ends stay."""
    padded = np.pad(
        values, ((radius, radius), (0, 0)), mode="reflect", reflect_type="odd"
    )
    sums = np.cumsum(np.pad(padded, ((1, 0), (0, 0))), axis=0)
    width = 2 * radius + 1
    return (sums[width:] - sums[:-width]) / width
