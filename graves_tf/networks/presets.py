"""The paper's experiments as data, each with the number it reports.

`reported` is nats per sequence on the paper's validation set (Tables 3 and 4),
or bits per character on its test set (Table 1), by regularisation. `training`
holds what `graves_tf.train` does differently unless told otherwise.
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
    # Penn Treebank, one hidden layer (Sec. 3.1): about 4.3 M weights.
    "ptb_char": {
        "task": "text",
        "hidden": (1000,),
        "clip_lstm": 1.0,
        "reported": {
            "none": 1.32,
            "weight_noise": 1.27,
            "adaptive_weight_noise": 1.26,
        },
        "training": {"dataset": "penn_treebank/char", "batch_size": 64},
    },
    # The same of words: about 54 M weights.
    "ptb_word": {
        "task": "text",
        "hidden": (1000,),
        "clip_lstm": 1.0,
        "reported": {"none": 1.27, "weight_noise": 1.25},
        "training": {"dataset": "penn_treebank/word", "batch_size": 32},
    },
    # Wikipedia, seven hidden layers (Sec. 3.2). The paper reports 21.3 M
    # weights; its equations with every skip connection give 30.5 M.
    "enwik8": {
        "task": "text",
        "hidden": (700,) * 7,
        "clip_lstm": 1.0,
        "reset_every": 100,
        "reported": {"none": 1.67},
        "training": {"dataset": "enwik8", "batch_size": 64},
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
            "optimizer": "adam",
            "learning_rate": 8e-3,
            "warm_up": 50,
        },
    },
}

# What a task trains unless told otherwise.
DEFAULT_PRESET = {
    "synthesis": "synthesis",
    "prediction": "prediction_3x400",
    "text": "ptb_char",
}


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
        if key not in ("task", "reported", "training", "reset_every")
    }
