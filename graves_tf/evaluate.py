"""Evaluate a network: `python -m graves_tf.evaluate FILE`."""

import argparse
import json
import sys

from graves_tf.command import add_data_options
from graves_tf.command import data_options
from graves_tf.command import progress
from graves_tf.command import run_command

EPILOG = """\
examples:
  python -m graves_tf.evaluate runs/synthesis/best.keras --manual-dir DIR
  python -m graves_tf.evaluate synthesis --data iam.npz --json

Figures are of whole lines, on offsets normalised as the network's training
data were. nats per sequence is L(x) of Eq. 26, summed over a line and averaged
over lines; sse is the squared distance of the next offset from the mean of
its predicted density, a point.
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.evaluate",
        description="Loss of a handwriting network on a split of a data set.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", help="a .keras file, or shipped weights' name")
    add_data_options(parser)
    parser.add_argument(
        "--split", default="validation_1", help="default: %(default)s"
    )
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    return parser


def evaluate(options):
    """Scores and prints what the command line asks for; returns the scores."""
    from graves_tf import weights
    from graves_tf.batches import HandwritingBatches
    from graves_tf.data import load_lines
    from graves_tf.scoring import Scorer

    network = weights.load(options.file)
    lines = load_lines(options.split, **data_options(options))
    batches = HandwritingBatches(
        lines,
        network.offset_mean,
        network.offset_std,
        alphabet=getattr(network, "alphabet", None),
        batch_size=options.batch_size,
    )
    scorer = Scorer(network)
    scorer.compile(jit_compile=True)
    scores = scorer.score(batches, lambda numbers: progress(numbers, "batch"))
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
