"""What a run that is gone on with takes from its folder."""

from graves_tf.option_checks import flag

# Each command line's own: how long it trains, and where.
OWN = ("resume", "run_dir", "minutes")
# May be given anew, and are then the run's. All else stays as it began.
CHANGEABLE = (
    *("data", "manual_dir", "data_dir", "learning_rate", "epochs", "descent"),
    *("patience", "round_minutes", "round_epochs", "no_jit", "tensorboard"),
)


def take_over(options, parser, config):
    """Options as the run was started with, unless they are given anew.

    Args:
        options: what the parser read, with `--resume`; is changed.
        parser: knows what an option is that was not given.
        config: of the run's folder.

    Raises:
        ValueError: an option is given that a run cannot change on its way.
    """
    for name, value in config.items():
        if name in OWN or name not in vars(options):
            continue
        given = getattr(options, name)
        if given == parser.get_default(name):
            setattr(options, name, value)
        elif given != value and name not in CHANGEABLE:
            was = "without it" if value is None else f"with {value}"
            raise ValueError(
                f"{flag(name)} {given}: the run was started {was}, and goes "
                "on so. Leave the option out, or start another run in another "
                "--run-dir."
            )
