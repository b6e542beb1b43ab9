import numpy as np
import pytest
from keras import ops

from graves_tf.layers import clip_gradient

UPSTREAM = np.array([[-9.0, -0.5, 0.0], [0.5, 1.5, 9.0]], "float32")
X = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -1e30]], "float32")


def gradient(differentiate, rows, limit):
    upstream = UPSTREAM[rows]

    def loss(x):
        return ops.sum(clip_gradient(x, limit) * upstream) / len(upstream)

    return differentiate(loss, [X[rows]])[1][0]


@pytest.mark.parametrize("limit", [None, 1.0])
def test_values_pass(limit):
    y = clip_gradient(ops.convert_to_tensor(X), limit)
    np.testing.assert_array_equal(ops.convert_to_numpy(y), X)


@pytest.mark.parametrize("limit", [0.25, 1.0, 100.0])
def test_each_sequences_derivative_is_clipped(differentiate, limit):
    clipped = np.clip(UPSTREAM, -limit, limit)
    both = gradient(differentiate, slice(None), limit)
    np.testing.assert_allclose(both, clipped / 2, rtol=1e-6)
    alone = gradient(differentiate, slice(1), limit)
    np.testing.assert_allclose(alone, clipped[:1], rtol=1e-6)


def test_no_limit(differentiate):
    both = gradient(differentiate, slice(None), None)
    np.testing.assert_array_equal(both, UPSTREAM / 2)


@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_bad_limit(limit):
    with pytest.raises(ValueError, match="positive"):
        clip_gradient(X, limit)


def test_the_batch_on_another_axis(differentiate):
    def loss(x):
        return ops.sum(clip_gradient(x, 1.0, batch_axis=1) * UPSTREAM) / 3

    clipped = differentiate(loss, [X])[1][0]
    np.testing.assert_allclose(clipped, np.clip(UPSTREAM, -1, 1) / 3, rtol=1e-6)
