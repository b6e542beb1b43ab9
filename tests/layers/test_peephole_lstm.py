import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import PeepholeLSTM

B, T, D, H = 3, 6, 4, 5


def make(seed=0, peepholes=1.0, **arguments):
    """A built layer with large random weights, and inputs for it."""
    rng = np.random.default_rng(seed)
    layer = PeepholeLSTM(H, **arguments)
    layer.build((None, None, D))
    layer.set_weights(
        [rng.normal(size=w.shape) for w in layer.weights[:2]]
        + [peepholes * rng.normal(size=(3, H)), rng.normal(size=4 * H)]
    )
    x, upstream = (rng.normal(size=(B, T, n)).astype("float32") for n in (D, H))
    h0, c0 = rng.normal(size=(2, B, H)).astype("float32")
    return layer, x, h0, c0, upstream


def numpy_lstm(weights, x, h0, c0, upstream, limit=np.inf):
    """Eqs. 7-11 and their back-propagation through time, in float64.

    The loss of each sequence is `sum(upstream * h)`, the whole loss their
    mean. As Sec. 2.1 has it, each sequence's derivatives with respect to the
    inputs of the gates are clipped, before anything else is made of them.
    """
    kernel, recurrent, (wi, wf, wo), bias = (
        np.asarray(w, "float64") for w in weights
    )
    x, h0, c0, upstream = (
        np.asarray(a, "float64") for a in (x, h0, c0, upstream)
    )

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    outputs = np.zeros(upstream.shape)
    dx = np.zeros(x.shape)
    dh0, dc0 = np.zeros(h0.shape), np.zeros(c0.shape)
    dkernel, drecurrent, dbias = (
        np.zeros(a.shape) for a in (kernel, recurrent, bias)
    )
    dpeepholes = np.zeros((3, len(wi)))
    largest = 0.0
    for b in range(len(x)):
        h, c, tape = h0[b], c0[b], []
        for t in range(x.shape[1]):
            zi, zf, zg, zo = np.split(
                x[b, t] @ kernel + h @ recurrent + bias, 4
            )
            i, f = sigmoid(zi + wi * c), sigmoid(zf + wf * c)
            g = np.tanh(zg)
            new_c = f * c + i * g
            o = sigmoid(zo + wo * new_c)
            tape.append((h, c, i, f, g, o, new_c))
            h, c = o * np.tanh(new_c), new_c
            outputs[b, t] = h
        dh, dc = np.zeros(len(wi)), np.zeros(len(wi))
        for t in reversed(range(x.shape[1])):
            h, c, i, f, g, o, new_c = tape[t]
            dh = dh + upstream[b, t]
            do = dh * np.tanh(new_c) * o * (1 - o)
            largest = max(largest, abs(do).max())
            do = np.clip(do, -limit, limit)
            dc = dc + dh * o * (1 - np.tanh(new_c) ** 2) + wo * do
            rest = [
                dc * g * i * (1 - i),
                dc * c * f * (1 - f),
                dc * i * (1 - g**2),
            ]
            largest = max(largest, np.abs(rest).max())
            di, df, dg = np.clip(rest, -limit, limit)
            dz = np.concatenate([di, df, dg, do])
            dkernel += np.outer(x[b, t], dz)
            drecurrent += np.outer(h, dz)
            dbias += dz
            dpeepholes += [di * c, df * c, do * new_c]
            dx[b, t] = kernel @ dz
            dh = recurrent @ dz
            dc = f * dc + wi * di + wf * df
        dh0[b], dc0[b] = dh, dc
    gradients = [dx, dh0, dc0, dkernel, drecurrent, dpeepholes, dbias]
    return outputs, [d / len(x) for d in gradients], largest


def mean_loss(layer, upstream, **arguments):
    """`numpy_lstm`'s loss, with the layer."""

    def loss(x, h0, c0):
        h = layer(x, initial_state=[h0, c0], **arguments)
        return ops.sum(h * upstream) / len(upstream)

    return loss


def close(actual, expected, tolerance=2e-5):
    for a, e in zip(actual, expected, strict=True):
        scale = max(1.0, np.abs(e).max())
        np.testing.assert_allclose(a / scale, e / scale, atol=tolerance)


@pytest.mark.parametrize(
    "sequences, state", [(False, False), (True, False), (True, True)]
)
def test_layer(check_layer, sequences, state):
    x = np.random.default_rng(0).normal(size=(B, T, D)).astype("float32")
    output = (B, T, H) if sequences else (B, H)
    check_layer(
        PeepholeLSTM,
        {
            "units": H,
            "clip_gradient": 10.0,
            "return_sequences": sequences,
            "return_state": state,
            "unit_forget_bias": False,
        },
        [x],
        outputs=[output, (B, H), (B, H)] if state else [output],
        weights=[
            ("kernel", (D, 4 * H)),
            ("recurrent_kernel", (H, 4 * H)),
            ("peephole_kernel", (3, H)),
            ("bias", (4 * H,)),
        ],
    )


