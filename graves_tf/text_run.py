"""Training on text (Sec. 3)."""

import itertools

import numpy as np

from graves_tf.command import data_options
from graves_tf.networks import TextPredictor
from graves_tf.networks.presets import PRESETS
from graves_tf.sampling.text_sampler import TextSampler
from graves_tf.starting_model import preset_line
from graves_tf.starting_model import reported
from graves_tf.starting_model import starting_model
from graves_tf.text.losses import SequenceNats
from graves_tf.text.losses import SymbolLoss
from graves_tf.text.scoring import CHARACTERS_PER_WORD
from graves_tf.text.scoring import TextScorer
from graves_tf.text.streams import TextStreams
from graves_tf.text.symbols import load_symbols
from graves_tf.training_run import TrainingRun
from graves_tf.whole_file import replacing
from graves_tf.write_text import in_pieces


def text_run(options, folder, resuming):
    """A `TrainingRun` on a text.

    Args:
        options: of `graves_tf.train`; `batch_size` is the number of streams.
        folder: the `RunFolder`.
        resuming: whether to go on from its `last.keras`.
    """
    where = data_options(options)
    text = load_symbols(options.split or "train", **where)
    held_out = load_symbols(options.validation_split or "validation", **where)
    preset = PRESETS.get(options.preset, {})
    streams = TextStreams(
        text.ids,
        options.batch_size,
        options.length,
        preset.get("reset_every"),
        shift=True,
    )

    def fresh(**arguments):
        return TextPredictor.from_preset(
            options.preset, vocabulary=text.vocabulary, **arguments
        )

    model = starting_model(
        options,
        folder,
        resuming,
        fresh,
        len(streams) * streams.streams,
        streams=streams.streams,
    )
    if model.vocabulary != text.vocabulary:
        raise ValueError(
            f"The network knows {model.vocabulary.size} "
            f"{model.vocabulary.kind}s, and {text.name} has others, "
            f"{text.vocabulary.size} {text.vocabulary.kind}s: train a fresh "
            "one, without --init-from."
        )
    model.compile(
        model.optimizer,
        SymbolLoss(),
        metrics=[SequenceNats()],
        jit_compile=not options.no_jit,
    )
    streams.start = int(model.optimizer.iterations)
    held_out = held_out.recode(model.vocabulary)
    scorer = TextScorer(model)
    scorer.compile(jit_compile=not options.no_jit)
    kind = model.vocabulary.kind
    per_character = CHARACTERS_PER_WORD if kind == "word" else 1.0
    figure = reported(model, options.regularization)
    return TrainingRun(
        model=model,
        batches=streams,
        validate=lambda: scorer.score(held_out.ids),
        logged=("bits_per_character", "perplexity", "error_percent"),
        scale=1.0 / (streams.length * np.log(2.0) * per_character),
        summary=(
            f"{preset_line(model, figure, 'bits a character')}\n"
            f"{text.name}: {len(text.ids)} {kind}s to train on, in "
            f"{streams.streams} streams and {len(streams)} updates a pass; "
            f"{len(held_out.ids)} to validate on"
            + (f", {held_out.unknown} of them unknown" * bool(held_out.unknown))
            + "."
        ),
        reported=figure,
        sample=lambda path, updates: write_sample(model, path, updates),
    )


def write_sample(model, folder, updates, count=1000):
    """What the network makes up, to `sample-NNNNNN.txt`."""
    drawn = itertools.islice(TextSampler(model).symbols(seed=1), count)
    pieces = in_pieces((int(symbols[0]) for symbols in drawn), model.vocabulary)
    with replacing(folder / f"sample-{updates:06d}.txt") as path:
        path.write_bytes(b"".join(pieces))
