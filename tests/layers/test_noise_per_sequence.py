"""Weight noise of each sequence's own: `per_sequence`."""

import numpy as np
import pytest
from keras import ops

from graves_tf.layers import AdaptiveWeightNoise
from graves_tf.layers import MDNHead
from graves_tf.layers import PeepholeLSTM
from graves_tf.layers import SoftmaxHead
from graves_tf.layers import WeightNoise
from graves_tf.layers import WindowedLSTM
from graves_tf.layers.weight_noise import folded

B, T, D, H, A, U, K, V = 3, 5, 4, 6, 3, 4, 2, 7
FLOATS = {
    "lstm": [(B, T, D)],
    "symbols": [(B, T, D)],
    "windowed": [(B, T, D), (B, U, A)],
    "mdn": [(B, T, D)],
    "softmax": [(B, T, D)],
}
NOISES = [
    WeightNoise(0.3, per_sequence=True),
    AdaptiveWeightNoise(0.3, sequences=7, per_sequence=True),
]


def make(kind, noise, seed=0):
    """A layer with random weights, and inputs for it."""
    rng = np.random.default_rng(seed)
    if kind in ("lstm", "symbols"):
        symbols = V if kind == "symbols" else None
        layer = PeepholeLSTM(
            H, symbols=symbols, weight_noise=noise, return_sequences=True
        )
        above = [(None, None)] if symbols else []
        layer.build([*above, (None, None, D)])
    elif kind == "windowed":
        layer = WindowedLSTM(H, K, weight_noise=noise)
        layer.build((None, None, D), (None, None, A))
    elif kind == "mdn":
        layer = MDNHead(2, weight_noise=noise)
        layer.build((None, None, D))
    else:
        layer = SoftmaxHead(V, weight_noise=noise)
        layer.build((None, None, D))
    for weight in ordinary(layer):
        weight.assign(0.5 * rng.normal(size=weight.shape))
    floats = [rng.normal(size=s).astype("float32") for s in FLOATS[kind]]
    symbols = rng.integers(V, size=(B, T))
    return layer, floats, symbols


def parts(layer):
    """The layers that hold the weights."""
    if isinstance(layer, WindowedLSTM):
        return [layer.lstm, layer.window]
    return [layer]


def ordinary(layer):
    return [w for part in parts(layer) for w in part.ordinary_weights]


def call(layer, kind, floats, symbols, **how):
    x, *others = floats
    if kind == "symbols":
        x = [symbols, x]
    outputs = layer(x, *others, **how)
    return outputs[0] if isinstance(outputs, tuple) else outputs