def test_what_is_returned():
    layer, x, *_ = make(return_sequences=True, return_state=True)
    sequence, h, c = (ops.convert_to_numpy(y) for y in layer(x))
    np.testing.assert_array_equal(sequence[:, -1], h)
    assert np.abs(c).max() > np.abs(h).max()
    layer.return_sequences = layer.return_state = False
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), h)


def test_initial_weights():
    layer = PeepholeLSTM(H)
    layer.build((None, None, D))
    kernel, recurrent, peepholes, bias = layer.get_weights()
    np.testing.assert_array_equal(bias.reshape(4, H)[[0, 2, 3]], 0)
    np.testing.assert_array_equal(bias.reshape(4, H)[1], 1)
    np.testing.assert_array_equal(peepholes, 0)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(H), atol=1e-5)
    assert np.abs(kernel).max() > 0


@pytest.mark.parametrize("arguments", [{"units": 0}, {"units": 2.5}])
def test_bad_units(arguments):
    with pytest.raises(ValueError, match="units"):
        PeepholeLSTM(**arguments)


@pytest.mark.parametrize("limit", [0, -1.0])
def test_bad_limit(limit):
    with pytest.raises(ValueError, match="clip_gradient"):
        PeepholeLSTM(3, clip_gradient=limit)


def test_any_length_and_batch():
    layer, *_ = make(return_sequences=True)
    inputs = keras.Input((None, D))
    outputs = layer(inputs)
    assert outputs.shape == (None, None, H)
    model = keras.Model(inputs, outputs)
    x = np.random.default_rng(0).normal(size=(4, 9, D)).astype("float32")
    long = model.predict(x, verbose=0)
    short = model.predict(x[:2, :5], verbose=0)
    np.testing.assert_allclose(short, long[:2, :5], atol=1e-6)


@pytest.mark.parametrize("time_major", [False, True])
def test_parts_are_as_good_as_the_whole(differentiate, time_major):
    layer, x, _, _, upstream = make(
        return_sequences=True, time_major=time_major, clip_gradient=1.0
    )
    if time_major:
        x, upstream = x.transpose(1, 0, 2), upstream.transpose(1, 0, 2)
    parts = [x[..., :1], x[..., 1:3], x[..., 3:]]

    def of_parts(*parts):
        return ops.mean(layer(list(parts)) * upstream)

    def of_whole(x):
        return ops.mean(layer(x) * upstream)

    value, dparts, dweights = differentiate(of_parts, parts, layer.weights)
    expected, (dx,), dweights_ = differentiate(of_whole, [x], layer.weights)
    assert value == pytest.approx(expected, rel=1e-5)
    close(np.concatenate(dparts, axis=-1), dx)
    for ours, theirs in zip(dweights, dweights_, strict=True):
        close(ours, theirs)


