"""The paper's experiments as data, each with the number it reports.

`reported` is nats per sequence on the paper's validation set, unregularised
and with adaptive weight noise (Tables 3 and 4). `training` holds what
`graves_tf.train` does differently unless told otherwise.
"""

PRESETS = {
    # One hidden layer (Sec. 4.2): about 3.4 M weights.
    "prediction_1x900": {
        "task": "prediction",
        "hidden": (900,),
        "reported": {"none": -1025.7},
    },
    # Three hidden layers (Sec. 4.2): about 3.4 M weights.
    "prediction_3x400": {
        "task": "prediction",
        "hidden": (400, 400, 400),
        "reported": {"none": -1041.0, "adaptive_weight_noise": -1057.7},
    },
    # The synthesis network (Sec. 5.2): about 3.7 M weights.
    "synthesis": {
        "task": "synthesis",
        "hidden": (400, 400, 400),
        "reported": {"none": -1096.9, "adaptive_weight_noise": -1128.2},
    },
    # Not the paper's: learns the Hershey fonts in two minutes on two cores.
    "tiny": {
        "task": "synthesis",
        "hidden": (64, 64, 64),
        "num_mixtures": 10,
        "num_gaussians": 4,
        "characters_per_point": 0.052,
        "reported": {},
        "training": {
            "batch_size": 16,
            "buckets": 1,
            "max_points": 250,
            "learning_rate": 8e-3,
            "warm_up": 50,
        },
    },
}

# What a task trains unless told otherwise.
DEFAULT_PRESET = {"synthesis": "synthesis", "prediction": "prediction_3x400"}


def network_arguments(preset):
    """The constructor's arguments of a preset, by its name."""
    if preset not in PRESETS:
        raise ValueError(
            f"No preset is called {preset!r}. There are: "
            + ", ".join(sorted(PRESETS))
        )
    return {
        key: value
        for key, value in PRESETS[preset].items()
        if key not in ("task", "reported", "training")
    }
