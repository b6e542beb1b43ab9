"""Evaluating what a synthesis network writes: is it legible, real, whole?"""

import json
from pathlib import Path

import numpy as np

from graves_tf.command import data_options
from graves_tf.command import progress

BIASES = (0.0, 0.15, 0.5, 1.0, 2.0)
# Of `graves_tf.write`.
DEFAULT_BIAS = 0.5
# A line of a word or two shows no slope, slant or pace.
FEWEST_CHARACTERS = 10


def evaluate_writing(options):
    """Prints the report that the command line asks for; returns it.

    Args:
        options: of `graves_tf.evaluate`, one of `legibility`, `realism` and
            `failures` being set.
    """
    from graves_tf import weights
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    sampler = HandwritingSampler(weights.load(options.file, task="synthesis"))
    if options.legibility:
        report, table, sheets = legibility(options, sampler)
    elif options.realism:
        report, table, sheets = realism(options, sampler)
    else:
        report, table, sheets = failures(options, sampler)
    print(json.dumps(report) if options.json else table)
    if options.output:
        from graves_tf.contact_sheet import save_sheets

        for name, lines, captions in sheets:
            if lines:
                save_sheets(Path(options.output), name, lines, captions)
    return report


def legibility(options, sampler):
    """Reads sentences at every bias, and as many real lines."""
    from graves_tf.failures import tally
    from graves_tf.legibility import Recognizer
    from graves_tf.legibility import count_errors
    from graves_tf.legibility import error_rate
    from graves_tf.sentences import sentences

    # Before the minutes that writing takes: both may be missing.
    recognizer = Recognizer()
    texts = spread(sentences(), options.lines)
    real = real_lines(options, len(texts))
    sheets = []

    def read(name, lines):
        lines = [(line.text, line.strokes) for line in lines]
        readings = [recognizer.read(ink) for _, ink in progress(lines, "line")]
        names = [text for text, _ in lines]
        captions = [
            [text, f"{reading}   ({count_errors(text, reading)})"]
            for text, reading in zip(names, readings, strict=True)
        ]
        sheets.append((name, [ink for _, ink in lines], captions))
        return error_rate(names, readings)

    rows = [{"lines": "real", **read("real", real), **pace(real)}]
    for bias in BIASES:
        samples = write(options, sampler, texts, bias)
        name = f"bias-{bias:g}"
        rows.append({"lines": name, **read(name, samples), **tally(samples)})
    report = {
        "recognizer": recognizer.name,
        "seed": options.seed,
        "sentences": len(texts),
        "real_lines": len(real),
        "rows": rows,
    }
    return report, legibility_table(report), sheets


def legibility_table(report):
    """The rows of the report of `legibility`, for people."""
    shares = {
        "finished": "finish %",
        "visited": "visit all %",
        "trailing": "trail ink %",
        "drawn_again": "drawn again %",
    }
    table = [
        "{sentences} sentences at each bias, {real_lines} real lines, read by "
        "{recognizer}".format(**report),
        f"{'':12}{'CER %':>7}{'(95 %)':>14}"
        + "".join(f"  {title}" for title in shares.values())
        + "  points/char",
    ]
    for row in report["rows"]:
        low, high = (f"{100 * x:.1f}" for x in row["cer_interval"])
        cells = [
            f"{100 * row[key]:{len(title) + 2}.1f}"
            if key in row
            else " " * (len(title) + 2)
            for key, title in shares.items()
        ]
        table.append(
            f"{row['lines'].replace('-', ' '):12}{100 * row['cer']:7.1f}"
            f"{low + ' to ' + high:>14}{''.join(cells)}"
            f"{row['points_per_character']:13.1f}"
        )
    return "\n".join(table)


