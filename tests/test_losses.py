import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import expit
from scipy.special import logsumexp
from scipy.stats import bernoulli
from scipy.stats import multivariate_normal

from graves_tf.losses import SequenceLoss
from graves_tf.losses import is_point
from graves_tf.losses import mdn_nll
from graves_tf.losses import mixture_mean
from graves_tf.losses import split_outputs
from graves_tf.metrics import nats_per_sequence

M = 3


def some(count, seed=0, scale=1.0):
    """ŷ, and targets at about the distance that it expects."""
    rng = np.random.default_rng(seed)
    outputs = scale * rng.normal(size=(count, 1 + 6 * M))
    targets = rng.normal(size=(count, 3))
    targets[:, 2] = rng.random(count) < 0.5
    return targets.astype("float32"), outputs.astype("float32")


def gradient(f, outputs):
    """∂ sum f(ŷ) / ∂ŷ on either backend, an array."""
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(
            jax.grad(lambda y: ops.sum(f(y)))(jax.numpy.asarray(outputs))
        )
    import tensorflow as tf

    outputs = tf.convert_to_tensor(outputs)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        value = tf.reduce_sum(f(outputs))
    return tape.gradient(value, outputs).numpy()


def parameters(y):
    """e, π, μ, σ, ρ of one ŷ by Eqs. 18 to 22, in float64."""
    y = np.asarray(y, "float64")
    pi, mu1, mu2, sigma1, sigma2, rho = y[1:].reshape(6, -1)
    pi = np.exp(pi - logsumexp(pi))
    e = 1 / (1 + np.exp(y[0]))
    mu = np.stack([mu1, mu2], axis=-1)
    sigma = np.exp([sigma1, sigma2]).T
    return e, pi, mu, sigma, np.tanh(rho)


def scipy_nll(x, y):
    """-log of Eq. 23 by SciPy's densities."""
    e, pi, mu, sigma, rho = parameters(y)
    logs = []
    for j in range(len(pi)):
        off = rho[j] * sigma[j, 0] * sigma[j, 1]
        covariance = [[sigma[j, 0] ** 2, off], [off, sigma[j, 1] ** 2]]
        logs.append(
            np.log(pi[j]) + multivariate_normal.logpdf(x[:2], mu[j], covariance)
        )
    return -logsumexp(logs) - bernoulli.logpmf(int(x[2]), e)


@pytest.mark.parametrize("seed", range(2))
def test_against_scipy(seed):
    targets, outputs = some(20, seed)
    nll = ops.convert_to_numpy(mdn_nll(targets, outputs))
    assert nll.shape == (20,)
    expected = [scipy_nll(x, y) for x, y in zip(targets, outputs, strict=True)]
    np.testing.assert_allclose(nll, expected, rtol=1e-4, atol=1e-5)


def test_the_density_is_a_density():
    """Over the plane and both x3 it sums to 1."""
    outputs = some(1)[1] * 0.5
    side = np.linspace(-25, 25, 501)
    x1, x2 = np.meshgrid(side, side)
    total = 0.0
    for lifts in (0.0, 1.0):
        targets = np.stack([x1, x2, np.full_like(x1, lifts)], axis=-1)
        targets = targets.reshape(-1, 3).astype("float32")
        nll = mdn_nll(targets, np.repeat(outputs, len(targets), axis=0))
        total += np.exp(-ops.convert_to_numpy(nll).astype("float64")).sum()
    assert total * (side[1] - side[0]) ** 2 == pytest.approx(1.0, abs=1e-3)


def test_leading_axes():
    targets, outputs = some(6)
    flat = ops.convert_to_numpy(mdn_nll(targets, outputs))
    nested = mdn_nll(targets.reshape(2, 3, 3), outputs.reshape(2, 3, -1))
    np.testing.assert_allclose(
        ops.convert_to_numpy(nested), flat.reshape(2, 3), rtol=1e-6
    )


@pytest.mark.parametrize("size", [6, 8, 20])
def test_outputs_of_a_wrong_size(size):
    with pytest.raises(ValueError, match="1 \\+ 6M"):
        split_outputs(np.zeros((2, size), "float32"))


def test_the_papers_sign():
    """Eq. 18: e = 1 / (1 + exp ê): a large ê says that the pen stays down."""
    targets, outputs = some(1)
    losses = []
    for lifts in (0.0, 1.0):
        targets[0, 2] = lifts
        rows = np.repeat(outputs, 2, axis=0)
        rows[:, 0] = [-3.0, 3.0]
        low, high = ops.convert_to_numpy(
            mdn_nll(np.repeat(targets, 2, axis=0), rows)
        )
        losses.append(high - low)
    # log(1 - e) = log σ(ê) and log e = log σ(-ê).
    difference = np.log(expit(3.0)) - np.log(expit(-3.0))
    np.testing.assert_allclose(losses, [-difference, difference], rtol=1e-4)


