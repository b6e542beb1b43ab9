import keras
import numpy as np
import pytest

from graves_tf.optimizers import OPTIMIZERS
from graves_tf.optimizers import Muon
from graves_tf.optimizers import graves_rmsprop
from graves_tf.optimizers import graves_sgd
from graves_tf.optimizers import make_optimizer


def numpy_rmsprop(weights, gradients):
    """Eqs. 38 to 45 in float64."""
    n, g, delta = (np.zeros_like(weights) for _ in range(3))
    for epsilon in gradients:
        n = 0.95 * n + 0.05 * epsilon**2
        g = 0.95 * g + 0.05 * epsilon
        delta = 0.9 * delta - 0.0001 * epsilon / np.sqrt(n - g**2 + 0.0001)
        weights = weights + delta
    return weights


def test_graves_rmsprop_is_the_papers():
    rng = np.random.default_rng(0)
    # Small, lest float32 round the steps away.
    start = 1e-4 * rng.normal(size=7)
    scales = 10.0 ** np.arange(-4, 3)
    gradients = rng.normal(0.3, 1.0, size=(50, 7)) * scales
    variable = keras.Variable(start.astype("float32"))
    optimizer = graves_rmsprop()
    for gradient in gradients:
        optimizer.apply([gradient.astype("float32")], [variable])
    moved = keras.ops.convert_to_numpy(variable) - start
    expected = numpy_rmsprop(start, gradients) - start
    assert np.abs(expected).min() > 1e-7
    np.testing.assert_allclose(moved, expected, rtol=1e-4)


def test_graves_sgd_is_the_papers():
    rng = np.random.default_rng(0)
    start, delta = 1e-2 * rng.normal(size=7), 0.0
    moved = start
    variable = keras.Variable(start.astype("float32"))
    optimizer = graves_sgd()
    for gradient in rng.normal(0.3, 1.0, size=(50, 7)):
        delta = 0.99 * delta - 0.0001 * gradient
        moved = moved + delta
        optimizer.apply([gradient.astype("float32")], [variable])
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(variable), moved, rtol=1e-4
    )


def test_the_papers_rate():
    for optimizer in (graves_rmsprop(), graves_sgd()):
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_by_name(name):
    assert float(make_optimizer(name, 0.5).learning_rate) == 0.5
    own = make_optimizer(name)
    assert float(own.learning_rate) == float(OPTIMIZERS[name]().learning_rate)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(own))
    assert again.get_config() == own.get_config()


def test_unknown_name():
    with pytest.raises(ValueError, match="lamb.*adam.*graves_sgd"):
        make_optimizer("lamb")


@pytest.mark.parametrize("shape", [(6, 24), (24, 6), (8, 8)])
def test_muon_is_keras_own(shape):
    rng = np.random.default_rng(0)
    start = rng.normal(size=shape).astype("float32")
    gradients = rng.normal(size=(5, *shape)).astype("float32")
    moved = []
    for kind in (Muon, keras.optimizers.Muon):
        variable = keras.Variable(start)
        optimizer = kind(0.1)
        for gradient in gradients:
            optimizer.apply([gradient], [variable])
        moved.append(keras.ops.convert_to_numpy(variable))
    assert np.abs(moved[0] - start).max() > 0.1
    np.testing.assert_allclose(*moved, rtol=1e-4, atol=1e-5)


def test_weight_decay_is_of_muons_kernels():
    kernel = keras.Variable(np.full((4, 8), 2.0, "float32"), name="kernel")
    bias = keras.Variable(np.full(8, 2.0, "float32"), name="bias")
    optimizer = make_optimizer("muon", 0.5, weight_decay=0.1)
    still = [keras.ops.zeros((4, 8)), keras.ops.zeros(8)]
    for _ in range(2):
        optimizer.apply(still, [kernel, bias])
    decayed = keras.ops.convert_to_numpy(kernel)
    np.testing.assert_allclose(decayed, 2.0 * 0.95**2, rtol=1e-6)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(bias), 2.0)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.weight_decay == 0.1


def test_muon_moves_deviations_faster():
    names = ("bias", "bias_log_std")
    moved = []
    for name in names:
        variable = keras.Variable(np.zeros(3, "float32"), name=name)
        optimizer = make_optimizer("muon", 0.01)
        optimizer.apply([np.float32([1, -1, 2])], [variable])
        moved.append(keras.ops.convert_to_numpy(variable))
    np.testing.assert_allclose(moved[0], [-0.005, 0.005, -0.005], rtol=1e-3)
    np.testing.assert_allclose(moved[1], 10 * moved[0], rtol=1e-5)
    again = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert again.log_std_ratio == 10


@pytest.mark.parametrize("name, rate", [("adam", 0.1), ("muon", -0.1)])
def test_weight_decay_that_cannot_be(name, rate):
    with pytest.raises(ValueError, match=f"muon.*{rate}.*{name}"):
        make_optimizer(name, weight_decay=rate)
