"""Train a network: `python -m graves_tf.train --task synthesis`."""

import argparse
import sys
import time

from graves_tf.command import add_data_options
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
  python -m graves_tf.train --task text --preset ptb_char --manual-dir ~/ptb
      the paper's network of Penn Treebank's characters
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
    add("--run-dir", metavar="DIR", help="default: runs/PRESET")
    add("--resume", action="store_true", help="go on from DIR/last.keras")
    add("--init-from", metavar="FILE", help="start from these weights")
    add(
        "--regularization",
        default="none",
        help="none, weight_noise or adaptive_weight_noise. The paper's "
        "schedule is one after the other, each with --init-from the best.keras "
        "of the one before",
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
        "--epochs",
        type=float,
        default=100,
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
    add("--buckets", type=int, help="padded lengths (default 10)")
    add(
        "--optimizer",
        help="muon (default), adam or graves_rmsprop, the paper's",
    )
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
    add(
        "--tensorboard",
        action="store_true",
        help="log curves and pictures to DIR/tensorboard",
    )
    return parser


# What a resumed run takes from its folder rather than from its command line.
KEPT = (
    "task preset dataset data manual_dir data_dir split validation_split "
    "batch_size length buckets max_points crop_points optimizer learning_rate "
    "warm_up alphabet seed regularization weight_noise_std"
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
        "buckets": 10,
        "warm_up": 200,
        "optimizer": "muon",
        "dataset": "iam_ondb/clean",
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
        The best validation score: nats per sequence of handwriting, bits per
        character of text.
    """
    import keras

    from graves_tf.callbacks import Rounds
    from graves_tf.callbacks import Schedule
    from graves_tf.networks.presets import DEFAULT_PRESET
    from graves_tf.pictures import Pictures
    from graves_tf.run_folder import RunFolder

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

    run = make_run(options, folder, resuming)
    model, batches = run.model, run.batches
    start = int(model.optimizer.iterations)
    if not resuming:
        folder.write_config(vars(options))
    print(run.summary, flush=True)

    total = round(options.epochs * len(batches))
    if start >= total:
        raise ValueError(
            f"The run has had its {options.epochs:g} epochs. More by --epochs."
        )
    began = time.monotonic()
    deadline = options.minutes and began + 60 * options.minutes
    rounds = Rounds(
        folder,
        run.validate,
        run.logged,
        options.round_minutes,
        len(batches),
        scale=run.scale,
        total_updates=total,
        deadline=deadline,
        draw=Pictures(folder, run.logged[0], run.reported, run.sample),
        tensorboard=tensorboard_log(options, folder),
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
        f"Best: {rounds.best:.6g} {run.logged[0].replace('_', ' ')} in "
        f"validation, in {folder.best}"
    )
    return rounds.best


def make_run(options, folder, resuming):
    """The `TrainingRun` of the task."""
    if options.task == "text":
        from graves_tf.text_run import text_run

        return text_run(options, folder, resuming)
    from graves_tf.handwriting_run import handwriting_run

    return handwriting_run(options, folder, resuming)


def tensorboard_log(options, folder):
    """What writes for TensorBoard, if that is asked for."""
    if not options.tensorboard:
        return None
    from graves_tf.tensorboard_log import TensorBoardLog

    return TensorBoardLog(folder.path / "tensorboard", folder.pictures)


def main(argv=None):
    return run_command("graves_tf.train", make_parser(), train, argv)


if __name__ == "__main__":
    sys.exit(main())
