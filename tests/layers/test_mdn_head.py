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
        {"num_mixtures": M, "clip_gradient": 7.0},
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


@pytest.mark.parametrize("number", [0, 2.5])
def test_bad_number(number):
    with pytest.raises(ValueError, match="num_mixtures"):
        MDNHead(number)
