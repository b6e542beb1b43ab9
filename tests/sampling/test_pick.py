import numpy as np
import pytest
from keras import ops

from graves_tf.sampling.pick import pick_point

M = 4


def make(seed=0):
    """ŷ of one step, and e, π̂, μ, σ̂, ρ of it in float64."""
    y = np.random.default_rng(seed).normal(size=1 + 6 * M).astype("float32")
    pi, mu1, mu2, sigma1, sigma2, rho = y[1:].astype("float64").reshape(6, M)
    e = 1 / (1 + np.exp(y[0]))
    return y, e, pi, (mu1, mu2), (sigma1, sigma2), np.tanh(rho)


def pick(y, bias, uniforms, normals):
    count = len(uniforms)
    return ops.convert_to_numpy(
        pick_point(
            ops.convert_to_tensor(np.repeat(y[None], count, axis=0)),
            ops.convert_to_tensor(np.full(count, bias, "float32")),
            ops.convert_to_tensor(uniforms.astype("float32")),
            ops.convert_to_tensor(normals.astype("float32")),
        )
    )


def biased(pi, bias):
    """Eq. 62."""
    weights = np.exp(pi * (1 + bias))
    return weights / weights.sum()


@pytest.mark.parametrize("bias", [0.0, 0.7, 3.0])
def test_a_draw_is_its_random_numbers(bias):
    """Eqs. 61 and 62, and the inverse of the choice's distribution."""
    rng = np.random.default_rng(1)
    uniforms, normals = rng.random((50, 2)), rng.normal(size=(50, 2))
    y, e, pi, mu, sigma, rho = make()
    edges = np.cumsum(biased(pi, bias))
    expected = []
    for (u1, u2), (n1, n2) in zip(uniforms, normals, strict=True):
        j = min(np.searchsorted(edges, u1, side="right"), M - 1)
        across = rho[j] * n1 + np.sqrt(1 - rho[j] ** 2) * n2
        expected.append(
            [
                mu[0][j] + np.exp(sigma[0][j] - bias) * n1,
                mu[1][j] + np.exp(sigma[1][j] - bias) * across,
                float(u2 < e),
            ]
        )
    np.testing.assert_allclose(
        pick(y, bias, uniforms, normals), expected, rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("bias", [0.0, 1.0])
def test_moments(bias):
    count = 100_000
    rng = np.random.default_rng(2)
    y, e, pi, mu, sigma, rho = make(3)
    points = pick(y, bias, rng.random((count, 2)), rng.normal(size=(count, 2)))
    weights = biased(pi, bias)
    mu, sigma = np.array(mu), np.exp(np.array(sigma) - bias)
    mean = mu @ weights
    covariance = np.zeros((2, 2))
    for j in range(M):
        off = rho[j] * sigma[0, j] * sigma[1, j]
        own = [[sigma[0, j] ** 2, off], [off, sigma[1, j] ** 2]]
        apart = mu[:, j] - mean
        covariance += weights[j] * (own + np.outer(apart, apart))
    drawn = points[:, :2].astype("float64")
    spread = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(
        drawn.mean(axis=0) / spread, mean / spread, atol=0.02
    )
    scale = np.outer(spread, spread)
    np.testing.assert_allclose(
        np.cov(drawn.T) / scale, covariance / scale, atol=0.04
    )
    # The bias leaves x3 alone.
    assert points[:, 2].mean() == pytest.approx(e, abs=0.01)
    assert set(points[:, 2]) == {0.0, 1.0}


def test_a_large_bias_gives_the_likeliest_mean():
    """As b → ∞ (Sec. 5.4)."""
    rng = np.random.default_rng(4)
    y, _, pi, mu, *_ = make()
    points = pick(y, 100.0, rng.random((20, 2)), rng.normal(size=(20, 2)))
    best = pi.argmax()
    np.testing.assert_allclose(
        points[:, :2], np.tile([mu[0][best], mu[1][best]], (20, 1)), rtol=1e-6
    )


@pytest.mark.parametrize("value", [1e30, -1e30])
def test_finite_for_any_output(value):
    y = np.full(1 + 6 * M, value, "float32")
    ends = np.array([[0.0, 0.0], [1 - 2**-24, 1 - 2**-24]])
    points = pick(y, 0.5, ends, np.full((2, 2), 4.0))
    assert np.isfinite(points).all()


def test_the_ends_of_the_uniform():
    """u = 0 takes the first component, u just below 1 the last."""
    y, _, _, mu, *_ = make()
    ends = np.array([[0.0, 0.5], [1 - 2**-24, 0.5]])
    points = pick(y, 0.0, ends, np.zeros((2, 2)))
    np.testing.assert_allclose(points[0, :2], [m[0] for m in mu], rtol=1e-5)
    np.testing.assert_allclose(points[1, :2], [m[-1] for m in mu], rtol=1e-5)
