"""The options of `graves_tf.write`, and what is refused before it starts."""

import argparse
import math
import re
from pathlib import Path

from graves_tf.export.serving_limits import MAX_BIAS
from graves_tf.export.serving_limits import MAX_CHARACTERS
from graves_tf.option_checks import check_limits
from graves_tf.option_checks import check_output
from graves_tf.option_checks import check_overwriting
from graves_tf.option_checks import flag
from graves_tf.option_checks import refuse_idle
from graves_tf.sampling.text_lines import BATCH_SIZE

FORMATS = ("svg", "png", "gif", "json", "inkml")
LIMITS = {
    "bias": (0, MAX_BIAS),
    "seed": (0, math.inf),
    "attempts": (1, 100),
    "line_length": (1, MAX_CHARACTERS),
    "batch_size": (1, 1000),
    "length": (1, math.inf),
    # Less is 0 in float32, more is 1: every symbol as likely as any other.
    "temperature": (1e-6, 1e6),
}
# Options that are of use to one task alone, or not to --lines.
DRAWING = (
    *("lines", "format", "bias", "style", "style_text", "attempts"),
    *("line_length", "attention", "color", "batch_size"),
)
TEXT = ("preset", "prime", "temperature", "length")
PAGE = ("line_length", "attention")
# Files and names; an empty one is a slip of whatever filled it in.
NAMES = ("lines", "weights", "style", "attention", "preset")

