import numpy as np
import pytest
from keras import ops

from graves_tf.layers import WindowedLSTM

B, T, U, D, A, H, K = 3, 7, 5, 3, 4, 6, 2


def make(**arguments):
    """A built layer with large random weights, and inputs for it."""
    rng = np.random.default_rng(0)
    layer = WindowedLSTM(H, K, **arguments)
    layer.build((None, None, D), (None, None, A))
    weights = [0.6 * rng.normal(size=w.shape) for w in layer.weights]
    # The window: about one character a step, and wide.
    weights[-1] = np.repeat([0.2, -1.0, -0.5], K)
    layer.set_weights(weights)
    x = rng.normal(size=(B, T, D)).astype("float32")
    characters = np.eye(A, dtype="float32")[rng.integers(0, A, (B, U))]
    upstream = [rng.normal(size=(B, T, n)).astype("float32") for n in (H, A, K)]
    return layer, x, characters, upstream


def by_steps(layer, x, characters):
    """What `call` returns, a step at a time."""
    state = layer.initial_state(len(x), A)
    outputs = []
    for t in range(T):
        h, w, _, state = layer.step(x[:, t], characters, state)
        outputs.append((h, w, state[3]))
    return [ops.stack(y, axis=1) for y in zip(*outputs, strict=True)]


def total(outputs, upstream):
    return sum(
        ops.sum(y * u) / B for y, u in zip(outputs, upstream, strict=True)
    )


def close(actual, expected, tolerance=2e-5):
    for a, e in zip(actual, expected, strict=True):
        scale = max(1.0, np.abs(e).max())
        np.testing.assert_allclose(a / scale, e / scale, atol=tolerance)


def test_layer(check_layer):
    _, x, characters, _ = make()
    check_layer(
        WindowedLSTM,
        {
            "units": H,
            "num_gaussians": K,
            "clip_gradient": 10.0,
            "characters_per_point": 0.3,
        },
        [x, characters],
        outputs=[(B, T, H), (B, T, A), (B, T, K)],
        weights=[
            ("kernel", (D + A, 4 * H)),
            ("recurrent_kernel", (H, 4 * H)),
            ("peephole_kernel", (3, H)),
            ("bias", (4 * H,)),
            ("kernel", (H, 3 * K)),
            ("bias", (3 * K,)),
        ],
    )


def test_step_is_call():
    layer, x, characters, _ = make()
    outputs = [ops.convert_to_numpy(y) for y in layer(x, characters)]
    steps = by_steps(layer, ops.convert_to_tensor(x), characters)
    for y, step in zip(outputs, steps, strict=True):
        np.testing.assert_allclose(y, ops.convert_to_numpy(step), atol=2e-6)
    # The window has seen most of the text: the test above is one of all of it.
    assert 3 < outputs[2].max() < 2 * U


def test_gradient_is_that_of_the_steps(differentiate):
    """The derivative written out, against automatic differentiation."""
    layer, x, characters, upstream = make()
    value, inputs, weights = differentiate(
        lambda x: total(layer(x, characters), upstream), [x], layer.weights
    )
    expected = differentiate(
        lambda x: total(by_steps(layer, x, characters), upstream),
        [x],
        layer.weights,
    )
    assert value == pytest.approx(expected[0], rel=1e-5)
    close(inputs + weights, expected[1] + expected[2])
    assert all(np.abs(d).max() > 1e-3 for d in inputs + weights)


def test_padding_of_the_text_is_nothing(differentiate):
    layer, x, characters, upstream = make()
    padded = np.concatenate([characters, np.zeros((B, 3, A), "float32")], 1)
    runs = [
        differentiate(
            lambda x, text=text: total(layer(x, text), upstream),
            [x],
            layer.weights,
        )
        for text in (characters, padded)
    ]
    assert runs[0][0] == pytest.approx(runs[1][0], rel=1e-6)
    close(runs[0][1] + runs[0][2], runs[1][1] + runs[1][2], 1e-6)


def test_the_window_is_seen_a_step_later():
    """w_t comes from h_t; it changes h at t + 1, not before (Eq. 52)."""
    layer, x, characters, _ = make()
    h, w, _ = (ops.convert_to_numpy(y) for y in layer(x, characters))
    other = np.roll(characters, 1, axis=-1)
    h2, w2, _ = (ops.convert_to_numpy(y) for y in layer(x, other))
    assert np.abs(w2[:, 0] - w[:, 0]).max() > 1e-2
    np.testing.assert_array_equal(h2[:, 0], h[:, 0])
    assert np.abs(h2[:, 1] - h[:, 1]).max() > 1e-3


def test_clipping_does_not_depend_on_the_batch(differentiate):
    layer, x, characters, upstream = make(clip_gradient=0.05)

    def gradient(rows):
        def loss(x):
            outputs = layer(x, characters[rows])
            return sum(
                ops.sum(y * u[rows]) / len(u[rows])
                for y, u in zip(outputs, upstream, strict=True)
            )

        return differentiate(loss, [x[rows]], layer.weights)[2]

    whole = gradient(slice(2))
    alone = [gradient(slice(b, b + 1)) for b in range(2)]
    close(whole, [np.mean(d, axis=0) for d in zip(*alone, strict=True)])
    # A bias sums dz over the steps: clipped, it is at most T times the limit.
    assert np.abs(whole[3]).max() <= 0.05 * T * (1 + 1e-5)
    free = make()[0]
    unclipped = differentiate(
        lambda x: total(free(x, characters), upstream), [x], free.weights
    )[2]
    assert np.abs(unclipped[3]).max() > 0.05 * T


def test_limits_out_of_reach_change_nothing(differentiate):
    gradients = []
    for limit in (None, 1e6):
        layer, x, characters, upstream = make(clip_gradient=limit)
        gradients.append(
            differentiate(
                lambda x, layer=layer, characters=characters, u=upstream: total(
                    layer(x, characters), u
                ),
                [x],
                layer.weights,
            )[2]
        )
    close(*gradients, 1e-6)


def test_time_major(differentiate):
    layer, x, characters, upstream = make(clip_gradient=0.05)
    other, *_ = make(clip_gradient=0.05, time_major=True)
    value, (dx,), weights = differentiate(
        lambda x: total(layer(x, characters), upstream), [x], layer.weights
    )
    turned = [u.transpose(1, 0, 2) for u in upstream]
    other_value, (other_dx,), other_weights = differentiate(
        lambda x: total(other(x, characters), turned),
        [x.transpose(1, 0, 2)],
        other.weights,
    )
    assert other_value == pytest.approx(value, rel=1e-6)
    close(other_weights, weights, 1e-6)
    close([other_dx.transpose(1, 0, 2)], [dx], 1e-6)
