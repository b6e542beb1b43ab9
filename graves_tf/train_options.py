"""The options of `graves_tf.train`."""

import argparse
import math

from graves_tf.command import add_data_options
from graves_tf.option_checks import check_limits
from graves_tf.option_checks import refuse_idle

EPILOG = """\
examples:
  python -m graves_tf.train --task synthesis --manual-dir ~/iam_ondb
      the paper's synthesis network on IAM-OnDB, until interrupted
  python -m graves_tf.train --task synthesis --preset tiny \\
      --dataset hershey --minutes 2
      a small one on generated handwriting, in two minutes
  python -m graves_tf.train --task synthesis --data iam.npz --epochs 40
      on a packed file (python -m graves_tf.datasets iam_ondb --pack iam.npz)
  python -m graves_tf.train --task synthesis --init-from synthesis \\
      --dataset my_ink --data my_lines
      the shipped network, fine-tuned on 10 to 100 lines of one's own hand
  python -m graves_tf.train --task text --preset ptb_char --manual-dir ~/ptb
      the paper's network of Penn Treebank's characters
  python -m graves_tf.train --resume --run-dir runs/synthesis
      go on where that run was interrupted; Ctrl-C saves what it has

KERAS_BACKEND=jax trains on JAX (TPU, GPU, and fastest on CPUs that multiply
bfloat16, with --dtype mixed_bfloat16).

The run's folder gets config.json, log.csv, best.keras (validated, float32),
last.keras (with the optimizer, for --resume) and pictures/ (loss curves, a
drawn sample, the window's path).
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.train",
        description="Train a network of handwriting or of text with model.fit.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--task",
        choices=["synthesis", "prediction", "text"],
        default="synthesis",
    )
    add(
        "--preset",
        help="the network; the default is the task's own: synthesis, "
        "prediction_3x400 or ptb_char",
    )
    add_data_options(parser)
    add(
        "--split",
        help="what to train on (default: of handwriting all but validation_1, "
        "as the paper; of text train)",
    )
    add(
        "--validation-split",
        help="default: validation_1; of text validation",
    )
    add("--run-dir", metavar="DIR", help="default: runs/PRESET, runs/my_ink")
    add(
        "--resume",
        action="store_true",
        help="go on from DIR/last.keras, with the options of DIR/config.json "
        "unless they are given anew; what a run cannot change on its way is "
        "refused",
    )
    add(
        "--init-from",
        metavar="FILE",
        help="start from these weights; --task prediction may start from a "
        "synthesis network, of which it leaves the text out",
    )
    add(
        "--regularization",
        default="none",
        help="none, weight_noise or adaptive_weight_noise. The paper's "
        "schedule is one after the other, each with --init-from the best.keras "
        "of the one before. Or variational_dropout, not the paper's: cells are "
        "left out at random",
    )
    add(
        "--weight-noise-std",
        type=float,
        default=0.075,
        metavar="STD",
        help="of the weight noise; with adaptive_weight_noise at its start, "
        "unless FILE has learned some (default 0.075)",
    )
    add(
        "--noise-per-sequence",
        action="store_true",
        help="noise of the weights of each line's or stream's own, as the "
        "paper has it: updates take longer and say more (default: all of a "
        "batch have the same)",
    )
    add(
        "--dropout-rate",
        type=float,
        default=0.25,
        metavar="SHARE",
        help="of the cells that variational_dropout leaves out of each "
        "sequence (default 0.25)",
    )
    add(
        "--epochs",
        type=float,
        help="passes over the lines, in all (default 100)",
    )
    add("--minutes", type=float, help="stop after so long")
    add(
        "--batch-size",
        type=int,
        help="lines (default 32), or streams that text is read in",
    )
    add(
        "--length",
        type=int,
        default=100,
        help="of text, symbols a stream between updates (default 100)",
    )
    add(
        "--max-points",
        type=int,
        help="leave longer lines out, of both splits (default: none; "
        "tiny: 250)",
    )
    add(
        "--crop-points",
        type=int,
        metavar="N",
        help="train on the first N points of every line: faster updates for "
        "a run's first part (default: whole lines)",
    )
    add(
        "--augmentation",
        type=float,
        default=0.0,
        metavar="STD",
        help="stretch and slant every line of handwriting anew in each pass, "
        "by about so much, e.g. 0.1 (default 0: lines as they are)",
    )
    add(
        "--rare",
        type=int,
        default=0,
        metavar="N",
        help="characters that are written less than N times in all lines, "
        "e.g. 300, are rare: lines that hold them come up to four times a "
        "pass (default 0: all lines once)",
    )
    add(
        "--rest",
        action="store_true",
        help="hold one of the Gaussians at a pen at rest, whose offset is 0 "
        "exactly: where pens are recorded in whole units they rest in two "
        "steps of a hundred, and learned Gaussians are too wide to draw that",
    )
    add("--buckets", type=int, help="padded lengths (default 10)")
    add(
        "--optimizer",
        help="muon (default), adam, or the paper's: graves_rmsprop of "
        "handwriting, graves_sgd of text, whose rate of 0.0001 is for "
        "--batch-size 1: 16 streams bear 16 times that, and generalise better "
        "than with muon",
    )
    add(
        "--learning-rate",
        type=float,
        help="before the descent (default: the optimizer's own; with --resume "
        "the run's). A descent that was interrupted goes on with the last "
        "learning_rate of log.csv and --descent 1",
    )
    add(
        "--ema-momentum",
        type=float,
        help="of the weights' moving average, which is what is validated and "
        "kept (default 0.99; graves_rmsprop keeps none)",
    )
    add(
        "--weight-decay",
        type=float,
        metavar="RATE",
        help="with each update Muon's kernels lose RATE times the learning "
        "rate of themselves, e.g. 0.1 (default: nothing)",
    )
    add("--warm-up", type=int, help="updates (default 200)")
    add(
        "--descent",
        type=float,
        help="share of the run in which the learning rate goes to 0 "
        "(default 0.25)",
    )
    add(
        "--round-minutes",
        type=float,
        default=5.0,
        help="between validations and checkpoints (default 5)",
    )
    add(
        "--round-epochs",
        type=float,
        metavar="N",
        help="validate after so many passes, instead (of my_ink 1)",
    )
    add(
        "--patience",
        type=int,
        metavar="ROUNDS",
        help="stop after so many validations without a better score than any "
        "before, that of the start included (of my_ink 3; else never)",
    )
    add(
        "--alphabet",
        choices=["full", "paper"],
        help="what a fresh synthesis network learns to write (default full: "
        "all of IAM-OnDB's characters)",
    )
    add("--dtype", default="float32", help="or mixed_bfloat16")
    add("--seed", type=int, default=0)
    add("--no-jit", action="store_true", help="do not compile with XLA")
    add(
        "--tensorboard",
        action="store_true",
        help="log curves and pictures to DIR/tensorboard",
    )
    return parser


# Options that are of no use to a task.
IDLE = {
    "synthesis": ("length",),
    "prediction": ("length", "alphabet"),
    "text": (
        *("max_points", "crop_points", "augmentation", "rare", "rest"),
        *("buckets", "alphabet"),
    ),
}
LIMITS = {
    "epochs": (0, math.inf),
    "minutes": (0, math.inf),
    "batch_size": (1, math.inf),
    "length": (1, math.inf),
    "max_points": (2, math.inf),
    "crop_points": (1, math.inf),
    "rare": (0, math.inf),
    "buckets": (1, math.inf),
    "learning_rate": (0, math.inf),
    "warm_up": (0, math.inf),
    "descent": (0, 1),
    "round_minutes": (0, math.inf),
    "round_epochs": (0, math.inf),
    "patience": (1, math.inf),
    "seed": (0, math.inf),
}


def check(options):
    """Refuses what cannot be done, before anything slow is done.

    Raises:
        ValueError: an option is out of its range or of no use to the task.
    """
    check_limits(options, LIMITS)
    task = options.task
    refuse_idle(options, make_parser(), IDLE[task], f"with --task {task}")
