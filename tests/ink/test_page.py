import numpy as np
import pytest

from graves_tf.ink.geometry import body_size
from graves_tf.ink.page import PITCH
from graves_tf.ink.page import baseline
from graves_tf.ink.page import set_page
from graves_tf.ink.page import straighten
from graves_tf.ink.page import wrap


def writing(letters, slope=0.0, size=1.0, height=500.0, seed=0):
    """Arches that stand on a line, with ascenders and descenders."""
    rng = np.random.default_rng(seed)
    points = []
    for number in range(letters):
        top = 240 if number % 5 == 1 else 100
        foot = -120 if number % 7 == 3 else 0
        angle = np.linspace(0, np.pi, 12)
        x = number * 150 - 50 * np.cos(angle)
        y = top * np.sin(angle)
        y[-1] = y[0] = foot
        y = y + rng.normal(0, 3, 12)
        points.append(np.stack([x, -y, np.arange(12) == 11], axis=1))
    strokes = np.concatenate(points) * [size, size, 1]
    strokes[:, 1] += slope * strokes[:, 0] + height
    return strokes.astype(np.float32)


TEXT = "the quick  brown fox\njumps\n\nover " + "x" * 57 + " lazy-dogs"


@pytest.mark.parametrize("count", [1, 3, 10, 25, 200])
def test_wrap_keeps_every_character_and_whole_words(count):
    lines = wrap(TEXT, count)
    assert max(map(len, lines)) <= count
    assert "".join("".join(lines).split()) == "".join(TEXT.split())
    assert "" in lines
    assert all(line == line.strip() for line in lines)
    given = set(TEXT.split())
    for line in lines:
        for word in line.split():
            long = any(word in w and len(w) > count for w in given)
            assert word in given or long


def test_wrap_fills_lines():
    assert wrap("aa bb cc dd", 5) == ["aa bb", "cc dd"]
    assert wrap("a\nb") == ["a", "b"]
    assert wrap("") == wrap(" \n ") == []
    with pytest.raises(ValueError, match="max_characters is 0"):
        wrap("a", 0)


@pytest.mark.parametrize("slope", [-0.2, -0.03, 0.0, 0.1, 0.3])
def test_baseline_is_found_in_spite_of_descenders(slope):
    strokes = writing(20, slope)
    found, height = baseline(strokes)
    assert found == pytest.approx(slope, abs=0.005)
    assert height == pytest.approx(500, abs=15)


def test_straighten_levels_the_baseline_at_zero():
    straight = straighten(writing(20, 0.15))
    assert straight.dtype == np.float32
    slope, height = baseline(straight)
    assert abs(slope) < 0.002
    assert abs(height) < 5
    level = writing(20, 0.0, height=0.0)
    np.testing.assert_allclose(straight, level, atol=20)


def test_a_short_line_keeps_its_slope():
    strokes = writing(2, 0.2)
    slope, _ = baseline(strokes)
    assert slope == 0.0


def test_lines_are_level_equally_large_and_equally_apart():
    lines = [
        writing(20, 0.1, 1.1, seed=1),
        writing(15, -0.1, 0.9, 90.0, seed=2),
        np.zeros((0, 3)),
        writing(18, 0.0, 1.0, -800.0, seed=3),
    ]
    before = [line.copy() for line in lines]
    page = set_page(lines)
    for line, copy in zip(lines, before, strict=True):
        np.testing.assert_array_equal(line, copy)
    assert [len(line) for line in page] == [len(line) for line in lines]
    sizes = [body_size(page[n]) for n in (0, 1, 3)]
    assert max(sizes) / min(sizes) < 1.02
    heights = [baseline(page[n])[1] for n in (0, 1, 3)]
    pitch = PITCH * sizes[0]
    assert heights[1] - heights[0] == pytest.approx(pitch, rel=0.03)
    assert heights[2] - heights[1] == pytest.approx(2 * pitch, rel=0.03)
    for n in (0, 1, 3):
        assert abs(baseline(page[n])[0]) < 0.005
        assert page[n][:, 0].min() == pytest.approx(0.5 * pitch, rel=0.03)
        assert page[n][:, 1].min() >= 0.4 * pitch


def test_alignment_and_spacing():
    lines = [writing(20), writing(10)]
    right = set_page(lines, align="right")
    assert right[0][:, 0].max() == pytest.approx(right[1][:, 0].max(), abs=1)
    centre = set_page(lines, align="center")
    middles = [(p[:, 0].min() + p[:, 0].max()) / 2 for p in centre]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    wide = set_page(lines, line_spacing=2.0)
    near = set_page(lines)
    gap = wide[1][0, 1] - wide[0][0, 1]
    assert gap == pytest.approx(2 * (near[1][0, 1] - near[0][0, 1]), rel=0.1)
    with pytest.raises(ValueError, match="'middle'"):
        set_page(lines, align="middle")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [np.zeros((0, 3))],
        [np.array([[3.0, 4.0, 1.0]])],
        [np.array([[3.0, 4.0, 0.0]] * 5), writing(20)],
        [np.array([[0.0, 4.0, 0.0], [900.0, 4.0, 1.0]])],
    ],
)
def test_degenerate_lines(lines):
    page = set_page(lines)
    assert [len(line) for line in page] == [len(line) for line in lines]
    assert all(np.isfinite(line).all() for line in page)