EPILOG = """\
examples:
  python -m graves_tf.write "Hello, world" -o hello.svg
  python -m graves_tf.write "Hello, world" --bias 1 --seed 7 -o hello.png
  python -m graves_tf.write "in my own hand" --style mine.inkml -o mine.svg
  python -m graves_tf.write "$(cat letter.txt)" -o letter.gif
  python -m graves_tf.write --lines sentences.txt -o ink --format json
  python -m graves_tf.write --task text --preset ptb_char --length 300
  python -m graves_tf.write --task text --preset ptb_char --prime "the share"

--bias makes writing neater and more alike: 0 is the network's own variety,
1 tidy, beyond 2 there is little left to gain.
--style is a line of someone's handwriting with its text: InkML, a line's XML
of IAM-OnDB, or JSON {"text": "…", "strokes": [[[x, y], …], …]}, y down, which
is also what -o out.json writes; -o out.inkml writes InkML, for other ink
software.
A text longer than a line is broken into lines and set as a page; empty lines
part its paragraphs. Typographic quotes and dashes are written as plain ones.

--task text makes up text instead of drawing it, and prints it as it comes.
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.write",
        description="Draw a text in handwriting.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("text", nargs="?", help="what to write")
    add(
        "--task",
        choices=["synthesis", "text"],
        default="synthesis",
        help="handwriting of a text (default), or made-up text",
    )
    add("--lines", metavar="FILE", help="write each line of a text file")
    add("-o", "--output", metavar="OUT", help="a file; with --lines a folder")
    add("--format", choices=FORMATS, help="with --lines (default json)")
    add(
        "--weights",
        metavar="FILE",
        help="a .keras file, or shipped weights' name (default: synthesis; "
        "with --task text the preset's)",
    )
    add("--bias", type=float, default=0.5, help="default 0.5")
    add("--seed", type=int, default=0, help="the same seed, the same ink")
    add("--style", metavar="FILE", help="whose hand to write in")
    add("--style-text", help="what FILE says, if it does not tell itself")
    add(
        "--on-unknown",
        choices=["error", "skip"],
        default="error",
        help="what to do with characters that the network does not know",
    )
    add(
        "--attempts",
        type=int,
        default=5,
        help="how often, at most, to draw a line that comes out badly: "
        "without an end, with a character left out, with ink after the text, "
        "or with too much of it at one place (default 5)",
    )
    add(
        "--line-length",
        type=int,
        default=40,
        help="characters of a page's line (default 40)",
    )
    add("--attention", metavar="FILE.png", help="draw the window's path too")
    add("--color", default="black", help="a name or #rrggbb")
    add(
        "--batch-size",
        type=int,
        default=BATCH_SIZE,
        help=f"lines written at once (default {BATCH_SIZE})",
    )
    text = parser.add_argument_group("with --task text")
    add = text.add_argument
    add("--preset", help="whose weights (default: ptb_char)")
    add("--prime", help="a text to go on from")
    add(
        "--temperature",
        type=float,
        default=1.0,
        help="below 1 the probable is drawn more often (default 1)",
    )
    add("--length", type=int, default=500, help="symbols (default 500)")
    return parser


def check(options):
    """Refuses what cannot be done, before anything slow is done.

    Args:
        options: what `make_parser` read.

    Raises:
        ValueError, OSError: an option is of no use or out of its range, or
            the output cannot be written; the message names it.
    """
    for name in NAMES:
        if getattr(options, name) == "":
            raise ValueError(
                f"{flag(name)} is empty. Name one, or leave it out."
            )
    check_limits(options, LIMITS)
    parser = make_parser()
    if options.task == "text":
        if options.text is not None:
            raise ValueError(
                "--task text makes up its text: --prime is what it goes on "
                "from."
            )
        refuse_idle(options, parser, DRAWING, "with --task text")
        if options.preset and options.weights:
            raise ValueError("Give --preset or --weights, not both.")
        if options.output:
            check_output(options.output)
    else:
        refuse_idle(options, parser, TEXT, "without --task text")
        check_drawing(options)
    check_overwriting(
        [options.output, options.attention],
        [options.style, options.lines, options.weights],
    )


def check_drawing(options):
    """The checks of handwriting."""
    if (options.text is None) == (options.lines is None):
        raise ValueError("Give either a text or --lines FILE.")
    if options.text is not None and not options.text.strip():
        raise ValueError("The text is empty. Give some words to write.")
    if not options.output:
        raise ValueError("Say where to write it, by -o OUT.")
    if options.style_text is not None and not options.style:
        raise ValueError("--style-text goes with --style FILE.")
    check_color(options.color)
    if options.lines:
        refuse_idle(options, make_parser(), PAGE, "with --lines")
        check_lines_file(options)
    else:
        if options.format:
            raise ValueError(
                f"--format {options.format} goes with --lines; a text's form "
                f"is its file's ending, as in -o out.{options.format}."
            )
        if form_of(options) not in FORMATS:
            raise ValueError(
                f"{options.output}: its ending must be one of "
                f"{', '.join(FORMATS)}."
            )
    check_output(options.output, folder=bool(options.lines))
    check_numbered(options)
    if options.attention:
        if Path(options.attention).suffix.lower() != ".png":
            raise ValueError(
                f"--attention {options.attention}: its ending must be png."
            )
        check_output(options.attention)


def check_lines_file(options):
    """Refuses `--lines` of no file, and an output that looks like one."""
    path, output = Path(options.lines), Path(options.output)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Give a text file.")
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file.")
    ending = output.suffix.lstrip(".").lower()
    if ending in FORMATS and not output.is_dir():
        raise ValueError(
            f"{output}: with --lines, -o names a folder. Say the form by "
            f"--format {ending}."
        )


def check_numbered(options):
    """Refuses to number lines over a file that is read."""
    if not options.lines:
        return
    numbered = re.compile(rf"\d{{4,}}\.{form_of(options)}")
    folder = Path(options.output).resolve()
    for path in (options.style, options.weights, options.lines):
        place = Path(path or "").resolve()
        if place.parent == folder and numbered.fullmatch(place.name):
            raise ValueError(
                f"{path} is read, and the lines written to {options.output} "
                "may be named like it. Write to another folder."
            )


def check_color(color):
    """Refuses a colour that Pillow or a browser does not know."""
    from PIL import ImageColor

    try:
        if color.lower().startswith(("hsv", "hsb")):
            raise ValueError("not a colour of SVG")
        ImageColor.getrgb(color)
    except ValueError as error:
        raise ValueError(
            f"--color {color}: no such colour. Give a name or #rrggbb."
        ) from error


def form_of(options):
    """The form of the output, one of `FORMATS` where it is valid."""
    if options.lines:
        return options.format or "json"
    return Path(options.output).suffix.lstrip(".").lower()
