"""Bits, perplexity and errors of a text, every symbol once."""

import keras
import numpy as np
from keras import ops

from graves_tf.text.losses import symbol_nll

# Characters a word of Penn Treebank: "perplexity ≈ 2^(5.6 BPC)" (Sec. 3.1).
CHARACTERS_PER_WORD = 5.6


class TextScorer(keras.Model):
    """A text network with its loss at the top, from state to state.

    Args:
        network: a `TextPredictor`.

    Call arguments:
        inputs: dict of `symbols (B, T)`, `targets (B, T)`, and `state`, a
            list of `(B, H)`.

    Returns:
        Dict of `nll (B, T)` in nats, `wrong (B, T)`, 1 where another symbol
        was held more probable, both 0 at padding, and the next `state`.
    """

    def __init__(self, network):
        super().__init__(autocast=False, name="text_scorer")
        self.network = network
        self.built = True

    def call(self, inputs):
        targets = inputs["targets"]
        outputs, state = self.network.run(inputs["symbols"], inputs["state"])
        best = ops.cast(ops.argmax(outputs, axis=-1), targets.dtype)
        wrong = ops.logical_and(targets >= 0, best != targets)
        return {
            "nll": symbol_nll(targets, outputs),
            "wrong": ops.cast(wrong, "float32"),
            "state": state,
        }

    def score(
        self, symbols, streams=64, context=1000, length=100, progress=None
    ):
        """A whole text, with fixed weights.

        The text is cut into streams that are read side by side. Each begins
        `context` symbols early, which it reads but does not score, so that
        its state is what a reader from the text's start would have, or as
        good as: `streams=1` is that reader.

        Args:
            symbols: `(N,)`, whole numbers.
            streams: B.
            context: symbols read before those that are scored.
            length: T, steps at once.
            progress: wraps the iterable of steps, e.g. `tqdm`.

        Returns:
            `figures` of all N symbols.
        """
        symbols = np.asarray(symbols)
        rows, scored = _overlapping(symbols, streams, context, length)
        state = [
            ops.convert_to_numpy(s)
            for s in self.network.initial_state(len(rows))
        ]
        firsts = range(0, rows.shape[1] - 1, length)
        nats = wrong = 0.0
        for first in progress(firsts) if progress else firsts:
            here = slice(first, first + length)
            step = self.predict_on_batch(
                {
                    "symbols": rows[:, :-1][:, here],
                    "targets": rows[:, 1:][:, here],
                    "state": state,
                }
            )
            state = step["state"]
            counts = scored[:, here]
            nats += step["nll"].astype("float64")[counts].sum()
            wrong += step["wrong"][counts].sum()
        return figures(nats, wrong, len(symbols), self.network.vocabulary.kind)


def figures(nats, wrong, count, kind):
    """What is reported of a text.

    Args:
        nats: -log Pr of all its symbols, summed.
        wrong: how many were not the most probable.
        count: how many there are.
        kind: of symbol: `character`, `word` or `byte`.

    Returns:
        Dict of `bits_per_character`, `perplexity`, `error_percent`, `nats`
        and `symbols`. Between characters and words the paper's bridge is
        used: 5.6 characters a word. A byte's perplexity is a byte's.
    """
    bits = nats / count / np.log(2.0)
    per_character = bits / CHARACTERS_PER_WORD if kind == "word" else bits
    per_word = bits * CHARACTERS_PER_WORD if kind == "character" else bits
    return {
        "bits_per_character": float(per_character),
        "perplexity": float(2.0**per_word),
        "error_percent": float(100.0 * wrong / count),
        "nats": float(nats),
        "symbols": int(count),
    }


def _overlapping(symbols, streams, context, length):
    """Rows of a text, each begun early, and which of their targets count.

    Returns:
        `(B, 1 + n·length)`, -1 where there is nothing; column j + 1 follows
        column j. And `(B, n·length)` bool.
    """
    count = len(symbols)
    streams = max(1, min(streams, count))
    bounds = np.linspace(0, count, streams + 1).astype(int)
    starts = np.maximum(bounds[:-1] - context, 0)
    longest = (bounds[1:] - starts).max()
    columns = -(-longest // length) * length
    rows = np.full((streams, 1 + columns), -1, "int32")
    scored = np.zeros((streams, columns), bool)
    for b, (start, first, end) in enumerate(
        zip(starts, bounds[:-1], bounds[1:], strict=True)
    ):
        rows[b, 1 : 1 + end - start] = symbols[start:end]
        if start:
            rows[b, 0] = symbols[start - 1]
        scored[b, first - start : end - start] = True
    return rows, scored
