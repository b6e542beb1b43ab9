"""The network that a training run starts from."""


def starting_model(options, folder, resuming, fresh, sequences, **changes):
    """The network to train, with its optimizer.

    From the run's own checkpoint on resuming; else with the weights of
    `--init-from`, whatever noise they were trained with, or fresh ones.

    Args:
        options: the parser's namespace; gets `peak_rate`, the learning rate
            between warm-up and descent.
        folder: the `RunFolder`.
        resuming: whether to go on from its `last.keras`.
        fresh: makes a new network; of constructor's arguments.
        sequences: how many there are in one pass over the training data.
        **changes: constructor's arguments that go before those of the weights
            of `--init-from`.
    """
    import keras

    from graves_tf import networks  # noqa: F401  (registers the classes)
    from graves_tf.layers.compiled import compile_parts
    from graves_tf.optimizers import make_optimizer
    from graves_tf.regularization import make_weight_noise
    from graves_tf.run_folder import copy_of

    compile_parts(not options.no_jit)
    optimizer = make_optimizer(
        options.optimizer,
        options.learning_rate,
        task=options.task,
        ema_momentum=options.ema_momentum,
        weight_decay=options.weight_decay,
    )
    options.peak_rate = float(optimizer.learning_rate)
    if resuming:
        return keras.saving.load_model(folder.last)
    changes["weight_noise"] = make_weight_noise(
        options.regularization,
        options.weight_noise_std,
        sequences,
        options.dropout_rate,
        options.noise_per_sequence,
    )
    if options.init_from:
        model = copy_of(starting_weights(options), options.dtype, **changes)
    else:
        model = fresh(dtype=options.dtype, **changes)
    model.optimizer = optimizer
    return model


def starting_weights(options):
    """The network of `--init-from`.

    To predict handwriting, one that synthesises it will do: its text is left
    out.

    Raises:
        ValueError: it is for another task, or of another shape or alphabet
            than the command line says.
    """
    from graves_tf import weights
    from graves_tf.ink.alphabet import ALPHABETS
    from graves_tf.networks import HandwritingPredictor
    from graves_tf.networks.presets import network_arguments

    source = weights.load(options.init_from)
    synthesizer = (options.task, source.task) == ("prediction", "synthesis")
    if not synthesizer and source.task != options.task:
        return weights.load(options.init_from, task=options.task)
    hidden = network_arguments(options.preset)["hidden"]
    if (synthesizer or options.preset_named) and source.hidden != hidden:
        raise ValueError(
            f"{options.init_from} has layers of {source.hidden} cells, and "
            f"{options.preset} of {hidden}: a network of another shape is "
            "trained without --init-from."
        )
    if options.alphabet and ALPHABETS[options.alphabet] != source.alphabet:
        raise ValueError(
            f"{options.init_from} writes {source.alphabet.symbols!r}, which is "
            f"not --alphabet {options.alphabet}: a network of another is "
            "trained without --init-from."
        )
    if synthesizer:
        preset = options.preset
        return HandwritingPredictor.from_synthesizer(source, preset=preset)
    return source


def reported(model, regularization="none"):
    """The paper's figure for a preset; None where it has none."""
    from graves_tf.networks.presets import PRESETS

    return PRESETS.get(model.preset, {}).get("reported", {}).get(regularization)


def preset_line(model, figure, unit):
    """One line that says what is trained, and the paper's figure for it."""
    from graves_tf.regularization import count_weights

    paper = f" (the paper reports {figure} {unit})" if figure else ""
    return f"{model.preset}: {count_weights(model)} weights{paper}"
