"""Ink as pixels: PNG, and GIF that writes itself."""

import math
import os
from contextlib import nullcontext

import numpy as np
from PIL import GifImagePlugin
from PIL import Image
from PIL import ImageColor
from PIL import ImageDraw

from graves_tf.ink.curve import flatten
from graves_tf.ink.geometry import PIXELS
from graves_tf.ink.geometry import as_lines
from graves_tf.ink.geometry import check_size
from graves_tf.ink.geometry import frame
from graves_tf.ink.geometry import split_strokes

SUPERSAMPLE = 4
MAX_PIXELS = 16_000_000
MAX_SIDE = 16_000
# What the whiteboard of IAM-OnDB recorded: a hand's pace.
POINTS_PER_SECOND = 75
POINTS_PER_FRAME = 3
SHADES = 32


def to_image(
    strokes_or_lines,
    *,
    height=None,
    scale=None,
    stroke_width=None,
    color="black",
    background="white",
    smooth=True,
    margin=None,
):
    """A picture of a line, or of lines placed on a page.

    Args:
        strokes_or_lines: `(T, 3)` array of absolute points (x, y down,
            end-of-stroke), or a list of them.
        height: of the picture, in pixels. Give this or `scale`, not both.
        scale: pixels a unit of the ink. By default the writing is drawn at a
            legible size.
        stroke_width: in the units of the ink; by default a fraction of the
            size of the writing.
        color: of the ink: a name or `#rrggbb`.
        background: likewise; None leaves it transparent.
        smooth: curves through the points; False draws straight lines.
        margin: round the ink, in its units.

    Returns:
        `PIL.Image.Image`, RGB, or RGBA where the background is transparent.
        Never over 16 million pixels nor 16,000 a side: the scale is lowered.

    Raises:
        ValueError: a coordinate is not finite, an array has another shape
            than (T, 3), a size is not positive, a colour is unknown.
    """
    canvas = _Canvas(
        as_lines(strokes_or_lines), height, scale, stroke_width, margin, smooth
    )
    ink = ImageColor.getrgb(color)[:3]
    for number, count in enumerate(canvas.counts):
        canvas.draw(number, 0, count)
    coverage = canvas.coverage()
    if background is None:
        image = Image.new("RGBA", coverage.size, (*ink, 0))
        image.putalpha(coverage)
        return image
    paper = ImageColor.getrgb(background)[:3]
    return Image.composite(
        Image.new("RGB", coverage.size, ink),
        Image.new("RGB", coverage.size, paper),
        coverage,
    )


def to_png(strokes_or_lines, path_or_file, **options):
    """Writes a PNG file; the options and errors are those of `to_image`."""
    image = to_image(strokes_or_lines, **options)
    image.save(path_or_file, format="PNG", optimize=True)


def to_gif(
    strokes_or_lines,
    path_or_file,
    *,
    speed=1.0,
    hold=2.0,
    max_frames=400,
    max_seconds=30.0,
    height=None,
    scale=None,
    stroke_width=None,
    color="black",
    background="white",
    smooth=True,
    margin=None,
):
    """Writes a GIF in which the ink is written at a hand's pace.

    The pace is that of IAM-OnDB, 75 points a second; the colours are
    `SHADES` steps from the background to the ink.

    Args:
        strokes_or_lines: `(T, 3)` array of absolute points, or a list.
        path_or_file: where to write.
        speed: times the hand's pace.
        hold: seconds that the last frame stays, before it starts again.
        max_frames: bound on the frames; with more ink each frame adds more.
        max_seconds: bound on the writing; with more ink it goes faster.
        height, scale, stroke_width, color, background, smooth, margin: as in
            `to_image`; the background cannot be None.

    Raises:
        ValueError: as `to_image`.
    """
    for name, value in (
        ("speed", speed),
        ("max_frames", max_frames),
        ("max_seconds", max_seconds),
    ):
        check_size(name, value)
    canvas = _Canvas(
        as_lines(strokes_or_lines), height, scale, stroke_width, margin, smooth
    )
    total = sum(canvas.counts)
    seconds = min(total / POINTS_PER_SECOND / speed, max_seconds)
    # Players slow down a frame shorter than 20 ms to 100 ms.
    count = min(total / POINTS_PER_FRAME, int(max_frames), seconds / 0.02)
    # How many points have been written by the end of each frame.
    due = np.linspace(0, total, max(int(count), 1) + 1)[1:].round()
    delay = max(round(100 * seconds / len(due)), 2) * 10
    paper = Image.new("P", canvas.size)
    paper.putpalette(_palette(color, background))
    header, _ = GifImagePlugin.getheader(paper, info={"loop": 0})
    named = isinstance(path_or_file, str | os.PathLike)
    # Frame by frame: Pillow's own `save_all` holds all of them in memory,
    # which is gigabytes for a page.
    with (
        open(path_or_file, "wb") if named else nullcontext(path_or_file)
    ) as file:
        file.writelines(header)
        for number, (changed, offset) in enumerate(_frames(canvas, due), 1):
            last = number == len(due)
            duration = delay + last * round(hold * 100) * 10
            file.writelines(
                GifImagePlugin.getdata(
                    changed, offset, duration=duration, disposal=1
                )
            )
        file.write(b";")


