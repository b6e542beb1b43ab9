import io

import numpy as np
import pytest
from PIL import Image

from graves_tf.ink import attention


def draw(*args, **kwargs):
    target = io.BytesIO()
    attention.to_png(args[0], args[1], target, *args[2:], **kwargs)
    return np.asarray(Image.open(target).convert("L"), int)


def ramp(length, count):
    at = np.linspace(0, count, length)[:, None]
    return np.exp(-((at - np.arange(count)) ** 2))


def strokes_of(length):
    strokes = np.zeros((length, 3), np.float32)
    strokes[:, 0] = np.arange(length) * 8
    strokes[:, 1] = 40 * np.sin(np.arange(length) / 2)
    strokes[-1, 2] = 1
    return strokes


def test_the_diagonal_rises_from_the_lower_left():
    # Without letters' rows in between: two characters, one after the other.
    phi = np.zeros((200, 2))
    phi[:100, 0] = phi[100:, 1] = 1.0
    dark = draw(phi, "ab") < 10
    height, width = dark.shape
    # Between the axis labels and the frame.
    inner = dark[: int(height * 0.7), int(width * 0.15) : int(width * 0.9)]
    rows = np.arange(len(inner))[:, None]
    half = inner.shape[1] // 2
    left = (rows * inner[:, :half]).sum() / inner[:, :half].sum()
    right = (rows * inner[:, half:]).sum() / inner[:, half:].sum()
    assert right < left - 10


def test_ink_stands_above_the_map():
    phi = ramp(120, 6)
    plain = draw(phi, "abc ef")
    inked = draw(phi, "abc ef", strokes_of(120))
    assert inked.shape[0] > plain.shape[0] + 50
    assert (inked[:100] < 100).any()
    offsets = strokes_of(120)
    offsets[1:, :2] = np.diff(strokes_of(120)[:, :2], axis=0)
    same = draw(phi, "abc ef", offsets=offsets)
    assert np.abs(same - inked).mean() < 1


def test_later_ink_is_drawn_later():
    warp = attention._warp(strokes_of(300).astype(float))
    at = warp(np.linspace(0, 299 * 8, 50))
    assert np.all(np.diff(at) > 0)
    np.testing.assert_allclose(at, np.linspace(0, 299, 50), atol=5)


def test_a_late_dot_stays_with_its_letter():
    strokes = strokes_of(200).astype(float)
    strokes[-1] = [400.0, -60.0, 1.0]
    strokes[-2, 2] = 1
    at = attention._warp(strokes)(np.array([400.0]))
    assert abs(at[0] - 50) < 15


def test_stop_column_and_odd_characters():
    draw(ramp(50, 8), "$a_b^\u6c34\n", title="$x")
    assert "\u25a1" == attention._label("\U0010fffd")
    assert "\u2423" == attention._label(" ")


@pytest.mark.parametrize(
    ("phi", "text", "strokes"),
    [
        (np.zeros((0, 3)), "abc", None),
        (np.zeros((1, 1)), "a", np.array([[3.0, 4.0, 1.0]])),
        (np.zeros((5, 0)), "", np.zeros((0, 3))),
        (np.zeros((4, 1)), "a", np.array([[3.0, 4.0, 0.0]] * 4)),
    ],
)
def test_degenerate(phi, text, strokes):
    assert draw(phi, text, strokes).size


def test_bad_phi():
    with pytest.raises(ValueError, match=r"\(5, 2\); expected \(T, 4\)"):
        draw(np.zeros((5, 2)), "abcd")
    with pytest.raises(ValueError, match="not finite"):
        draw(np.full((5, 2), np.nan), "ab")
