"""Ink as SVG: one path a pen stroke, as a pen plotter wants it."""

import math
import re
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

from graves_tf.ink.curve import bezier
from graves_tf.ink.geometry import PIXELS
from graves_tf.ink.geometry import as_lines
from graves_tf.ink.geometry import check_size
from graves_tf.ink.geometry import frame
from graves_tf.ink.geometry import split_strokes

MAX_WIDTH = 2000.0


def to_svg(
    strokes_or_lines,
    *,
    width=None,
    stroke_width=None,
    color="black",
    background=None,
    smooth=True,
    margin=None,
    text=None,
):
    """An SVG document of a line, or of lines placed on a page.

    Every pen stroke is one `<path>`, in order of writing, without fill: a
    plotter draws each once. A stroke of a single point is a path of no length
    with round caps, which shows as a dot.

    Args:
        strokes_or_lines: `(T, 3)` array of absolute points (x, y down,
            end-of-stroke), or a list of them. They keep their coordinates.
        width: of the picture in pixels. By default the writing is drawn at a
            legible size, at most 2000 pixels wide.
        stroke_width: in the units of the ink; by default a fraction of the
            size of the writing.
        color: of the ink, as CSS names it.
        background: as CSS names it; None leaves it transparent.
        smooth: curves through the points; False draws straight lines.
        margin: round the ink, in its units; by default half the height of a
            letter or so.
        text: what the ink says, for `<title>` and `<desc>`.

    Returns:
        The document, as a string.

    Raises:
        ValueError: a coordinate is not finite, an array has another shape
            than (T, 3), or a size is not positive.
    """
    lines = as_lines(strokes_or_lines)
    box = frame(lines, stroke_width, margin)
    if width is None:
        width = min(box.width * PIXELS / box.size, MAX_WIDTH)
    check_size("width", width)
    number = _formatter(box.stroke_width)
    left, top = number(box.left), number(box.top)
    wide, high = number(box.width), number(box.height)
    document = [
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" '
        f'width="{width:.6g}" height="{width * box.height / box.width:.6g}" '
        f'viewBox="{left} {top} {wide} {high}" role="img">'
    ]
    if text:
        text = escape(printable(text))
        document.append(f"<title>{text}</title>")
        document.append(f"<desc>Handwriting: {text}</desc>")
    if background is not None:
        document.append(
            f'<rect x="{left}" y="{top}" width="{wide}" height="{high}" '
            f"fill={quoteattr(printable(background))}/>"
        )
    document.append(
        f'<g fill="none" stroke={quoteattr(printable(color))} '
        f'stroke-width="{box.stroke_width:.4g}" stroke-linecap="round" '
        'stroke-linejoin="round">'
    )
    for line in lines:
        for stroke in split_strokes(line):
            document.append(f'<path d="{_path(stroke, number, smooth)}"/>')
    document.append("</g>\n</svg>\n")
    return "\n".join(document)


def printable(text):
    """`text` without the characters that XML 1.0 cannot hold."""
    return re.sub(
        "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]",
        "\ufffd",
        str(text),
    )


def _formatter(stroke_width):
    """Prints numbers to about a hundredth of the pen's width."""
    decimals = min(max(0, math.ceil(2 - math.log10(stroke_width))), 12)

    def number(value):
        short = f"{value:.{decimals}f}"
        if "." in short:
            short = short.rstrip("0").rstrip(".")
        return "0" if short == "-0" else short

    return number


def _path(stroke, number, smooth):
    """The `d` attribute of one stroke, `(N, 2)` points."""

    def point(xy):
        return f"{number(xy[0])} {number(xy[1])}"

    begin = f"M{point(stroke[0])}"
    pieces = bezier(stroke)
    if not len(pieces):
        return f"{begin}L{point(stroke[0])}"
    if not smooth:
        return begin + "".join(f"L{point(piece[3])}" for piece in pieces)
    return begin + "".join(
        f"C{point(piece[1])} {point(piece[2])} {point(piece[3])}"
        for piece in pieces
    )