def _frames(canvas, due):
    """Draws up to `due` points for each frame; yields what that changed."""
    written = frame = 0
    for number, points in enumerate(canvas.counts):
        begin = 0
        while begin < points:
            end = min(begin + int(due[frame]) - written, points)
            canvas.draw(number, begin, end)
            written += end - begin
            begin = end
            if written >= due[frame]:
                yield canvas.changed(whole=frame == 0)
                frame += 1
    if not canvas.counts:
        yield canvas.changed(whole=True)


class _Canvas:
    """A supersampled mask of ink, on which strokes are drawn piecemeal.

    Attributes:
        counts: how many points each pen stroke has.
        size: (width, height) in pixels.
    """

    def __init__(self, lines, height, scale, stroke_width, margin, smooth):
        box = frame(lines, stroke_width, margin)
        if height is not None and scale is not None:
            raise ValueError("give height or scale, not both")
        if height is not None:
            check_size("height", height)
            scale = height / box.height
        elif scale is None:
            scale = PIXELS / box.size
        check_size("scale", scale)
        scale = min(
            scale,
            math.sqrt(MAX_PIXELS / (box.width * box.height)),
            MAX_SIDE / max(box.width, box.height),
        )
        width = max(round(box.width * scale), 1)
        high = max(round(box.height * scale), 1)
        # A large page needs the finer grid less than it needs the memory.
        fine = SUPERSAMPLE if width * high * SUPERSAMPLE**2 < 64e6 else 2
        self._fine = fine
        self.size = (width, high)
        self._mask = Image.new("L", (width * fine, high * fine), 0)
        self._pen = ImageDraw.Draw(self._mask)
        self._width = max(box.stroke_width * scale, 1.0) * fine
        self._dirty = None
        self.counts = []
        self._curves = []
        origin = np.array([box.left, box.top])
        for line in lines:
            for stroke in split_strokes(line):
                points = (stroke - origin) * (scale * fine)
                if smooth:
                    curve = flatten(points, spacing=2.0 * fine)
                else:
                    curve = points, np.arange(len(points))
                self.counts.append(len(points))
                self._curves.append(curve)

    def draw(self, number, begin, end):
        """Draws the points `begin:end` of a stroke, joined to those before."""
        curve, index = self._curves[number]
        points = curve[index[max(begin - 1, 0)] : index[end - 1] + 1]
        radius = self._width / 2
        width = max(round(self._width), 1)
        flat = [(float(x), float(y)) for x, y in points]
        if len(flat) > 1:
            self._pen.line(flat, fill=255, width=width)
        # Pillow's own joints leave notches where the pen turns back.
        for x, y in flat:
            self._pen.ellipse(
                (x - radius, y - radius, x + radius, y + radius), fill=255
            )
        low = points.min(axis=0) - self._width
        high = points.max(axis=0) + self._width
        if self._dirty is not None:
            low = np.minimum(low, self._dirty[0])
            high = np.maximum(high, self._dirty[1])
        self._dirty = (low, high)

    def coverage(self, box=None):
        """How much of each pixel is ink, mode L."""
        box = box or (0, 0, *self.size)
        fine = tuple(side * self._fine for side in box)
        size = (box[2] - box[0], box[3] - box[1])
        return self._mask.resize(size, Image.Resampling.BOX, box=fine)

    def changed(self, whole=False):
        """What was drawn since the last call: its `SHADES`, and its corner."""
        width, height = self.size
        box = (0, 0, width, height)
        if not whole:
            low, high = (edge / self._fine for edge in self._dirty)
            box = (
                max(math.floor(low[0]), 0),
                max(math.floor(low[1]), 0),
                min(math.ceil(high[0]), width),
                min(math.ceil(high[1]), height),
            )
        self._dirty = None
        step = 255 / (SHADES - 1)
        return self.coverage(box).point(lambda v: round(v / step)), box[:2]


def _palette(color, background):
    """`SHADES` RGB triples from the background to the ink, flat."""
    ink = np.array(ImageColor.getrgb(color)[:3], float)
    paper = np.array(ImageColor.getrgb(background)[:3], float)
    steps = np.linspace(0, 1, SHADES)[:, None]
    return np.rint(paper + (ink - paper) * steps).astype(int).ravel().tolist()
