"""Networks of a few cells, and what they must compute."""

import types

import keras
import numpy as np
import pytest

from graves_tf.ink.alphabet import Alphabet
from graves_tf.networks import HandwritingPredictor
from graves_tf.networks import HandwritingSynthesizer

B, T, U = 2, 5, 4
TINY = {
    "hidden": (4, 5, 6),
    "num_mixtures": 2,
    "offset_mean": (0.25, -0.5),
    "offset_std": (2.0, 3.0),
}
ALPHABET = Alphabet(" abc")


def _fill(network, seed=0):
    """Large random weights, so that everything shows in the outputs."""
    rng = np.random.default_rng(seed)
    network.set_weights(
        [0.7 * rng.normal(size=w.shape) for w in network.weights]
    )
    return network


def _inputs(seed=1):
    rng = np.random.default_rng(seed)
    offsets = rng.normal(size=(B, T, 3)).astype("float32")
    offsets[:, 0] = 0
    characters = rng.integers(0, ALPHABET.size, (B, U)).astype("int32")
    characters[1, -1] = -1
    return {"offsets": offsets, "characters": characters}


@pytest.fixture
def quick_start(monkeypatch):
    """Full-size networks without the time that orthogonal matrices take."""
    monkeypatch.setattr(
        keras.initializers.Orthogonal,
        "__call__",
        lambda self, shape, dtype=None: keras.ops.zeros(shape, dtype),
    )


@pytest.fixture
def tiny():
    """`predictor(**arguments)`, `synthesizer(**arguments)` and `inputs()`."""
    return types.SimpleNamespace(
        predictor=lambda **arguments: _fill(
            HandwritingPredictor(**{**TINY, **arguments})
        ),
        synthesizer=lambda **arguments: _fill(
            HandwritingSynthesizer(
                **{
                    **TINY,
                    "alphabet": ALPHABET,
                    "num_gaussians": 3,
                    **arguments,
                }
            )
        ),
        inputs=_inputs,
    )


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _lstm(x, h, c, weights):
    """Eqs. 7 to 11 for one sequence."""
    kernel, recurrent, (wi, wf, wo), bias = weights
    zi, zf, zc, zo = np.split(x @ kernel + h @ recurrent + bias, 4)
    c_new = _sigmoid(zf + wf * c) * c + _sigmoid(zi + wi * c) * np.tanh(zc)
    return _sigmoid(zo + wo * c_new) * np.tanh(c_new), c_new


def _by_equations(network, offsets, characters=None):
    """ŷ of one sequence by Eqs. 1 to 11, 17 and 46 to 53, in float64.

    Args:
        network: only its weights are used.
        offsets: `(T, 3)`.
        characters: `(U,)`, without padding; None for a predictor.
    """

    def weights(layer):
        return [w.astype("float64") for w in layer.get_weights()]

    lstms = [
        weights(n if characters is None or i else n.lstm)
        for i, n in enumerate(network.lstms)
    ]
    states = [(np.zeros(n), np.zeros(n)) for n in network.hidden]
    if characters is not None:
        text = np.eye(network.alphabet.size)[characters]
        w, kappa = np.zeros(text.shape[1]), 0.0
        to_window, window_bias = weights(network.lstms[0].window)
        u = np.arange(1, len(text) + 1)[:, None]
    kernel, bias = weights(network.head)
    outputs = []
    for x in offsets.astype("float64"):
        for n, lstm in enumerate(lstms):
            # Eq. 52: layer 1 has the window of the step before. Eq. 53: the
            # others have this step's, and the layer below.
            parts = [x] if n == 0 else [x, states[n - 1][0]]
            if characters is not None:
                parts.append(w)
            states[n] = _lstm(np.concatenate(parts), *states[n], lstm)
            if n == 0 and characters is not None:
                p = states[0][0] @ to_window + window_bias
                alpha, beta, step = np.exp(np.split(p, 3))
                kappa = kappa + step
                phi = (alpha * np.exp(-beta * (kappa - u) ** 2)).sum(axis=1)
                w = phi @ text
        outputs.append(np.concatenate([h for h, _ in states]) @ kernel + bias)
    return np.array(outputs)


@pytest.fixture
def by_equations():
    """ŷ of a network by the paper's equations, see `_by_equations`."""
    return _by_equations
