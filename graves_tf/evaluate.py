"""Evaluate a network: `python -m graves_tf.evaluate FILE`."""

import argparse
import json
import math
import sys

from graves_tf.command import add_data_options
from graves_tf.command import data_options
from graves_tf.command import progress
from graves_tf.command import run_command
from graves_tf.option_checks import check_limits
from graves_tf.option_checks import check_output
from graves_tf.option_checks import refuse_idle

LIMITS = {
    "batch_size": (1, math.inf),
    "lines": (1, math.inf),
    "seed": (0, math.inf),
    "dynamic_rate": (0, 1e3),
    "dynamic_length": (1, math.inf),
    "dynamic_decay": (0, 1),
    "symbols": (1, math.inf),
}
# Options that are of use to one kind of evaluation alone.
WRITING = ("lines", "seed", "output")
DYNAMIC = ("dynamic_rate", "dynamic_length", "dynamic_decay")
TEXT = ("dynamic", *DYNAMIC, "symbols")

EPILOG = """\
examples:
  python -m graves_tf.evaluate runs/synthesis/best.keras --manual-dir DIR
  python -m graves_tf.evaluate synthesis --data iam.npz --json
  python -m graves_tf.evaluate device/sampler_int8.tflite --data iam.npz
  python -m graves_tf.evaluate --legibility synthesis --data iam.npz -o sheets
  python -m graves_tf.evaluate --realism synthesis --data iam.npz
  python -m graves_tf.evaluate --failures synthesis -o sheets
  python -m graves_tf.evaluate runs/ptb_char/best.keras --manual-dir DIR
  python -m graves_tf.evaluate runs/ptb_char/best.keras --data ptb.npz \\
      --dynamic rms

Handwriting: figures are of whole lines, on offsets normalised as the
network's training data were. nats per sequence is L(x) of Eq. 26, summed over
a line and averaged over lines; sse is the squared distance of the next offset
from the mean of its predicted density, a point.

What a synthesis network writes: --legibility has a recogniser read 300
sentences, written at bias 0, 0.15, 0.5, 1 and 2, and as many real lines, drawn
alike; CER is its errors in letters, case folded. --realism trains a classifier
to tell real lines from the same texts written at bias 0. --failures counts,
over 200 sentences with digits, capitals and punctuation, what goes wrong with
the defaults of graves_tf.write. The first two need the packages of
pip install 'graves_tf[legibility]'.

Text: every symbol of the split counts once. --dynamic learns from the text as
it goes, each symbol being predicted before it is learned from; the file's
weights are not changed.
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.evaluate",
        description="Loss of a network on a split of a data set.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file",
        help="a .keras file, shipped weights' name, or a .tflite "
        "sampler of handwriting",
    )
    add_data_options(parser)
    parser.add_argument("--split", help="default: validation_1; of text test")
    parser.add_argument(
        "--batch-size",
        type=int,
        help="lines at once (default 32; written 100), or streams of a text "
        "(default 64; 1 reads it in one go)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    writing = parser.add_argument_group("what a synthesis network writes")
    kind = writing.add_mutually_exclusive_group()
    for name, about in (
        ("legibility", "how well it is read, beside real lines"),
        ("realism", "how well it is told from real lines"),
        ("failures", "lines that do not come to their end, and the like"),
    ):
        kind.add_argument(f"--{name}", action="store_true", help=about)
    writing.add_argument(
        "--lines",
        type=int,
        metavar="N",
        help="only so many (default: all sentences; of --realism 300)",
    )
    writing.add_argument("--seed", type=int, default=0, help="of what it draws")
    writing.add_argument(
        "-o", "--output", metavar="DIR", help="draw the lines there, to look at"
    )
    text = parser.add_argument_group("text")
    text.add_argument(
        "--dynamic",
        choices=["sgd", "rms"],
        help="dynamic evaluation: by gradient descent, as the paper's, or by "
        "the RMS-scaled rule of Krause et al. (2018)",
    )
    text.add_argument(
        "--dynamic-rate",
        type=float,
        help="its learning rate; to be chosen on the validation set (default: "
        "of sgd 0.001, of words 0.0003; of rms 0.0012, of words 0.0001)",
    )
    text.add_argument(
        "--dynamic-length",
        type=int,
        default=100,
        metavar="N",
        help="symbols to score before it learns from them (default "
        "%(default)s)",
    )
    text.add_argument(
        "--dynamic-decay",
        type=float,
        help="of rms, towards the trained weights (default: 0.01, of words "
        "0.001)",
    )
    text.add_argument(
        "--symbols",
        type=int,
        metavar="N",
        help="only the split's first N, to choose a rate by",
    )
    return parser


def evaluate(options):
    """Scores and prints what the command line asks for; returns the scores."""
    from graves_tf import weights

    check_limits(options, LIMITS)
    if options.output:
        check_output(options.output, folder=True)
    parser = make_parser()
    if options.legibility or options.realism or options.failures:
        from graves_tf.evaluate_writing import evaluate_writing

        refuse_idle(options, parser, TEXT, "where handwriting is evaluated")
        return evaluate_writing(options)
    where = "without --legibility, --realism or --failures"
    refuse_idle(options, parser, WRITING, where)
    exported = options.file.endswith(".tflite")
    network = None if exported else weights.load(options.file)
    if not exported and network.task == "text":
        from graves_tf.evaluate_text import evaluate_text

        if options.dynamic:
            refuse_idle(options, parser, ["batch_size"], "with --dynamic")
        else:
            refuse_idle(options, parser, DYNAMIC, "without --dynamic")
        return evaluate_text(options, network)
    refuse_idle(options, parser, TEXT, "where handwriting is evaluated")
    if exported:
        return evaluate_exported(options)
    return evaluate_handwriting(options, network)


def evaluate_handwriting(options, network):
    """Nats and squared errors of whole lines."""
    from graves_tf.scoring import Scorer

    batches = line_batches(
        options,
        network.offset_mean,
        network.offset_std,
        getattr(network, "alphabet", None),
    )
    scorer = Scorer(network)
    scorer.compile(jit_compile=True)
    scores = scorer.score(batches, lambda numbers: progress(numbers, "batch"))
    return report(options, scores)


def evaluate_exported(options):
    """The same of a TFLite sampler."""
    from graves_tf import weights
    from graves_tf.evaluate_tflite import score_tflite
    from graves_tf.export.runtime import read_metadata
    from graves_tf.ink.alphabet import Alphabet

    path = str(weights.find(options.file))
    metadata = read_metadata(path, "synthesis")
    batches = line_batches(
        options,
        metadata["offset_mean"],
        metadata["offset_std"],
        Alphabet.from_config(metadata["alphabet"]),
    )
    scores = score_tflite(
        path,
        metadata,
        batches,
        progress=lambda numbers: progress(numbers, "batch"),
    )
    return report(options, scores)


def line_batches(options, mean, std, alphabet):
    """Whole lines of the split, by length."""
    from graves_tf.batches import HandwritingBatches
    from graves_tf.data import load_lines

    options.dataset = options.dataset or "iam_ondb/clean"
    lines = load_lines(options.split or "validation_1", **data_options(options))
    return HandwritingBatches(
        lines,
        mean,
        std,
        alphabet=alphabet,
        batch_size=options.batch_size or 32,
    )


def report(options, scores):
    """Print the scores of handwriting; returns them."""
    if options.json:
        print(json.dumps(scores))
    else:
        print(
            f"{scores['sequences']} lines, {scores['points']} points\n"
            f"{scores['nats_per_sequence']:.1f} nats per sequence\n"
            f"{scores['nats_per_point']:.4f} nats per point\n"
            f"{scores['sse']:.4f} squared error per point"
        )
    return scores


def main(argv=None):
    return run_command("graves_tf.evaluate", make_parser(), evaluate, argv)


if __name__ == "__main__":
    sys.exit(main())