def failures(options, sampler):
    """Counts what goes wrong with the defaults of `graves_tf.write`."""
    from graves_tf.failures import describe
    from graves_tf.failures import tally
    from graves_tf.sentences import hard_sentences

    texts = spread(hard_sentences(), options.lines)
    samples = write(options, sampler, texts, DEFAULT_BIAS)
    wrong = [(s, describe(s)) for s in samples if describe(s)]
    sheet = (
        "failures",
        [sample.strokes for sample, _ in wrong],
        [[sample.text, words] for sample, words in wrong],
    )
    report = {
        "seed": options.seed,
        "sentences": len(texts),
        **tally(samples),
        "failures": [{"text": s.text, "what": words} for s, words in wrong],
    }
    table = [
        f"{len(texts)} sentences at bias {DEFAULT_BIAS}",
        f"{100 * report['finished']:6.1f} % finish",
        f"{100 * report['visited']:6.1f} % visit every character",
        f"{100 * report['trailing']:6.1f} % trail ink after the text",
        f"{100 * report['drawn_again']:6.1f} % were drawn again",
        f"{report['points_per_character']:6.1f} points a character",
        *(f"{sample.text!r}: {words}" for sample, words in wrong),
    ]
    return report, "\n".join(table), [sheet]


def realism(options, sampler):
    """Has a classifier tell real lines from unbiased ones of their texts."""
    from graves_tf.realism import check_groups
    from graves_tf.realism import statistics
    from graves_tf.realism import tell_apart

    real = real_lines(options, options.lines or 300, FEWEST_CHARACTERS)
    groups = [line.writer_id or line.form_id or line.line_id for line in real]
    # Before the minutes that writing takes.
    check_groups(groups)
    samples = write(options, sampler, [line.text for line in real], 0.0)
    found = tell_apart(
        [statistics(line.strokes, line.text) for line in real],
        [statistics(sample.strokes, sample.text) for sample in samples],
        groups,
    )
    pairs = [
        x.strokes for pair in zip(real, samples, strict=True) for x in pair
    ]
    chances = found.pop("realness").T.ravel()
    sheet = (
        "realism",
        pairs,
        [
            [f"{('real', 'generated')[i % 2]}: held to be real at {p:.2f}"]
            for i, p in enumerate(chances)
        ],
    )
    report = {
        "seed": options.seed,
        "real_lines": len(real),
        "generated": len(samples),
        **found,
    }
    low, high = (100 * x for x in found["accuracy_interval"])
    table = [
        f"{len(real)} real lines, and their texts written at bias 0",
        f"{100 * found['accuracy']:.1f} % of held-out lines told apart "
        f"(95 %: {low:.1f} to {high:.1f}); 50 % is chance",
        "what tells most by itself (AUC; above 0.5: generated lines have more)",
        *(f"{v:6.2f}  {name}" for name, v in found["telling"].items()),
    ]
    return report, "\n".join(table), [sheet]


def write(options, sampler, texts, bias):
    """The `Sample` of each text, drawn as `graves_tf.write` draws."""
    samples, size = [], options.batch_size or 100
    for begin in progress(range(0, len(texts), size), "batch"):
        samples += sampler.write(
            texts[begin : begin + size],
            bias=bias,
            seed=options.seed,
            first=begin,
        )
    return samples


def real_lines(options, count, fewest=1):
    """So many lines of the split, the same ones each time."""
    from graves_tf.data import load_lines

    options.dataset = options.dataset or "iam_ondb/clean"
    split = options.split or "validation_1"
    lines = load_lines(split, **data_options(options))
    lines = [line for line in lines if len(line.text) >= fewest]
    if not lines:
        raise ValueError(
            f"{options.data or options.dataset}, {split}: no line of "
            f"{fewest} characters or more is there to compare with. Name "
            "another by --split."
        )
    chosen = np.random.default_rng(0).permutation(len(lines))[:count]
    return [lines[i] for i in sorted(chosen)]


def spread(texts, count):
    """So many of the texts, from all over the list; all where it is None."""
    count = min(count or len(texts), len(texts))
    return [texts[i * len(texts) // count] for i in range(count)]


def pace(lines):
    """Points a character of real lines."""
    points = sum(len(line.strokes) for line in lines)
    return {"points_per_character": points / sum(len(x.text) for x in lines)}
