import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import SoftmaxHead
from graves_tf.text.losses import symbol_nll

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 5, 6)).astype("float32")
KERNEL = RNG.normal(size=(6, 9)).astype("float32")
BIAS = RNG.normal(size=9).astype("float32")
TARGETS = RNG.integers(9, size=(2, 5))


def make(dtype):
    head = SoftmaxHead(9, dtype=dtype)
    head.build((None, None, 6))
    head.set_weights([KERNEL, BIAS])
    return head


@pytest.mark.parametrize(
    "dtype,error", [("float32", 1e-5), ("mixed_bfloat16", 0.05)]
)
def test_outputs_are_a_dense_layers(dtype, error):
    outputs = make(dtype)(X)
    assert keras.backend.standardize_dtype(outputs.dtype) == "float32"
    np.testing.assert_allclose(
        ops.convert_to_numpy(outputs), X @ KERNEL + BIAS, atol=error
    )


@pytest.mark.parametrize(
    "dtype,error", [("float32", 1e-5), ("mixed_bfloat16", 0.05)]
)
def test_gradients(dtype, error, differentiate):
    """(Pr - one-hot), by way of the kernel, the bias and the inputs."""
    head = make(dtype)

    def loss(x):
        return ops.sum(symbol_nll(ops.convert_to_tensor(TARGETS), head(x)))

    _, (dx,), (dkernel, dbias) = differentiate(
        loss, [X], head.trainable_variables
    )
    z = np.exp(X.astype("float64") @ KERNEL + BIAS)
    d = z / z.sum(axis=-1, keepdims=True) - np.eye(9)[TARGETS]
    np.testing.assert_allclose(dx, d @ KERNEL.T, atol=error)
    np.testing.assert_allclose(
        dkernel, np.einsum("btd,btk->dk", X, d), atol=2 * error
    )
    np.testing.assert_allclose(dbias, d.sum(axis=(0, 1)), atol=2 * error)


def test_as_a_layer(check_layer):
    check_layer(
        SoftmaxHead,
        {"classes": 9},
        [X],
        outputs=[(2, 5, 9)],
        weights=[("kernel", (6, 9)), ("bias", (9,))],
    )


def test_refuses_no_classes():
    with pytest.raises(ValueError, match="classes=0"):
        SoftmaxHead(0)
