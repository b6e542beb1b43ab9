import numpy as np
import pytest

from graves_tf.augmentation import deformed


@pytest.fixture
def offsets():
    rng = np.random.default_rng(0)
    steps = rng.integers(-40, 40, (200, 2))
    return np.column_stack([steps, rng.random(200) < 0.1]).astype("float32")


def matrix_of(before, after):
    """The map of the steps, and how far it is from being one."""
    matrix, rest, *_ = np.linalg.lstsq(before[:, :2], after[:, :2], rcond=None)
    return matrix, rest


def test_all_steps_alike_and_the_baseline_stays(offsets):
    result = deformed(offsets, 0.1, np.random.default_rng(1))
    assert result.dtype == np.float32
    matrix, rest = matrix_of(offsets, result)
    np.testing.assert_allclose(rest, 0, atol=1e-4)
    # What lies level stays level: only x depends on both.
    np.testing.assert_allclose(matrix[0, 1], 0, atol=1e-6)
    assert abs(matrix[1, 0]) > 1e-3
    np.testing.assert_array_equal(result[:, 2], offsets[:, 2])


def test_how_much(offsets):
    rng = np.random.default_rng(2)
    matrices = np.array(
        [matrix_of(offsets, deformed(offsets, 0.1, rng))[0] for _ in range(999)]
    )
    drawn = [
        np.log(matrices[:, 0, 0]),
        np.log(matrices[:, 1, 1]),
        matrices[:, 1, 0],
    ]
    np.testing.assert_allclose(np.std(drawn, axis=1), 0.1, rtol=0.1)
    np.testing.assert_allclose(np.mean(drawn, axis=1), 0, atol=0.015)
    correlations = np.corrcoef(drawn) - np.eye(3)
    np.testing.assert_allclose(correlations, 0, atol=0.12)


def test_nothing_is_changed_by_none(offsets):
    for whole in (False, True):
        result = deformed(offsets, 0.0, np.random.default_rng(3), whole)
        np.testing.assert_array_equal(result, offsets)


def test_whole_units_do_not_add_up_to_a_drift(offsets):
    whole = deformed(offsets, 0.1, np.random.default_rng(4), whole=True)
    exact = deformed(offsets, 0.1, np.random.default_rng(4))
    np.testing.assert_array_equal(whole[:, :2], np.rint(whole[:, :2]))
    apart = np.cumsum(whole[:, :2] - exact[:, :2], axis=0, dtype=float)
    assert 0.3 < np.abs(apart).max() < 0.501


def test_the_offsets_given_are_left_alone(offsets):
    before = offsets.copy()
    deformed(offsets, 0.1, np.random.default_rng(5), whole=True)
    np.testing.assert_array_equal(offsets, before)
