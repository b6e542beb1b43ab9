"""Fine-tuning on one writer of IAM-OnDB whom the network has not seen.

The writer's forms but the last three are written out as JSON ink, the first
10, 20, … lines of them; graves_tf.train fine-tunes on each lot as it does on
anybody's (--dataset my_ink). Scored are the lines of the last three forms:
nats per sequence of all their points, by the network as it was, primed with a
line of the writer's (the prime's own points do not count), and fine-tuned.
What is forgotten shows on other writers' lines, every 22nd of the split.

Arguments of graves_tf.train may follow, e.g. --learning-rate 3e-4.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from graves_tf import packed
from graves_tf import train
from graves_tf import weights
from graves_tf.batches import HandwritingBatches
from graves_tf.ink import json_ink
from graves_tf.ink.geometry import split_strokes
from graves_tf.ink.line import Line
from graves_tf.sampling.handwriting_sampler import HandwritingSampler
from graves_tf.scoring import Scorer

# IAM-OnDB's split lists have each writer's eight forms one after the other.
FORMS = (
    "b05-422z d07-510z f09-499z j07-370z l03-272z m06-637z p02-169z r04-347z"
).split()
UNSEEN_FORMS = 3
OTHERS = 22
TEXTS = 2
GAP = 150.0  # between a prime and what follows, in the recording's units


def main():
    arguments, more = parser().parse_known_args()
    folder = Path(arguments.output)
    split = packed.load(arguments.data, arguments.split)
    seen, unseen = lines_of(split, arguments.forms)
    others = [x for x in split if x.form_id not in arguments.forms][::OTHERS]
    print(
        f"{len(seen)} lines of the writer to learn from, {len(unseen)} unseen; "
        f"{len(others)} of other writers"
    )
    network = weights.load(arguments.weights, task="synthesis")
    rows = [("as it was", "", scores(network, seen, unseen, others))]
    texts = [line.text for line in unseen[:TEXTS]]
    drawn = {
        "the writer": [line.strokes for line in unseen[:TEXTS]],
        "the network as it was": write(network, texts),
        "primed with a line": write(network, texts, seen[0]),
    }
    for count in arguments.lines:
        lines = seen[:count]
        run = folder / f"run_{count}"
        began = time.monotonic()
        fine_tune(
            arguments, write_out(lines, folder / f"ink_{count}"), run, more
        )
        minutes = (time.monotonic() - began) / 60
        network = weights.load(run / "best.keras")
        name = f"after {len(lines)} lines"
        figures = scores(network, seen, unseen, others)
        rows.append((name, f"{minutes:.1f}", figures))
        drawn[name] = write(network, texts)
    report(rows)
    draw(drawn, folder / "own_hand.png")


def parser():
    result = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = result.add_argument
    add("--data", required=True, metavar="FILE.npz", help="packed IAM-OnDB")
    add("--split", default="validation_1")
    add("--forms", nargs="+", default=FORMS, help="the writer's")
    add("--weights", default="synthesis")
    add("--lines", type=int, nargs="+", default=[10, 40])
    add("-o", "--output", default="runs/own_hand", metavar="DIR")
    return result


def lines_of(split, forms):
    """The writer's lines: those to learn from, and those of the last forms."""
    by_form = {form: [x for x in split if x.form_id == form] for form in forms}
    if missing := [form for form, lines in by_form.items() if not lines]:
        raise SystemExit(f"no lines of {', '.join(missing)} in this split")
    learn = forms[:-UNSEEN_FORMS]
    return (
        [line for form in learn for line in by_form[form]],
        [line for form in forms[-UNSEEN_FORMS:] for line in by_form[form]],
    )


def fine_tune(arguments, ink, run, more):
    """The training, by its command."""
    status = train.main(
        ["--task", "synthesis", "--init-from", arguments.weights]
        + ["--dataset", "my_ink", "--data", str(ink)]
        + ["--run-dir", str(run), *more]
    )
    if status:
        raise SystemExit(status)


def write_out(lines, folder):
    """The lines as JSON ink, a file each; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for line in lines:
        path = folder / f"{line.line_id}.json"
        path.write_text(json_ink.dumps(line), encoding="utf-8")
    return folder


def scores(network, seen, unseen, others):
    """Nats per sequence: unseen lines, the same primed, and other writers'."""
    nobody = [None] * len(others)
    primes = [seen[i % len(seen)] for i in range(len(unseen))]
    return [
        nats(network, unseen, [None] * len(unseen)),
        nats(network, unseen, primes),
        nats(network, others, nobody),
    ]


def nats(network, lines, primes, batch_size=8):
    """Nats per sequence of lines, each after its prime, or None."""
    joined = [
        line if prime is None else after(prime, line)
        for line, prime in zip(lines, primes, strict=True)
    ]
    batches = HandwritingBatches(
        joined,
        network.offset_mean,
        network.offset_std,
        alphabet=network.alphabet,
        batch_size=batch_size,
        buckets=3,
    )
    order = np.argsort(batches.lengths, kind="stable")
    masked = []
    for i in range(len(batches)):
        inputs, targets = batches[i]
        chosen = order[i * batch_size : (i + 1) * batch_size]
        for row, number in enumerate(chosen):
            if primes[number] is not None:
                # As many steps as the prime has points: one leads over.
                targets[row, : len(primes[number].strokes), 2] = -1
        masked.append((inputs, targets))
    scorer = Scorer(network)
    scorer.compile(jit_compile=True)
    return scorer.score(masked)["nats_per_sequence"]


def after(prime, line):
    """A line that goes on where another ends, on its right."""
    strokes = line.strokes.copy()
    strokes[:, 0] += prime.strokes[:, 0].max() + GAP - strokes[:, 0].min()
    strokes[:, 1] += prime.strokes[:, 1].mean() - strokes[:, 1].mean()
    return Line(
        np.concatenate([prime.strokes, strokes]), f"{prime.text} {line.text}"
    )


def report(rows):
    """Prints the table."""
    print("| network | minutes | unseen lines | … primed | other writers |")
    print("|---|---|---|---|---|")
    for name, minutes, figures in rows:
        cells = " | ".join(f"{figure:.1f}" for figure in figures)
        print(f"| {name} | {minutes} | {cells} |")


def write(network, texts, style=None):
    """What the network makes of the texts, each time by the same draws."""
    samples = HandwritingSampler(network).write(
        texts, bias=0.5, seed=1, styles=[style] * len(texts)
    )
    return [sample.strokes for sample in samples]


def draw(drawn, path):
    """One text after the other, each by every hand."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 0.9 * TEXTS * len(drawn)), layout="constrained")
    rows = figure.subplots(TEXTS * len(drawn))
    for number, axes in enumerate(rows):
        name = list(drawn)[number % len(drawn)]
        strokes = drawn[name][number // len(drawn)]
        for piece in split_strokes(strokes):
            axes.plot(*piece.T, color="black", linewidth=1)
        axes.set_title(name, loc="left", fontsize=8)
        axes.set_aspect("equal")
        axes.invert_yaxis()
        axes.set_axis_off()
    figure.savefig(path, dpi=110)
    print(path)


if __name__ == "__main__":
    main()
