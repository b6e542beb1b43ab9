"""What the options of `graves_tf.train` are unless told."""

# What fine-tuning on a few lines of one hand does differently.
FINE_TUNING = {
    "batch_size": 8,
    "buckets": 1,
    "learning_rate": 3e-4,
    "ema_momentum": 0.8,
    "warm_up": 1,
    "epochs": 30,
    "round_epochs": 1,
    "patience": 3,
}


def set_defaults(options):
    """Fill in what the command line left open, as the preset would have it."""
    from graves_tf.networks.presets import PRESETS
    from graves_tf.networks.presets import network_arguments

    network_arguments(options.preset)  # Refuses a name that is none.
    preset = PRESETS[options.preset]
    if preset["task"] != options.task:
        fitting = (
            name for name in PRESETS if PRESETS[name]["task"] == options.task
        )
        raise ValueError(
            f"--preset {options.preset} is for --task {preset['task']}; those "
            f"for {options.task}: {', '.join(fitting)}"
        )
    defaults = {
        "batch_size": 32,
        "buckets": 10,
        "warm_up": 200,
        "optimizer": "muon",
        "dataset": "iam_ondb/clean",
        "epochs": 100,
        "descent": 0.25,
        **preset.get("training", {}),
    }
    if options.dataset == "my_ink":
        defaults |= FINE_TUNING
        if options.optimizer == "graves_rmsprop":
            # It keeps no average.
            del defaults["ema_momentum"]
    for key, value in defaults.items():
        if getattr(options, key) is None:
            setattr(options, key, value)
