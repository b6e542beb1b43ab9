"""Write a text by hand: `python -m graves_tf.write "some text" -o out.svg`."""

import argparse
import math
import sys
from pathlib import Path

from graves_tf.command import progress
from graves_tf.command import run_command
from graves_tf.export.serving_limits import MAX_BIAS
from graves_tf.export.serving_limits import MAX_CHARACTERS
from graves_tf.whole_file import replacing

FORMATS = ("svg", "png", "gif", "json", "inkml")
LIMITS = {
    "bias": (0, MAX_BIAS),
    "seed": (0, math.inf),
    "attempts": (1, math.inf),
    "line_length": (1, MAX_CHARACTERS),
    "batch_size": (1, math.inf),
}

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
A text longer than a line is broken into lines and set as a page.

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
        help="how often to draw a line that comes out incomplete (default 5)",
    )
    add(
        "--line-length",
        type=int,
        default=40,
        help="characters of a page's line (default 40)",
    )
    add("--attention", metavar="FILE.png", help="draw the window's path too")
    add("--color", default="black")
    add("--batch-size", type=int, default=16, help="lines written at once")
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


def write(options):
    """Writes what the command line asks for."""
    if options.task == "text":
        from graves_tf.write_text import write_text as make_up

        if options.text is not None or options.lines:
            raise ValueError(
                "--task text makes up its text: --prime is what it goes on "
                "from."
            )
        make_up(options)
        return
    form = check(options)
    from graves_tf import weights
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler
    from graves_tf.sampling.text_lines import prepare

    network = weights.load(options.weights or "synthesis", task="synthesis")
    style = None
    if options.style:
        from graves_tf.ink.formats import read_style

        style = read_style(options.style, options.style_text)
        prepare(style.text, network.alphabet, options.on_unknown, 10**6)
        if len(style.strokes) < 2:
            raise ValueError(
                f"{options.style}: a single point; give a line of writing."
            )
    sampler = HandwritingSampler(network)

    def lines_of(text):
        lines = prepare(
            text, network.alphabet, options.on_unknown, options.line_length
        )
        check_length(lines, style, options)
        return lines

    if options.lines:
        write_file(options, sampler, style, lines_of, form)
    else:
        write_text(options, sampler, style, lines_of(options.text), form)


def check(options):
    """The output's format; errors before anything slow is done."""
    if (options.text is None) == (options.lines is None):
        raise ValueError("Give either a text or --lines FILE.")
    if not options.output:
        raise ValueError("Say where to write it, by -o OUT.")
    for name, (least, most) in LIMITS.items():
        value = getattr(options, name)
        # Of NaN neither is true.
        if not least <= value <= most:
            upto = "or more" if most == math.inf else f"to {most:g}"
            raise ValueError(
                f"--{name.replace('_', '-')} must be {least} {upto}, not "
                f"{value}."
            )
    if options.style_text is not None and not options.style:
        raise ValueError("--style-text goes with --style FILE.")
    if options.lines:
        if not Path(options.lines).is_file():
            raise FileNotFoundError(f"{options.lines}: there is no such file.")
        return options.format or "json"
    form = options.format or Path(options.output).suffix.lstrip(".").lower()
    if form not in FORMATS:
        raise ValueError(
            f"{options.output}: its ending must be one of {', '.join(FORMATS)}."
        )
    return form


def check_length(lines, style, options):
    """Refuses lines that would take for ever."""
    if options.lines:
        # Each row of the file is one line, however long.
        lines = [" ".join(lines)]
    length = max(map(len, lines))
    if length > MAX_CHARACTERS:
        raise ValueError(
            f"{length} characters; a line may have {MAX_CHARACTERS}. Break it "
            "into several."
        )
    if style and length + 1 + len(style.text) > MAX_CHARACTERS:
        raise ValueError(
            f"{options.style}: its text has {len(style.text)} characters, "
            f"which with the {length} of a line to write is more than "
            f"{MAX_CHARACTERS}. Give one line of writing."
        )


def write_text(options, sampler, style, lines, form):
    """One text, as a line or a page, to one file."""
    from graves_tf.ink.page import set_page
    from graves_tf.sampling.text_lines import write_page

    samples = write_page(
        sampler,
        lines,
        style,
        bias=options.bias,
        seed=options.seed,
        attempts=options.attempts,
    )
    for sample in samples:
        report(sample)
    placed = [sample.strokes for sample in samples]
    if len(placed) > 1:
        placed = set_page(placed)
    save(options.output, form, placed, "\n".join(lines), options.color)
    if options.attention:
        from graves_tf.ink import attention

        first = samples[0]
        attention.to_png(
            first.phi, first.text, options.attention, strokes=first.strokes
        )
    points = sum(len(strokes) for strokes in placed)
    print(f"{options.output}: {len(lines)} lines, {points} points")


def write_file(options, sampler, style, lines_of, form):
    """Each line of a file, in batches, to files of a folder."""
    try:
        text = Path(options.lines).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{options.lines} is not UTF-8: {error}") from error
    texts = []
    for number, row in enumerate(text.splitlines(), 1):
        try:
            texts.append(" ".join(lines_of(row)))
        except ValueError as error:
            raise ValueError(
                f"{options.lines}, line {number}: {error}"
            ) from error
    if not texts:
        raise ValueError(f"{options.lines}: there is nothing to write.")
    folder = Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    incomplete = 0
    starts = range(0, len(texts), options.batch_size)
    for begin in progress(starts, "batch"):
        batch = texts[begin : begin + options.batch_size]
        samples = sampler.write(
            batch,
            bias=options.bias,
            seed=options.seed,
            styles=[style] * len(batch),
            attempts=options.attempts,
            first=begin,
        )
        for i, sample in enumerate(samples, begin):
            path = folder / f"{i:04d}.{form}"
            save(path, form, [sample.strokes], sample.text, options.color)
            incomplete += not report(sample)
    print(f"{folder}: {len(texts)} lines, {incomplete} of them incomplete")


def report(sample):
    """Says what did not come out well; returns whether all did."""
    problems = []
    if not sample.finished:
        problems.append("it did not come to an end")
    if sample.unvisited:
        left_out = "".join(sample.text[i] for i in sample.unvisited)
        problems.append(f"it passed over {left_out!r}")
    if problems or sample.attempts > 1:
        print(
            f"{sample.text!r}: drawn {sample.attempts} times"
            + "".join(f"; {problem}" for problem in problems),
            file=sys.stderr,
        )
    return sample.complete


def save(path, form, lines, text, color):
    """Write ink to a file, whole or not at all."""
    with replacing(path) as new:
        draw(new, form, lines, text, color)


def draw(path, form, lines, text, color):
    """Draw placed lines to `path` in one of `FORMATS`."""
    if form in ("json", "inkml"):
        import numpy as np

        from graves_tf.ink import inkml
        from graves_tf.ink import json_ink
        from graves_tf.ink.line import Line

        dumps = json_ink.dumps if form == "json" else inkml.to_inkml
        line = Line(np.concatenate(lines), text)
        path.write_text(dumps(line), encoding="utf-8")
    elif form == "svg":
        from graves_tf.ink.svg import to_svg

        path.write_text(to_svg(lines, color=color, text=text), encoding="utf-8")
    else:
        from graves_tf.ink import raster

        with path.open("wb") as file:
            make = raster.to_png if form == "png" else raster.to_gif
            make(lines, file, color=color)


def main(argv=None):
    return run_command("graves_tf.write", make_parser(), write, argv)


if __name__ == "__main__":
    sys.exit(main())