def test_a_mask_that_keras_hands_on_for_parts():
    layer, x, *_ = make(return_sequences=True)
    mask = np.arange(T) < np.array([T, 2, 4])[:, None]
    parts = [x[..., :1], x[..., 1:]]
    expected = ops.convert_to_numpy(layer(x, mask=mask))
    masked = ops.convert_to_numpy(layer(parts, mask=[None, mask]))
    np.testing.assert_allclose(masked, expected, atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_without_peepholes_it_is_keras_lstm(differentiate, masked):
    ours, x, h0, c0, upstream = make(
        peepholes=0.0, return_sequences=True, return_state=True
    )
    theirs = keras.layers.LSTM(H, return_sequences=True, return_state=True)
    theirs.build((None, T, D))
    kernel, recurrent, _, bias = ours.get_weights()
    theirs.set_weights([kernel, recurrent, bias])
    mask = None
    if masked:
        # Their output before a row's first step is zero, not h0.
        mask = np.random.default_rng(1).random((B, T)) < 0.6
        mask[:, 0] = True
        mask[0, -2:] = False

    def run(layer):
        def loss(x, h0, c0):
            h, h_last, c_last = layer(x, initial_state=[h0, c0], mask=mask)
            return (
                ops.sum(h * upstream)
                + ops.sum(h_last * h0)
                + ops.sum(ops.square(c_last))
            )

        return loss

    weights = [ours.kernel, ours.recurrent_kernel, ours.bias]
    value, *gradients = differentiate(run(ours), [x, h0, c0], weights)
    expected = differentiate(run(theirs), [x, h0, c0], theirs.weights)
    assert value == pytest.approx(expected[0], rel=1e-5)
    for ours_, theirs_ in zip(gradients, expected[1:], strict=True):
        close(ours_, theirs_)
    for a, b in zip(
        ours(x, mask=mask, initial_state=[h0, c0]),
        theirs(x, mask=mask, initial_state=[h0, c0]),
        strict=True,
    ):
        np.testing.assert_allclose(
            ops.convert_to_numpy(a), ops.convert_to_numpy(b), atol=1e-5
        )


@pytest.mark.tensorflow
def test_with_peepholes_it_is_block_lstm(differentiate):
    import tensorflow as tf

    layer, x, h0, c0, upstream = make(return_sequences=True)

    def block(x, h0, c0, kernel, recurrent, peepholes, bias):
        def reorder(w):  # i, f, c, o -> i, c, f, o
            i, f, c, o = tf.split(w, 4, axis=-1)
            return tf.concat([i, c, f, o], axis=-1)

        result = tf.raw_ops.BlockLSTM(
            seq_len_max=T,
            x=tf.transpose(x, (1, 0, 2)),
            cs_prev=c0,
            h_prev=h0,
            w=reorder(tf.concat([kernel, recurrent], axis=0)),
            wci=peepholes[0],
            wcf=peepholes[1],
            wco=peepholes[2],
            b=reorder(bias),
            forget_bias=0.0,
            cell_clip=-1.0,
            use_peephole=True,
        )
        return tf.reduce_sum(tf.transpose(result.h, (1, 0, 2)) * upstream) / B

    value, inputs, weights = differentiate(
        mean_loss(layer, upstream), [x, h0, c0], layer.weights
    )
    expected, gradients, _ = differentiate(
        block, [x, h0, c0, *layer.get_weights()]
    )
    assert value == pytest.approx(expected, rel=1e-5)
    close(inputs + weights, gradients)


@pytest.mark.parametrize("limit", [None, 0.1, 1e6])
def test_against_numpy(differentiate, limit):
    layer, x, h0, c0, upstream = make(
        return_sequences=True, clip_gradient=limit
    )
    h, expected, largest = numpy_lstm(
        layer.get_weights(), x, h0, c0, upstream, limit or np.inf
    )
    assert largest > 0.5
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(x, initial_state=[h0, c0])), h, atol=1e-5
    )
    _, inputs, weights = differentiate(
        mean_loss(layer, upstream), [x, h0, c0], layer.weights
    )
    close(inputs + weights, expected)
    if limit == 0.1:
        *_, free, _, _ = numpy_lstm(layer.get_weights(), x, h0, c0, upstream)[1]
        assert np.abs(free - weights[1]).max() > 0.1


def test_numpy_by_finite_differences():
    """The transcription above is itself right."""
    layer, x, h0, c0, upstream = make()
    arrays = [x, h0, c0, *layer.get_weights()]
    arrays = [np.asarray(a, "float64") for a in arrays]

    def run(arrays):
        x, h0, c0, *weights = arrays
        return numpy_lstm(weights, x, h0, c0, upstream)

    gradients = run(arrays)[1]
    rng = np.random.default_rng(5)
    for k in range(len(arrays)):
        direction = rng.normal(size=arrays[k].shape)
        values = []
        for sign in (1, -1):
            moved = list(arrays)
            moved[k] = arrays[k] + sign * 1e-5 * direction
            values.append(np.sum(run(moved)[0] * upstream) / B)
        assert (values[0] - values[1]) / 2e-5 == pytest.approx(
            np.sum(gradients[k] * direction), rel=1e-6
        )


def test_clipping_does_not_depend_on_the_batch(differentiate):
    """A batch's gradient is the mean of its sequences' own, clipped alone."""
    layer, x, h0, c0, upstream = make(return_sequences=True, clip_gradient=0.1)

    def gradient(rows):
        return differentiate(
            mean_loss(layer, upstream[rows]),
            [x[rows], h0[rows], c0[rows]],
            layer.weights,
        )[2]

    whole = gradient(slice(None))
    alone = [gradient(slice(b, b + 1)) for b in range(B)]
    close(whole, [np.mean(d, axis=0) for d in zip(*alone, strict=True)])


def test_step_is_call():
    layer, x, h0, c0, _ = make(return_sequences=True, return_state=True)
    sequence, *last = layer(x, initial_state=[h0, c0])
    state = [ops.convert_to_tensor(h0), ops.convert_to_tensor(c0)]
    for t in range(T):
        h, state = layer.step(ops.convert_to_tensor(x[:, t]), state)
        np.testing.assert_allclose(
            ops.convert_to_numpy(h),
            ops.convert_to_numpy(sequence[:, t]),
            atol=1e-6,
        )
    for a, b in zip(state, last, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(a), ops.convert_to_numpy(b), atol=1e-6
        )