def test_derivatives_are_the_papers():
    """Eqs. 27 to 37."""
    targets, outputs = some(20)
    actual = gradient(lambda y: mdn_nll(targets, y), outputs)
    for x, y, derivative in zip(targets, outputs, actual, strict=True):
        e, pi, mu, sigma, rho = parameters(y)
        d1, d2 = ((x[:2] - mu) / sigma).T
        C = 1 / (1 - rho**2)
        Z = d1**2 + d2**2 - 2 * rho * d1 * d2
        density = np.exp(-Z * C / 2) * np.sqrt(C) / (2 * np.pi)
        gamma = pi * density / sigma.prod(axis=1)
        gamma /= gamma.sum()
        expected = [
            pi - gamma,
            -gamma * C / sigma[:, 0] * (d1 - rho * d2),
            -gamma * C / sigma[:, 1] * (d2 - rho * d1),
            -gamma * (C * d1 * (d1 - rho * d2) - 1),
            -gamma * (C * d2 * (d2 - rho * d1) - 1),
            -gamma * (d1 * d2 + rho * (1 - C * Z)),
        ]
        expected = np.concatenate([[x[2] - e], *expected])
        scale = max(1.0, np.abs(expected).max())
        np.testing.assert_allclose(
            derivative / scale, expected / scale, atol=2e-5
        )


EXTREMES = {
    "zeros": lambda rng: np.zeros(1 + 6 * M),
    "large": lambda rng: np.full(1 + 6 * M, 1e30),
    "small": lambda rng: np.full(1 + 6 * M, -1e30),
    "largest": lambda rng: np.full(1 + 6 * M, 3.4e38),
    "mixed": lambda rng: rng.choice([-1e30, 0.0, 1e30], 1 + 6 * M),
    "hundreds": lambda rng: rng.normal(size=1 + 6 * M) * 300,
    "narrow": lambda rng: np.repeat([0, 0, 0, 0, -20, -20, 20], [1] + [M] * 6),
}


@pytest.mark.parametrize("kind", EXTREMES)
@pytest.mark.parametrize("target", [(0, 0, 0), (1, -1, 1), (1e4, -1e4, 1)])
def test_finite_for_any_output(kind, target):
    rng = np.random.default_rng(0)
    outputs = np.stack([EXTREMES[kind](rng) for _ in range(20)])
    outputs = outputs.astype("float32")
    targets = np.full((20, 3), target, "float32")
    assert np.isfinite(ops.convert_to_numpy(mdn_nll(targets, outputs))).all()
    assert np.isfinite(gradient(lambda y: mdn_nll(targets, y), outputs)).all()


def test_precise_where_the_correlation_is_strong():
    """1 - ρ² has no digits left in float32; the loss has."""
    targets, outputs = some(20, scale=0.3)
    outputs[:, -M:] = 5.0
    targets[:, 1] = targets[:, 0] + 1e-3 * targets[:, 1]
    outputs[:, 1 + M : 1 + 3 * M] = 0.0
    outputs[:, 1 + 3 * M : 1 + 5 * M] = 0.0
    expected = [scipy_nll(x, y) for x, y in zip(targets, outputs, strict=True)]
    nll = ops.convert_to_numpy(mdn_nll(targets, outputs))
    np.testing.assert_allclose(nll, expected, rtol=1e-4)


def test_mixture_mean():
    _, outputs = some(5)
    expected = []
    for y in outputs:
        _, pi, mu, _, _ = parameters(y)
        expected.append(pi @ mu)
    np.testing.assert_allclose(
        ops.convert_to_numpy(mixture_mean(outputs)), expected, rtol=1e-4
    )


def sequences():
    """Targets `(2, 4, 3)`, the second row padded after 2, and ŷ."""
    targets, outputs = some(8)
    targets, outputs = targets.reshape(2, 4, 3), outputs.reshape(2, 4, -1)
    targets[1, 2:] = [0, 0, -1]
    return targets, outputs


@pytest.mark.parametrize("filling", [0.0, 1e30, -1e30])
def test_padding_never_counts(filling):
    targets, outputs = sequences()
    outputs[1, 2:] = filling
    loss = float(SequenceLoss()(targets, outputs))
    nll = ops.convert_to_numpy(mdn_nll(targets[:, :2], outputs[:, :2])).sum()
    nll += ops.convert_to_numpy(mdn_nll(targets[0, 2:], outputs[0, 2:])).sum()
    assert loss == pytest.approx(nll / 2, rel=1e-5)
    derivative = gradient(lambda y: SequenceLoss()(targets, y), outputs)
    assert np.isfinite(derivative).all()
    np.testing.assert_array_equal(derivative[1, 2:], 0)
    assert (np.abs(derivative[1, :2]) > 0).any()
    np.testing.assert_array_equal(
        ops.convert_to_numpy(is_point(ops.convert_to_tensor(targets))),
        [[True] * 4, [True, True, False, False]],
    )


def test_a_row_of_padding_alone():
    targets, outputs = sequences()
    targets[1] = [0, 0, -1]
    rows = ops.convert_to_numpy(nats_per_sequence(targets, outputs))
    assert rows.shape == (2,)
    assert rows[1] == 0
    expected = ops.convert_to_numpy(mdn_nll(targets[0], outputs[0])).sum()
    assert rows[0] == pytest.approx(expected, rel=1e-5)


def test_the_loss_is_serializable():
    loss = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(SequenceLoss())
    )
    targets, outputs = sequences()
    assert float(loss(targets, outputs)) == float(
        SequenceLoss()(targets, outputs)
    )
