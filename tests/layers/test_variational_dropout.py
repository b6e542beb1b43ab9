import numpy as np
import pytest
from keras import ops

from graves_tf.layers import MDNHead
from graves_tf.layers import PeepholeLSTM
from graves_tf.layers import SoftmaxHead
from graves_tf.layers import VariationalDropout
from graves_tf.layers import WindowedLSTM

B, T, D, H, A, U, K = 3, 5, 4, 6, 3, 4, 2
SHAPES = {
    "lstm": [(B, T, D)],
    "windowed": [(B, T, D), (B, U, A)],
    "mdn": [(B, T, D)],
    "softmax": [(B, T, D)],
}


def make(kind, rate, seed=0):
    """A layer, the part of it that reads cells, and inputs."""
    rng = np.random.default_rng(seed)
    noise = VariationalDropout(rate)
    if kind == "lstm":
        layer = PeepholeLSTM(H, weight_noise=noise, return_sequences=True)
        layer.build((None, None, D))
    elif kind == "windowed":
        layer = WindowedLSTM(H, K, weight_noise=noise)
        layer.build((None, None, D), (None, None, A))
    elif kind == "mdn":
        layer = MDNHead(2, weight_noise=noise)
        layer.build((None, None, D))
    else:
        layer = SoftmaxHead(7, weight_noise=noise)
        layer.build((None, None, D))
    for weight in layer.weights:
        weight.assign(0.5 * rng.normal(size=weight.shape))
    inputs = [rng.normal(size=s).astype("float32") for s in SHAPES[kind]]
    return layer, getattr(layer, "lstm", layer), inputs


def reading(part):
    """The weights that read cells, a row for each cell."""
    return getattr(part, "recurrent_kernel", part.kernel)


def drawn(part, rows=B):
    """The cells of the next call in training, which it draws again."""
    state = ops.convert_to_numpy(part.noise_seed.state)
    cells = part.drawn_reading(True, rows, reading(part).shape[0]).cells
    part.noise_seed.state.assign(state)
    return ops.convert_to_numpy(cells)


def run(differentiate, layer, inputs, **how):
    """The outputs' sum of squares, its gradients, and the first output."""
    first = []

    def loss(x):
        outputs = layer(x, *inputs[1:], **how)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        first.append(outputs[0])
        return sum(ops.sum(ops.square(y)) for y in outputs)

    _, dx, dweights = differentiate(loss, inputs[:1], layer.weights)
    outputs = layer(*inputs, **how)
    outputs = outputs[0] if isinstance(outputs, tuple) else outputs
    return ops.convert_to_numpy(outputs), dx[0], dweights


@pytest.mark.parametrize("kind", SHAPES)
def test_each_sequence_has_weights_of_its_own(differentiate, kind):
    """As a layer without the rows of the cells that are left out."""
    layer, part, inputs = make(kind, 0.5)
    cells = drawn(part)
    assert 0 < (cells == 0).mean() < 1
    assert set(np.unique(cells)) == {0, 2}
    state = ops.convert_to_numpy(part.noise_seed.state)

    def loss(x):
        outputs = layer(x, *inputs[1:], training=True)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return sum(ops.sum(ops.square(y)) for y in outputs)

    _, (dx,), gradients = differentiate(loss, inputs[:1], layer.weights)
    part.noise_seed.state.assign(state)
    outputs = layer(*inputs, training=True)
    outputs = outputs[0] if isinstance(outputs, tuple) else outputs
    place = [w is reading(part) for w in layer.weights].index(True)
    whole = ops.convert_to_numpy(reading(part))
    expected = [0.0 for _ in layer.weights]
    for row in range(B):
        reading(part).assign(cells[row][:, None] * whole)
        one = [x[row : row + 1] for x in inputs]
        y, dx_one, of_one = run(differentiate, layer, one, training=False)
        np.testing.assert_allclose(outputs[row], y[0], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(dx[row], dx_one[0], rtol=1e-4, atol=1e-4)
        of_one[place] = of_one[place] * cells[row][:, None]
        expected = [a + b for a, b in zip(expected, of_one, strict=True)]
    for ours, theirs in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", SHAPES)
def test_without_training_the_layer_is_the_papers(kind):
    layer, part, inputs = make(kind, 0.5)
    plain, _, _ = make(kind, 0.0)
    for training in (False, None, True):
        np.testing.assert_array_equal(
            *(
                ops.convert_to_numpy(y[0] if isinstance(y, tuple) else y)
                for y in (
                    plain(*inputs, training=training),
                    layer(*inputs, training=bool(training) and None),
                )
            )
        )
    # No random number was drawn for that.
    assert ops.convert_to_numpy(part.noise_seed.state)[1] == 0


def test_the_share_that_is_left_out():
    layer = PeepholeLSTM(400, weight_noise=VariationalDropout(0.3))
    layer.build((None, None, 2))
    first = drawn(layer, 50)
    error = 5 * np.sqrt(0.3 * 0.7 / first.size)
    assert (first == 0).mean() == pytest.approx(0.3, abs=error)
    np.testing.assert_allclose(first[first > 0], 1 / 0.7, rtol=1e-6)
    # Independent from sequence to sequence, and from batch to batch.
    assert ((first[1:] == 0) & (first[:-1] == 0)).mean() == pytest.approx(
        0.09, abs=error
    )
    layer.drawn_reading(True, 50, 400)
    again = drawn(layer, 50)
    assert ((first == 0) & (again == 0)).mean() == pytest.approx(
        0.09, abs=error
    )


def test_a_head_of_parts_side_by_side():
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(T, B, d)).astype("float32") for d in (3, 5)]
    heads = [
        MDNHead(2, weight_noise=VariationalDropout(0.5), time_major=True)
        for _ in range(2)
    ]
    outputs = []
    for head, inputs in zip(
        heads, (parts, np.concatenate(parts, axis=-1)), strict=True
    ):
        head.build((None, None, 8))
        head.set_weights(heads[0].get_weights())
        head.noise_seed.state.assign(heads[0].noise_seed.state)
        state = ops.convert_to_numpy(head.noise_seed.state)
        outputs.append(ops.convert_to_numpy(head(inputs, training=True)))
        head.noise_seed.state.assign(state)
    np.testing.assert_allclose(*outputs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_unusable_rates(rate):
    with pytest.raises(ValueError, match=f"rate={rate}"):
        VariationalDropout(rate)