def test_initial_state_is_zeros():
    layer, x, *_ = make(return_sequences=True)
    state = layer.initial_state(B)
    assert [tuple(s.shape) for s in state] == [(B, H), (B, H)]
    np.testing.assert_array_equal(
        ops.convert_to_numpy(layer(x)),
        ops.convert_to_numpy(layer(x, initial_state=state)),
    )


@pytest.mark.parametrize("limit", [None, 0.1])
def test_masked_steps_are_as_if_left_out(differentiate, limit):
    """Row by row: the same as the row without its masked steps."""
    layer, x, h0, c0, upstream = make(
        return_sequences=True, clip_gradient=limit
    )
    mask = np.array(
        [[1, 1, 1, 1, 0, 0], [0, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1]], bool
    )
    upstream = upstream * mask[:, :, None]
    value, (dx, dh0, dc0), weights = differentiate(
        mean_loss(layer, upstream, mask=mask), [x, h0, c0], layer.weights
    )
    np.testing.assert_array_equal(dx[~mask], 0)
    total, expected = 0.0, [0.0] * 4
    for b in range(B):
        row = [a[b : b + 1] for a in (h0, c0)]
        kept = [a[b : b + 1, mask[b]] for a in (x, upstream)]
        h, gradients, _ = numpy_lstm(
            layer.get_weights(), kept[0], *row, kept[1], limit or np.inf
        )
        total += np.sum(h * kept[1]) / B
        close(
            [dx[b, mask[b]], dh0[b], dc0[b]],
            [d[0] / B for d in gradients[:3]],
        )
        expected = [
            e + d / B for e, d in zip(expected, gradients[3:], strict=True)
        ]
    assert value == pytest.approx(total, rel=1e-5)
    close(weights, expected)


def test_masked_state_stands_still():
    layer, x, h0, c0, _ = make(return_sequences=True, return_state=True)
    mask = np.ones((B, T), bool)
    mask[:, 3:] = False
    sequence, h, c = layer(x, mask=mask, initial_state=[h0, c0])
    shorter = layer(x[:, :3], initial_state=[h0, c0])
    np.testing.assert_allclose(
        ops.convert_to_numpy(sequence[:, 3:]),
        np.repeat(ops.convert_to_numpy(shorter[1])[:, None], T - 3, axis=1),
        atol=1e-6,
    )
    for a, b in zip((h, c), shorter[1:], strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(a), ops.convert_to_numpy(b), atol=1e-6
        )


def test_a_keras_mask_is_used():
    layer, x, *_ = make(return_sequences=True)
    x[:, 3:] = 0
    masked = keras.Sequential([keras.layers.Masking(), layer])
    np.testing.assert_allclose(
        ops.convert_to_numpy(masked(x)),
        ops.convert_to_numpy(layer(x, mask=np.any(x != 0, axis=-1))),
        atol=1e-6,
    )
    assert masked(x)._keras_mask is not None


def test_bfloat16_gradients_are_near(differentiate):
    narrow, x, h0, c0, upstream = make(
        return_sequences=True, clip_gradient=10.0, dtype="mixed_bfloat16"
    )
    wide, *_ = make(return_sequences=True, clip_gradient=10.0)
    gradients = [
        differentiate(mean_loss(layer, upstream), [x, h0, c0], layer.weights)
        for layer in (narrow, wide)
    ]
    for near, exact in zip(
        gradients[0][1] + gradients[0][2],
        gradients[1][1] + gradients[1][2],
        strict=True,
    ):
        assert near.dtype == "float32"
        assert 0 < np.linalg.norm(near - exact) < 0.05 * np.linalg.norm(exact)


def test_time_major(differentiate):
    """The same with the time first, gradients and clipping included."""
    gradients, values = [], []
    for time_major in (False, True):
        layer, x, h0, c0, upstream = make(
            return_sequences=True, clip_gradient=0.1, time_major=time_major
        )
        mask = np.random.default_rng(1).random((B, T)) < 0.7
        if time_major:
            x, upstream = (a.transpose(1, 0, 2) for a in (x, upstream))
            mask = mask.T

        def loss(x, h0, c0, layer=layer, mask=mask, upstream=upstream):
            h = layer(x, initial_state=[h0, c0], mask=mask)
            return ops.sum(h * upstream) / B

        value, (dx, *rest), weights = differentiate(
            loss, [x, h0, c0], layer.weights
        )
        dx = dx.transpose(1, 0, 2) if time_major else dx
        values.append(value)
        gradients.append([dx, *rest, *weights])
        assert layer.get_config()["time_major"] is time_major
    assert values[0] == pytest.approx(values[1], rel=1e-6)
    close(*gradients, 1e-6)
