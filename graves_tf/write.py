"""Write a text by hand: `python -m graves_tf.write "some text" -o out.svg`."""

import sys
from pathlib import Path

import numpy as np

from graves_tf.command import progress_of
from graves_tf.command import run_command
from graves_tf.command import say
from graves_tf.export.serving_limits import MAX_CHARACTERS
from graves_tf.sampling.sample import LINGERS
from graves_tf.whole_file import replacing
from graves_tf.write_options import check
from graves_tf.write_options import form_of
from graves_tf.write_options import make_parser

NO_INK = np.zeros((0, 3), "float32")


def write(options):
    """Writes what the command line asks for."""
    check(options)
    if options.task == "text":
        from graves_tf.write_text import write_text as make_up

        make_up(options)
        return
    from graves_tf import weights
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler
    from graves_tf.sampling.text_lines import prepare

    network = weights.load(options.weights or "synthesis", task="synthesis")
    style = None
    if options.style:
        style = load_style(options, network.alphabet)
    sampler = HandwritingSampler(network)

    def lines_of(text):
        lines = prepare(
            text,
            network.alphabet,
            options.on_unknown,
            # A row of the file stays one, and so do its words.
            10**6 if options.lines else options.line_length,
            paragraphs=not options.lines,
        )
        check_length(lines, style, options)
        return lines

    if options.lines:
        write_file(options, sampler, style, lines_of)
    else:
        write_text(options, sampler, style, lines_of(options.text))


def load_style(options, alphabet):
    """The `Line` to follow, in characters that the network knows."""
    from graves_tf.ink.formats import read_style
    from graves_tf.ink.geometry import path_length
    from graves_tf.sampling.text_lines import prepare

    style = read_style(options.style, options.style_text)
    if path_length(style.strokes) == 0:
        raise ValueError(
            f"{options.style}: a single point; give a line of writing."
        )
    try:
        lines = prepare(style.text, alphabet, options.on_unknown, 10**6)
    except ValueError as error:
        raise ValueError(f"{options.style}, its text: {error}") from error
    return style._replace(text=" ".join(lines))


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


def write_text(options, sampler, style, rows):
    """One text, as a line or a page, to one file."""
    from graves_tf.ink.page import set_page
    from graves_tf.sampling.text_lines import write_page

    lines = [row for row in rows if row]
    samples = []
    amiss = 0
    with progress_of(len(lines), "line") as advance:
        told = wanted(options) | {"on_points": points_note(advance)}
        for batch in write_page(sampler, lines, style, **told):
            samples += batch
            amiss += report(batch)
            advance(len(batch))
    written = iter(samples)
    placed = [next(written).strokes if row else NO_INK for row in rows]
    if len(placed) > 1:
        placed = set_page(placed)
    text = "\n".join(rows)
    save(options.output, form_of(options), placed, text, options.color)
    if options.attention:
        from graves_tf.ink import attention

        first = samples[0]
        with replacing(options.attention) as path:
            attention.to_png(first.phi, first.text, path, strokes=first.strokes)
    points = sum(len(strokes) for strokes in placed)
    noun = "line" if len(lines) == 1 else "lines"
    print(f"{options.output}: {len(lines)} {noun}, {points} points")
    say_how_to_mend(amiss)


def write_file(options, sampler, style, lines_of):
    """Each line of a file, in batches, to files of a folder.

    A batch's files are there as soon as it is done.
    """
    from graves_tf.sampling.text_lines import write_lines

    texts = read_texts(options.lines, lines_of)
    folder = Path(options.output)
    folder.mkdir(parents=True, exist_ok=True)
    form = form_of(options)
    done = amiss = 0
    with progress_of(len(texts), "line") as advance:
        told = wanted(options) | {"on_points": points_note(advance)}
        for batch in write_lines(sampler, texts, style, **told):
            for number, sample in enumerate(batch, done):
                path = folder / f"{number:04d}.{form}"
                save(path, form, [sample.strokes], sample.text, options.color)
            done += len(batch)
            amiss += report(batch)
            advance(len(batch))
    print(f"{folder}: {done} lines, {amiss} of them amiss")
    say_how_to_mend(amiss)


def read_texts(path, lines_of):
    """The text of each row of a file, in characters that are known."""
    try:
        content = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not UTF-8: {error}. Give a text file."
        ) from error
    texts = []
    for number, row in enumerate(content.splitlines(), 1):
        try:
            texts.append(" ".join(lines_of(row)))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from error
    if not texts:
        raise ValueError(f"{path}: there is nothing to write: it is empty.")
    return texts


def wanted(options):
    """What `write_lines` is to do."""
    names = ("bias", "seed", "attempts", "batch_size")
    return {name: getattr(options, name) for name in names}


def points_note(advance):
    """What tells the progress bar how far a batch has come."""
    return lambda points: advance(note=f"{points} points")


def report(samples):
    """Says what did not come out well; returns how many lines that are."""
    for sample in samples:
        problems = []
        if not sample.finished:
            problems.append("it did not come to an end")
        if sample.unvisited:
            left_out = "".join(sample.text[i] for i in sample.unvisited)
            problems.append(f"it passed over {left_out!r}")
        if sample.runs_on:
            problems.append("it goes on after its text")
        if sample.longest_look > LINGERS:
            problems.append("it stays too long at one place")
        if problems:
            count = sample.attempts
            drawn = "once" if count == 1 else f"{count} times"
            say("; ".join([f"{sample.text!r}: drawn {drawn}", *problems]))
    return sum(not sample.good for sample in samples)


def say_how_to_mend(amiss):
    """What may help where lines are amiss."""
    if amiss:
        say("Another --seed, a higher --bias or more --attempts may mend that.")


def save(path, form, lines, text, color):
    """Write ink to a file, whole or not at all."""
    with replacing(path) as new:
        draw(new, form, lines, text, color)


def draw(path, form, lines, text, color):
    """Draw placed lines to `path` in one of `FORMATS`."""
    # A page has its own margin: its corner is at (0, 0).
    margin = None
    if len(lines) > 1:
        margin = float(min(line[:, 0].min() for line in lines if len(line)))
    if form in ("json", "inkml"):
        from graves_tf.ink import inkml
        from graves_tf.ink import json_ink
        from graves_tf.ink.line import Line

        dumps = json_ink.dumps if form == "json" else inkml.to_inkml
        line = Line(np.concatenate(lines), text)
        path.write_text(dumps(line), encoding="utf-8")
    elif form == "svg":
        from graves_tf.ink.svg import to_svg

        drawn = to_svg(lines, color=color, text=text, margin=margin)
        path.write_text(drawn, encoding="utf-8")
    else:
        from graves_tf.ink import raster

        with path.open("wb") as file:
            make = raster.to_png if form == "png" else raster.to_gif
            make(lines, file, color=color, margin=margin)


def main(argv=None):
    return run_command("graves_tf.write", make_parser(), write, argv)


if __name__ == "__main__":
    sys.exit(main())
