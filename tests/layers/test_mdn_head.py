import numpy as np
import pytest
from keras import ops

from graves_tf.layers import MDNHead

B, T, D, M = 2, 3, 5, 4


def make(**arguments):
    rng = np.random.default_rng(0)
    layer = MDNHead(M, **arguments)
    layer.build((None, None, D))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer, rng.normal(size=(B, T, D)).astype("float32")


def test_layer(check_layer):
    _, x = make()
    check_layer(
        MDNHead,
        {"num_mixtures": M, "clip_gradient": 7.0, "held": [0.0, 1.0, 2.0, 3.0]},
        [x],
        outputs=[(B, T, 1 + 6 * M)],
        weights=[("kernel", (D, 1 + 6 * M)), ("bias", (1 + 6 * M,))],
    )


def test_it_is_linear():
    layer, x = make()
    kernel, bias = (w.astype("float64") for w in layer.get_weights())
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(x)), x @ kernel + bias, atol=1e-5
    )
    # One step of it, as sampling runs it.
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(x[:, 1])),
        (x @ kernel + bias)[:, 1],
        atol=1e-5,
    )


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_parts_are_side_by_side(dtype):
    layer, x = make(dtype=dtype)
    parts = [x[..., :2], x[..., 2:]]
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer([ops.convert_to_tensor(p) for p in parts])),
        ops.convert_to_numpy(layer(x)),
        atol=1e-5 if dtype == "float32" else 0.05,
    )


@pytest.mark.parametrize("limit", [None, 100.0, 0.5])
def test_clipping_at_the_outputs(differentiate, limit):
    """Each sequence's ∂L/∂ŷ is clipped; the loss is the mean over them."""
    layer, x = make(clip_gradient=limit)
    upstream = np.random.default_rng(1).normal(size=(B, T, 1 + 6 * M))
    upstream = upstream.astype("float32")
    _, (dx,), (dkernel, dbias) = differentiate(
        lambda x: ops.sum(layer(x) * upstream) / B, [x], layer.weights
    )
    bound = np.inf if limit is None else limit
    dy = np.clip(upstream.astype("float64"), -bound, bound) / B
    kernel = layer.get_weights()[0]
    np.testing.assert_allclose(dx, dy @ kernel.T, atol=1e-5)
    np.testing.assert_allclose(
        dkernel, np.einsum("btd,btn->dn", x, dy), atol=1e-5
    )
    np.testing.assert_allclose(dbias, dy.sum(axis=(0, 1)), atol=1e-5)


def test_of_a_held_gaussian_the_weight_alone_is_learned(differentiate):
    layer, x = make(held=(0.5, -0.25, 0.1, 0.2))
    held = np.zeros(1 + 6 * M, bool)
    # The last of μ̂1, μ̂2, σ̂1, σ̂2 and ρ̂.
    held[[8, 12, 16, 20]] = True
    outputs = ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(
        outputs[..., [8, 12, 16, 20]],
        np.broadcast_to([0.5, -0.25, *np.log([0.1, 0.2])], (B, T, 4)),
        atol=1e-6,
    )
    assert (outputs[..., -1] == 0).all()
    free, _ = make()
    held[-1] = True
    np.testing.assert_array_equal(
        outputs[..., ~held], ops.convert_to_numpy(free(x))[..., ~held]
    )
    upstream = np.random.default_rng(1).normal(size=outputs.shape)
    upstream = upstream.astype("float32")
    _, _, (dkernel, dbias) = differentiate(
        lambda x: ops.sum(layer(x) * upstream), [x], layer.weights
    )
    assert ((dkernel == 0) == held).all() and ((dbias == 0) == held).all()


@pytest.mark.parametrize("held", [(0, 0, 1), (0, 0, 1, 0), (0, 0, -1, 1)])
def test_bad_held(held):
    with pytest.raises(ValueError, match="`held` must be"):
        MDNHead(M, held=held)


def test_one_gaussian_cannot_be_held():
    with pytest.raises(ValueError, match="at least 2"):
        MDNHead(1, held=(0, 0, 1, 1))


@pytest.mark.parametrize("number", [0, 2.5])
def test_bad_number(number):
    with pytest.raises(ValueError, match="num_mixtures"):
        MDNHead(number)
