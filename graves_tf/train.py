"""Train a network: `python -m graves_tf.train --task synthesis`."""

import argparse
import sys
import time

from graves_tf.command import add_data_options
from graves_tf.command import data_options
from graves_tf.command import run_command

EPILOG = """\
examples:
  python -m graves_tf.train --task synthesis --manual-dir ~/iam_ondb
      the paper's synthesis network on IAM-OnDB, until interrupted
  python -m graves_tf.train --task synthesis --preset tiny \\
      --dataset hershey --minutes 2
      a small one on generated handwriting, in two minutes
  python -m graves_tf.train --task synthesis --data iam.npz --epochs 40
      on a packed file (python -m graves_tf.datasets iam_ondb --pack iam.npz)
  python -m graves_tf.train --resume --run-dir runs/synthesis
      go on where that run was interrupted

KERAS_BACKEND=jax trains on JAX (TPU, GPU, and fastest on CPUs that multiply
bfloat16, with --dtype mixed_bfloat16).

The run's folder gets config.json, log.csv, best.keras (validated, float32),
last.keras (with the optimizer, for --resume) and pictures/ (loss curves, a
drawn sample, the window's path).
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.train",
        description="Train a handwriting network with model.fit.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--task", choices=["synthesis", "prediction"], default="synthesis")
    add(
        "--preset",
        help="the network; the default is the task's own: synthesis, or "
        "prediction_3x400",
    )
    add_data_options(parser)
    add(
        "--split",
        help="what to train on (default: all but validation_1, as the paper)",
    )
    add("--validation-split", default="validation_1")
    add("--run-dir", metavar="DIR", help="default: runs/PRESET")
    add("--resume", action="store_true", help="go on from DIR/last.keras")
    add("--init-from", metavar="FILE", help="start from these weights")
    add(
        "--epochs",
        type=float,
        default=100,
        help="passes over the lines, in all (default 100)",
    )
    add("--minutes", type=float, help="stop after so long")
    add("--batch-size", type=int, help="lines (default 32)")
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
    add("--buckets", type=int, help="padded lengths (default 8)")
    add("--optimizer", default="adam", help="adam, muon or graves_rmsprop")
    add("--learning-rate", type=float, help="default: the optimizer's own")
    add("--warm-up", type=int, help="updates (default 200)")
    add(
        "--descent",
        type=float,
        default=0.25,
        help="share of the run in which the learning rate goes to 0 "
        "(default 0.25)",
    )
    add(
        "--round-minutes",
        type=float,
        default=5.0,
        help="between validations and checkpoints (default 5)",
    )
    add("--alphabet", default="full", help="full or paper")
    add("--dtype", default="float32", help="or mixed_bfloat16")
    add("--seed", type=int, default=0)
    add("--no-jit", action="store_true", help="do not compile with XLA")
    add("--tensorboard", action="store_true", help="log to DIR/tensorboard")
    return parser


# What a resumed run takes from its folder rather than from its command line.
KEPT = (
    "task preset dataset data manual_dir data_dir split validation_split "
    "batch_size buckets max_points crop_points optimizer learning_rate "
    "warm_up alphabet seed"
).split()


def set_defaults(options):
    """Fill in what the command line left open, as the preset would have it."""
    from graves_tf.networks.presets import PRESETS

    preset = PRESETS.get(options.preset, {})
    if preset and preset["task"] != options.task:
        raise ValueError(
            f"--preset {options.preset} is for --task {preset['task']}, not "
            f"{options.task}."
        )
    defaults = {
        "batch_size": 32,
        "buckets": 8,
        "warm_up": 200,
        **preset.get("training", {}),
    }
    for key, value in defaults.items():
        if getattr(options, key) is None:
            setattr(options, key, value)


def train(options):
    """Run what the command line asks for.

    Args:
        options: the parser's namespace.

    Returns:
        The best validation nats per sequence.
    """
    import keras

    from graves_tf.batches import HandwritingBatches
    from graves_tf.batches import bucket_lengths
    from graves_tf.callbacks import Rounds
    from graves_tf.callbacks import Schedule
    from graves_tf.data import load_lines
    from graves_tf.ink.offsets import fit_normalisation
    from graves_tf.networks.presets import DEFAULT_PRESET
    from graves_tf.pictures import Pictures
    from graves_tf.run_folder import RunFolder
    from graves_tf.scoring import Scorer

    preset = options.preset or DEFAULT_PRESET[options.task]
    folder = RunFolder(options.run_dir or f"runs/{preset}")
    resuming = options.resume and folder.last.exists()
    if options.resume:
        if not resuming:
            print(f"{folder.last} is not there: starting a new run.")
        for key, value in folder.read_config().items():
            if key in KEPT:
                setattr(options, key, value)
    elif folder.last.exists():
        raise ValueError(
            f"{folder.path} holds a run already. Go on with it by --resume, "
            "or name another folder by --run-dir."
        )
    options.preset = options.preset or DEFAULT_PRESET[options.task]
    set_defaults(options)
    keras.utils.set_random_seed(options.seed)

    where = data_options(options)
    split = options.split or "train+validation_2+test"
    lines = load_lines(split, **where)
    held_out = load_lines(options.validation_split, **where)
    if options.max_points:
        lines = [x for x in lines if len(x.strokes) <= options.max_points]
        held_out = [x for x in held_out if len(x.strokes) <= options.max_points]
        if not (lines and held_out):
            raise ValueError(
                f"--max-points {options.max_points} leaves no lines to train "
                "on, or none to validate on."
            )
    model = make_model(options, folder, resuming, lines, fit_normalisation)

    lengths = [len(line.strokes) - 1 for line in [*lines, *held_out]]
    arguments = {
        "offset_mean": model.offset_mean,
        "offset_std": model.offset_std,
        "alphabet": getattr(model, "alphabet", None),
        "batch_size": options.batch_size,
        "buckets": bucket_lengths(lengths, options.buckets),
    }
    start = int(model.optimizer.iterations)
    crop = options.crop_points
    cropped = {"crop": crop, "buckets": [crop]} if crop else {}
    batches = HandwritingBatches(
        lines, seed=options.seed, start=start, **arguments | cropped
    )
    validation = HandwritingBatches(held_out, **arguments)
    scorer = Scorer(model)
    scorer.compile(jit_compile=not options.no_jit)
    if not resuming:
        folder.write_config(vars(options))
    print(
        f"{preset_line(model)}\n"
        f"{len(lines)} lines, {batches.points} points to train on, "
        f"{100 * batches.padding:.1f} % padding in lengths "
        f"{', '.join(map(str, batches.buckets))}; "
        f"{len(held_out)} lines to validate on.",
        flush=True,
    )

    total = round(options.epochs * len(batches))
    if start >= total:
        raise ValueError(
            f"The run has had its {options.epochs:g} epochs. More by --epochs."
        )
    began = time.monotonic()
    deadline = options.minutes and began + 60 * options.minutes
    rounds = Rounds(
        folder,
        lambda: scorer.score(validation),
        options.round_minutes,
        len(batches),
        total_updates=total,
        deadline=deadline,
        draw=Pictures(folder, model, reported(model)),
        tensorboard=tensorboard_writer(options, folder),
    )

    def progress():
        updates = rounds.updates / total
        if not deadline:
            return updates
        minutes = (time.monotonic() - began) / 60
        return max(updates, minutes / options.minutes)

    schedule = Schedule(
        options.peak_rate, progress, options.warm_up, options.descent
    )
    remaining = -(-(total - start) // len(batches))
    try:
        model.fit(
            batches,
            epochs=remaining,
            shuffle=False,
            callbacks=[rounds, schedule],
        )
    except KeyboardInterrupt:
        print(f"\nInterrupted. Go on by --resume --run-dir {folder.path}")
    if rounds.diverged:
        raise ValueError(
            f"The loss turned NaN after update {rounds.updates}. The last "
            f"good checkpoint is kept: {folder.last}. Try a smaller "
            "--learning-rate."
        )
    print(
        f"Best: {rounds.best:.1f} nats per sequence on "
        f"{options.validation_split}, in {folder.best}"
    )
    return rounds.best


def make_model(options, folder, resuming, lines, fit_normalisation):
    """The network to train, compiled; from its checkpoint on resuming."""
    import keras

    from graves_tf import networks
    from graves_tf import weights
    from graves_tf.losses import SequenceLoss
    from graves_tf.metrics import nats_per_sequence
    from graves_tf.optimizers import make_optimizer
    from graves_tf.run_folder import copy_of

    optimizer = make_optimizer(options.optimizer, options.learning_rate)
    options.peak_rate = float(optimizer.learning_rate)
    if resuming:
        model = keras.saving.load_model(folder.last)
        optimizer = model.optimizer
    elif options.init_from:
        model = copy_of(
            weights.load(options.init_from, task=options.task), options.dtype
        )
    else:
        mean, std = fit_normalisation([line.strokes for line in lines])
        arguments = {
            "offset_mean": mean,
            "offset_std": std,
            "dtype": options.dtype,
        }
        kind = networks.HandwritingPredictor
        if options.task == "synthesis":
            kind = networks.HandwritingSynthesizer
            arguments["alphabet"] = options.alphabet
        model = kind.from_preset(options.preset, **arguments)
    model.compile(
        optimizer,
        SequenceLoss(),
        metrics=[nats_per_sequence],
        jit_compile=not options.no_jit,
    )
    return model


def tensorboard_writer(options, folder):
    """What writes for TensorBoard, if that is asked for."""
    if not options.tensorboard:
        return None
    from tensorboard.summary import Writer

    return Writer(str(folder.path / "tensorboard"))


def reported(model):
    """The paper's nats per sequence for a preset without regularisation."""
    from graves_tf.networks.presets import PRESETS

    return PRESETS.get(model.preset, {}).get("reported", {}).get("none")


def preset_line(model):
    """One line that says what is trained, and the paper's figure for it."""
    figure = reported(model)
    paper = f" (the paper reports {figure} nats)" if figure else ""
    return f"{model.preset}: {model.count_params()} weights{paper}"


def main(argv=None):
    return run_command("graves_tf.train", make_parser(), train, argv)


if __name__ == "__main__":
    sys.exit(main())
