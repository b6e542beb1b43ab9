"""Train a network: `python -m graves_tf.train --task synthesis`."""

import sys
import time

from graves_tf.command import run_command
from graves_tf.interruption import noted_signals
from graves_tf.resuming import take_over
from graves_tf.train_defaults import set_defaults
from graves_tf.train_options import check
from graves_tf.train_options import make_parser


def train(options):
    """Run what the command line asks for.

    Args:
        options: the parser's namespace.

    Returns:
        The best validation score: nats per sequence of handwriting, bits per
        character of text.

    Raises:
        ValueError: what the options say is not to be had, or the loss diverged.
        KeyboardInterrupt: Ctrl-C or SIGTERM; what was trained is saved.
    """
    import keras

    from graves_tf.callbacks import Rounds
    from graves_tf.callbacks import Schedule
    from graves_tf.networks.presets import DEFAULT_PRESET
    from graves_tf.pictures import Pictures
    from graves_tf.run_folder import RunFolder

    check(options)
    named = options.preset
    preset = named or DEFAULT_PRESET[options.task]
    own = options.dataset == "my_ink"
    folder = RunFolder(options.run_dir or f"runs/{'my_ink' if own else preset}")
    resuming = options.resume and folder.last.exists()
    if options.resume:
        if not resuming:
            print(f"{folder.last} is not there: starting a new run.")
        take_over(options, make_parser(), folder.read_config())
    elif folder.last.exists():
        raise ValueError(
            f"{folder.path} holds a run already. Go on with it by --resume, "
            "or name another folder by --run-dir."
        )
    options.preset = options.preset or DEFAULT_PRESET[options.task]
    options.preset_named = named is not None
    set_defaults(options)
    keras.utils.set_random_seed(options.seed)

    run = make_run(options, folder, resuming)
    model, batches = run.model, run.batches
    start = int(model.optimizer.iterations)
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
        every=options.round_epochs
        and max(1, round(options.round_epochs * len(batches))),
        patience=options.patience,
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
    with noted_signals() as rounds.interrupted:
        folder.write_config(vars(options))
        model.fit(
            batches,
            epochs=remaining,
            shuffle=False,
            callbacks=[rounds, schedule],
        )
    if rounds.broken_off:
        print(
            f"\nInterrupted after {rounds.updates} updates, which are saved. "
            f"Go on by --resume --run-dir {folder.path}"
        )
        raise KeyboardInterrupt
    if rounds.diverged:
        kept = "There is no checkpoint yet."
        if folder.last.exists():
            kept = f"The last good checkpoint is kept: {folder.last}."
        raise ValueError(
            f"The loss turned NaN after update {rounds.updates}. {kept} Try a "
            "smaller --learning-rate."
        )
    score = run.logged[0].replace("_", " ")
    print(f"Best: {rounds.best:.6g} {score} in validation, in {folder.best}")
    if rounds.start is not None:
        print(
            f"It started from {rounds.start:.6g}."
            if rounds.best < rounds.start
            else "No training was better than none: these are the weights it "
            "started from."
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
