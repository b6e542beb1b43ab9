import numpy as np
import pytest

from graves_tf.sampling.draws import Draws


def test_reproducible_whatever_the_portions():
    whole, portions = Draws(5, 2, 1), Draws(5, 2, 1)
    uniforms, normals = whole.take(7)
    first, second = portions.take(3), portions.take(4)
    np.testing.assert_array_equal(uniforms, np.vstack([first[0], second[0]]))
    np.testing.assert_array_equal(normals, np.vstack([first[1], second[1]]))


@pytest.mark.parametrize("other", [(6, 2, 1), (5, 3, 1), (5, 2, 0)])
def test_another_seed_line_or_attempt(other):
    assert not np.isin(
        Draws(5, 2, 1).take(9)[0], Draws(*other).take(9)[0]
    ).any()


def test_distributions():
    uniforms, normals = Draws(0).take(20_000)
    assert uniforms.shape == normals.shape == (20_000, 2)
    assert uniforms.dtype == normals.dtype == np.float32
    assert uniforms.min() >= 0 and uniforms.max() < 1
    np.testing.assert_allclose(uniforms.mean(axis=0), 0.5, atol=0.01)
    np.testing.assert_allclose(uniforms.var(axis=0), 1 / 12, atol=0.005)
    np.testing.assert_allclose(normals.mean(axis=0), 0.0, atol=0.03)
    np.testing.assert_allclose(normals.std(axis=0), 1.0, atol=0.03)
    together = np.corrcoef(np.hstack([uniforms, normals]).T)
    np.testing.assert_allclose(together, np.eye(4), atol=0.03)


def test_a_negative_seed():
    with pytest.raises(ValueError):
        Draws(-1)
