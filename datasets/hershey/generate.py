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
_FONTS = {"rowmans": 10.5, "scripts": 13.0}  # name: unit
_LEAN = 0.35  # of the letters of `scripts`, x a unit of height
_STEP = 36.0  # length of a step at full pace
_MEET = 45.0  # letters' strokes whose ends are nearer than this are joined
_RADIUS = 4  # of the running mean that rounds corners, in fine points
_WRITER = 1  # sets a writer's random stream apart from a line's
_LINE = 2


class Writer(NamedTuple):
    """How someone writes.

    Attributes:
        font: name of a Hershey font: `rowmans` prints, `scripts` is cursive.
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
        `count` times a `Line`; the lines of a writer are one form.

    Raises:
        ValueError: `count` or `seed` is negative, or the text has a character
            that the fonts do not, or nothing to draw.
    """
    if count < 0 or seed < 0:
        raise ValueError(f"count {count} and seed {seed} must not be negative")
    return [_line(seed, number, text) for number in range(count)]


def make_writer(seed: int, number: int) -> Writer:
    """Writer `number` of a seed."""
    rng = _random(seed, _WRITER, number)
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
    strokes = _lay_out(text, writer, rng)
    if not strokes:
        raise ValueError(f"Nothing to draw in {text!r}")
    traces = [_sample(stroke, writer.step, rng) for stroke in strokes]
    points = np.concatenate(traces)
    noise = rng.normal(0, writer.noise, (2, len(points)))
    result = np.zeros((len(points), 3), np.float32)
    result[:, 0] = np.round(points.real + noise[0])
    result[:, 1] = np.round(points.imag + noise[1])
    result[np.cumsum([len(trace) for trace in traces]) - 1, 2] = 1
    return result


def _line(seed, number, text):
    rng = _random(seed, _LINE, number)
    writer = int(rng.integers(WRITERS))
    text = random_text(rng) if text is None else text
    writer_id = f"hershey-{seed}-{writer:02d}"
    return Line(
        draw(text, make_writer(seed, writer), rng),
        text,
        line_id=f"hershey-{seed}-{number:06d}",
        form_id=writer_id,
        writer_id=writer_id,
    )


def _random(*seed):
    # `default_rng` may change its generator one day; this one stays.
    return np.random.Generator(np.random.PCG64(seed))


# From here on a point is one complex number, x + iy, y down: turning a glyph
# is a product, and `np.interp` takes both axes at once.


@cache
def _glyphs(font):
    """Strokes and advance by character, the baseline at 0."""
    glyphs = _read_font(font)
    if font == "scripts":
        # Its signs and digits are drawn twice over to look bold, and its Q is
        # read as a 2 today: those of `rowmans`, leaning as its letters do.
        for char, (strokes, advance) in _read_font("rowmans").items():
            if not char.isalpha() or char == "Q":
                # About the middle of a letter, so that high marks stay near
                # the letter before them.
                leaning = [z - _LEAN * (z.imag + 10) for z in strokes]
                glyphs[char] = leaning, advance
    # A minus sign stands for the hyphen.
    strokes, advance = glyphs["-"]
    glyphs["-"] = [z.real / 2 + 1j * z.imag for z in strokes], advance / 2
    return glyphs


def _read_font(font):
    fonts = HersheyFonts()
    fonts.load_default_font(font)
    glyphs = {}
    for char, glyph in fonts.all_glyphs.items():
        strokes = [
            np.array([complex(x - glyph.left_offset, y - 9) for x, y in stroke])
            for stroke in glyph.strokes
        ]
        # The fonts have the dot of an i first; a hand comes back to it.
        strokes.sort(key=lambda z: np.ptp(z.real) + np.ptp(z.imag) <= 4)
        glyphs[char] = strokes, float(glyph.char_width)
    return glyphs


def _lay_out(text, writer, rng):
    """Polylines in the recording's units, in the order of writing."""
    glyphs = _glyphs(writer.font)
    if missing := sorted(set(text) - set(glyphs)):
        raise ValueError(f"Not in the Hershey font {writer.font}: {missing}")
    strokes, pen, joins = [], 0.0, False
    phase, wave = rng.uniform(0, 2 * np.pi), rng.uniform(0.003, 0.012)
    for char in text:
        lines, advance = glyphs[char]
        turn = (1 + rng.normal(0, 0.08) * writer.wobble) * np.exp(
            1j * rng.normal(0, 0.05) * writer.wobble
        )
        middle = complex(advance / 2, -4)
        shift = complex(*rng.normal(0, writer.wobble, 2) * (0.6, 0.5))
        for line in lines:
            points = (line - middle) * turn + middle + shift
            along = points.real - writer.slant * points.imag + pen
            along = along * writer.unit
            sway = 12 * writer.wobble * np.sin(wave * along + phase)
            height = points.imag * writer.unit + sway + writer.drift * along
            stroke = along * writer.width + 1j * height
            if joins and char.isalpha() and _meet(strokes[-1], stroke):
                strokes[-1] = np.concatenate([strokes[-1], stroke])
            else:
                strokes.append(stroke)
            joins = writer.joins and char.isalpha()
        pen += advance + writer.spacing + rng.normal(0, 0.4) * writer.wobble
        if char == " ":
            pen += abs(rng.normal(0, 4.0))
    return strokes


def _meet(stroke, after):
    """Whether a stroke goes on in the one after it, both longer than a dash."""
    return (
        min(len(stroke), len(after)) > 2 and abs(after[0] - stroke[-1]) < _MEET
    )


def _sample(stroke, step, rng):
    """Readings along a polyline, at the pace of a hand."""
    lengths = np.abs(np.diff(stroke))
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    # Fine points on rounded corners; time is length over speed.
    count = max(int(along[-1] / 3.0), 8)
    fine = np.linspace(0, along[-1], count)
    path = _smooth(np.interp(fine, along, stroke), keep_ends=True)
    steps = np.diff(path)
    turns = np.zeros(count)
    turns[1:-1] = np.angle(steps[1:] * np.conj(steps[:-1]))
    bend = _smooth(np.abs(turns[:-1] + turns[1:]) / 2, keep_ends=False)
    ease = 0.45 + 0.55 * np.sin(np.linspace(0, np.pi, count - 1)) ** 0.7
    pace = ease / (1 + 4.0 * bend) * rng.uniform(0.9, 1.1)
    clock = np.concatenate([[0.0], np.cumsum(np.abs(steps) / pace)])
    readings = max(int(round(clock[-1] / step)), 2) + 1
    when = np.linspace(0, clock[-1], readings)
    return np.interp(when, clock, path)


def _smooth(values, keep_ends):
    """Running mean over `_RADIUS` neighbours on each side.

    Beyond the ends the values go on mirrored; turned over too, they keep the
    ends where they are.
    """
    before = values[_RADIUS:0:-1]
    after = values[-2 : -_RADIUS - 2 : -1]
    if keep_ends:
        before, after = 2 * values[0] - before, 2 * values[-1] - after
    sums = np.cumsum(np.concatenate([[0], before, values, after]))
    width = 2 * _RADIUS + 1
    return (sums[width:] - sums[:-width]) / width