def drawn(layer, kind):
    """What the next call in training draws: each sequence's own weights.

    A list of `(B, ...)` arrays, and for those that have a kernel's rows the
    signs that their noise is multiplied with.
    """
    states = [ops.convert_to_numpy(p.noise_seed.state) for p in parts(layer)]
    weights = [w for p in parts(layer) for w in p.drawn_weights(True, B)]
    weights = [ops.convert_to_numpy(w) for w in weights]
    part = parts(layer)[0]
    one = np.ones

    def signs(units, **how):
        cells = part.drawn_reading(True, B, units, **how).cells
        return ops.convert_to_numpy(cells)

    if kind in ("mdn", "softmax"):
        of = [signs(D)]
    elif kind == "windowed":
        of_cells = signs(H)
        of = [np.hstack([one((B, D)), signs(A, inputs=True)]), of_cells]
    else:
        inputs = signs(D, inputs=True)
        rows = V if kind == "symbols" else 0
        of = [np.hstack([one((B, rows)), inputs]), signs(H)]
    for p, state in zip(parts(layer), states, strict=True):
        p.noise_seed.state.assign(state)
    own = []
    for weight, value in zip(ordinary(layer), weights, strict=True):
        if len(own) < len(of):
            mean, noise = np.split(value, 2)
            np.testing.assert_array_equal(mean, ops.convert_to_numpy(weight))
            value = mean + of[len(own)][:, :, None] * noise
        else:
            value = np.broadcast_to(value, (B, *value.shape))
        own.append(value)
    return own, of


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("kind", FLOATS)
def test_each_sequence_has_weights_of_its_own(differentiate, kind, noise):
    """As a layer without noise that has them, and so have the gradients."""
    layer, floats, symbols = make(kind, noise)
    quiet, _, _ = make(kind, None)
    own, of = drawn(layer, kind)
    states = [ops.convert_to_numpy(p.noise_seed.state) for p in parts(layer)]
    variables = [w for p in parts(layer) for w in p.weights]

    def loss(x):
        for p, state in zip(parts(layer), states, strict=True):
            p.noise_seed.state.assign(state)
        inputs = [x, *floats[1:]]
        return ops.sum(
            ops.square(call(layer, kind, inputs, symbols, training=True))
        )

    value, (dx,), gradients = differentiate(loss, floats[:1], variables)
    means, noises = [], []
    expected = 0.0
    for row in range(B):
        for weight, values in zip(ordinary(quiet), own, strict=True):
            weight.assign(values[row])
        inputs = [x[row : row + 1] for x in floats]
        one = symbols[row : row + 1]

        def loss_of_one(x, inputs=inputs, one=one):
            outputs = call(quiet, kind, [x, *inputs[1:]], one)
            return ops.sum(ops.square(outputs))

        nats, (dx_one,), of_one = differentiate(
            loss_of_one, inputs[:1], ordinary(quiet)
        )
        expected += nats
        np.testing.assert_allclose(dx[row], dx_one[0], rtol=1e-3, atol=1e-3)
        means.append(of_one)
        signed = [g * s[row][:, None] for g, s in zip(of_one, of, strict=False)]
        noises.append(signed + list(of_one[len(signed) :]))
    assert value == pytest.approx(expected, rel=1e-4)
    gradients = dict(zip((w.path for w in variables), gradients, strict=True))
    for i, weight in enumerate(ordinary(layer)):
        np.testing.assert_allclose(
            gradients[weight.path],
            sum(g[i] for g in means),
            rtol=1e-3,
            atol=1e-3,
        )
        if isinstance(noise, AdaptiveWeightNoise):
            # B times the square of the mean, the loss being a sum here.
            of_std = B * (0.3 * sum(g[i] for g in noises)) ** 2
            np.testing.assert_allclose(
                gradients[f"{weight.path}_log_std"],
                of_std,
                rtol=1e-3,
                atol=1e-3,
            )


def test_the_noise_of_a_sequence():
    """Of the right size, and of no sequence like another's."""
    layer = SoftmaxHead(50, weight_noise=WeightNoise(0.2, per_sequence=True))
    layer.build((None, None, 400))
    kernel, bias = layer.drawn_weights(True, 3)
    assert kernel.shape == (800, 50) and bias.shape == (50,)
    noise = ops.convert_to_numpy(kernel)[400:]
    signs = ops.convert_to_numpy(layer.drawn_reading(True, 3, 400).cells)
    assert set(np.unique(signs)) == {-1, 1}
    own = signs[:, :, None] * noise
    error = 5 / np.sqrt(noise.size)
    assert own.std() == pytest.approx(0.2, rel=error)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        # The signs are 400, one for each row of the 50.
        assert abs(np.mean(own[a] * own[b])) < 0.04 * 5 / np.sqrt(400)


def test_without_training_the_layer_is_as_it_was():
    for kind in FLOATS:
        quiet, floats, symbols = make(kind, None)
        noisy, _, _ = make(kind, NOISES[0])
        np.testing.assert_array_equal(
            ops.convert_to_numpy(call(noisy, kind, floats, symbols)),
            ops.convert_to_numpy(call(quiet, kind, floats, symbols)),
        )


def test_zero_noise_is_no_noise_to_the_bit():
    quiet, floats, symbols = make("windowed", None)
    noisy, _, _ = make("windowed", WeightNoise(0.0, per_sequence=True))
    np.testing.assert_array_equal(
        ops.convert_to_numpy(
            call(noisy, "windowed", floats, symbols, training=True)
        ),
        ops.convert_to_numpy(call(quiet, "windowed", floats, symbols)),
    )


def test_folded():
    kernel = np.arange(12.0).reshape(6, 2)
    rows = ops.convert_to_numpy(folded(kernel, 1, 2))
    np.testing.assert_array_equal(rows[0], kernel[0] + kernel[3])
    np.testing.assert_array_equal(rows[1:3], kernel[1:3])
    np.testing.assert_array_equal(rows[3:], kernel[4:])
    assert folded(kernel, 1, 1) is kernel
    assert folded(kernel, 0, 2) is kernel
