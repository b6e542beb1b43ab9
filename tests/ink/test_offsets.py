"""Strokes to offsets and back."""

import numpy as np
import pytest

from graves_tf.ink.offsets import are_whole
from graves_tf.ink.offsets import fit_normalisation
from graves_tf.ink.offsets import to_offsets
from graves_tf.ink.offsets import to_strokes

STROKES = np.array([[5, 7, 0], [8, 3, 1], [20, 3, 0], [20, 4, 1]], np.float32)
OFFSETS = np.array([[3, -4, 1], [12, 0, 0], [0, 1, 1]], np.float32)


def test_an_offset_has_the_later_points_end_of_stroke():
    offsets = to_offsets(STROKES)
    assert offsets.dtype == np.float32
    np.testing.assert_array_equal(offsets, OFFSETS)


def test_strokes_come_back_from_offsets():
    strokes = to_strokes(to_offsets(STROKES), start=(5, 7))
    assert strokes.dtype == np.float32
    np.testing.assert_array_equal(strokes, STROKES)


def test_the_first_point_has_no_offset():
    assert to_offsets(STROKES[:1]).shape == (0, 3)
    np.testing.assert_array_equal(to_strokes(np.zeros((0, 3))), [[0, 0, 0]])


def test_whole_offsets():
    assert are_whole([STROKES, STROKES + 0.25])
    assert not are_whole([STROKES, 1.1 * STROKES])


def test_long_lines_come_back_without_drift():
    rng = np.random.default_rng(0)
    strokes = np.zeros((5000, 3), np.float32)
    strokes[:, :2] = np.cumsum(rng.integers(-40, 41, (5000, 2)), axis=0)
    back = to_strokes(to_offsets(strokes), strokes[0, :2])
    np.testing.assert_array_equal(back, strokes)


def test_normalisation_is_over_all_steps_of_all_lines():
    other = np.array([[0, 0, 0], [1, 9, 1]], np.float32)
    mean, std = fit_normalisation([STROKES, other])
    steps = np.array([[3, -4], [12, 0], [0, 1], [1, 9]])
    np.testing.assert_allclose(mean, steps.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(std, steps.std(axis=0), rtol=1e-6)
    assert mean.dtype == std.dtype == np.float32


@pytest.mark.parametrize("shape", [(0, 3), (4, 2), (4,)])
def test_a_wrong_shape_is_an_error(shape):
    with pytest.raises(ValueError, match="must be"):
        to_offsets(np.zeros(shape))


def test_nothing_to_normalise_is_an_error():
    with pytest.raises(ValueError, match="No steps"):
        fit_normalisation([STROKES[:1]])
    with pytest.raises(ValueError, match="never moves"):
        fit_normalisation([np.array([[0, 0, 0], [5, 0, 0], [9, 0, 1]])])
