"""Evaluating a text network: `graves_tf.evaluate` on text (Sec. 3)."""

import json

from graves_tf.command import data_options
from graves_tf.command import progress
from graves_tf.command import progress_of

# Table 1 of the paper: preset, regularisation, dynamic evaluation; bits per
# character, perplexity, error in percent, epochs.
TABLE_1 = {
    ("ptb_char", "none", False): (1.32, 167, 28.5, 9),
    ("ptb_char", "none", True): (1.29, 148, 28.0, 9),
    ("ptb_char", "weight_noise", False): (1.27, 140, 27.4, 25),
    ("ptb_char", "weight_noise", True): (1.24, 124, 26.9, 25),
    ("ptb_char", "adaptive_weight_noise", False): (1.26, 133, 27.4, 26),
    ("ptb_char", "adaptive_weight_noise", True): (1.24, 122, 26.9, 26),
    ("ptb_word", "none", False): (1.27, 138, 77.8, 11),
    ("ptb_word", "none", True): (1.25, 126, 76.9, 11),
    ("ptb_word", "weight_noise", False): (1.25, 126, 76.9, 14),
    ("ptb_word", "weight_noise", True): (1.23, 117, 76.2, 14),
}
# Chosen on Penn Treebank's validation set, for sequences of 100.
RATES = {
    "sgd": {"character": 1e-3, "word": 3e-4, "byte": 1e-3},
    "rms": {"character": 1.2e-3, "word": 1e-4, "byte": 1.2e-3},
}
DECAYS = {"character": 1e-2, "word": 1e-3, "byte": 1e-2}


def evaluate_text(options, network):
    """Scores a text and prints its row of Table 1; returns the scores.

    Args:
        options: of `graves_tf.evaluate`.
        network: a `TextPredictor`.
    """
    from graves_tf.networks.presets import PRESETS
    from graves_tf.text.symbols import load_symbols

    training = PRESETS.get(network.preset, {}).get("training", {})
    options.dataset = options.dataset or training.get("dataset")
    if not (options.dataset or options.data):
        raise ValueError(
            f"{options.file} says no data set of its own: name one by "
            "--dataset or --data."
        )
    default = "validation" if options.dataset == "enwik8" else "test"
    where = data_options(options)
    split = options.split or default
    text = load_symbols(split, **where).recode(network.vocabulary)
    symbols = text.ids[: options.symbols]
    if options.dynamic:
        scores = dynamic_scores(options, network, symbols, where)
    else:
        scores = static_scores(options, network, symbols)
    # Of a part of the split it is not known how many are in it.
    if len(symbols) == len(text.ids):
        scores["unknown"] = text.unknown
    if options.json:
        print(json.dumps(scores))
    else:
        print(table(options, network, text, split, scores))
    return scores


def static_scores(options, network, symbols):
    """With fixed weights."""
    from graves_tf.text.scoring import TextScorer

    scorer = TextScorer(network)
    scorer.compile(jit_compile=True)
    return scorer.score(
        symbols,
        streams=options.batch_size or 64,
        progress=None if options.json else lambda x: progress(x, "batch"),
    )


def dynamic_scores(options, network, symbols, where):
    """With weights that learn on the way."""
    import keras

    from graves_tf.text import dynamic
    from graves_tf.text.symbols import load_symbols

    kind, length = network.vocabulary.kind, options.dynamic_length
    rate, decay = options.dynamic_rate, options.dynamic_decay
    if rate is None:
        rate = RATES[options.dynamic][kind]
    if decay is None:
        decay = DECAYS[kind]
    if options.dynamic == "sgd":
        optimizer = keras.optimizers.SGD(rate)
    else:
        training = load_symbols("train", **where).recode(network.vocabulary)
        optimizer = (
            dynamic.DynamicRMS(rate, decay),
            dynamic.mean_squares(network, training.ids, length=length),
        )
    sequences = 0 if options.json else -(-len(symbols) // length)
    with progress_of(sequences, "sequence") as advance:
        return dynamic.evaluate(network, symbols, optimizer, length, advance)


def table(options, network, text, split, scores):
    """The scores, and beside them the paper's of the same row."""
    from graves_tf.regularization import regularization_of

    kind = network.vocabulary.kind
    unknown = scores.get("unknown")
    lines = [
        f"{text.name}, {split}: {scores['symbols']} {kind}s"
        + (f", {unknown} of them unknown" if unknown else "")
    ]
    regularization = regularization_of(network)
    way = f"dynamic ({options.dynamic})" if options.dynamic else "static"
    theirs, row = paper_row(
        network.preset, regularization, bool(options.dynamic)
    )
    lines.append(
        f"{network.preset or 'network'}, regularisation "
        f"{regularization.replace('_', ' ')}, "
        f"{way}"
    )
    lines.append(f"{'':12}{'BPC':>8}{'perplexity':>12}{'error %':>9}")
    lines.append(
        f"{'measured':12}{scores['bits_per_character']:8.4f}"
        f"{scores['perplexity']:12.2f}{scores['error_percent']:9.2f}"
    )
    if row:
        bits, perplexity, error, epochs = row
        lines.append(
            f"{'the paper':12}{bits:8.2f}{perplexity:12d}{error:9.1f}"
            f"   ({epochs} epochs"
            + (f", {theirs.replace('_', ' ')}" * (theirs != regularization))
            + ")"
        )
    return "\n".join(lines)


def paper_row(preset, regularization, dynamic):
    """The regularisation and the row of Table 1 for a network.

    Where the paper has none of its regularisation, that of the paper's last;
    (None, None) for a network that is not the paper's.
    """
    rows = {
        name: row
        for (theirs, name, moving), row in TABLE_1.items()
        if (theirs, moving) == (preset, dynamic)
    }
    if not rows:
        return None, None
    theirs = regularization if regularization in rows else list(rows)[-1]
    return theirs, rows[theirs]
