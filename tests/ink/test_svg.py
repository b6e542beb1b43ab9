import re

import numpy as np
import pytest
from lxml import etree

from graves_tf.ink.curve import bezier
from graves_tf.ink.curve import flatten
from graves_tf.ink.svg import to_svg

NAMESPACE = {"s": "http://www.w3.org/2000/svg"}


def make_line(seed=0, counts=(12, 1, 7)):
    """Pen strokes of the given lengths, on a random walk."""
    rng = np.random.default_rng(seed)
    total = sum(counts)
    strokes = np.zeros((total, 3), np.float32)
    strokes[:, :2] = np.cumsum(rng.normal((8, 0), 30, (total, 2)), axis=0)
    strokes[np.cumsum(counts) - 1, 2] = 1
    return strokes


def parse(document):
    root = etree.fromstring(document.encode())
    paths = root.findall(".//s:path", NAMESPACE)
    numbers = [
        np.array(re.findall(r"-?[\d.]+", p.get("d")), float).reshape(-1, 2)
        for p in paths
    ]
    return root, paths, numbers


def test_one_path_a_stroke_through_its_own_points():
    strokes = make_line()
    root, paths, numbers = parse(to_svg(strokes))
    assert len(paths) == 3
    for path, got, first, last in zip(
        paths, numbers, (0, 12, 13), (11, 12, 19), strict=True
    ):
        np.testing.assert_allclose(got[0], strokes[first, :2], atol=0.05)
        np.testing.assert_allclose(got[-1], strokes[last, :2], atol=0.05)
        assert path.get("d").count("C") == max(last - first, 0)
    # Every third number pair of the curve is a recorded point.
    np.testing.assert_allclose(numbers[0][3::3], strokes[1:12, :2], atol=0.05)
    # The dot is a path of no length, and the caps that show it are round.
    np.testing.assert_array_equal(numbers[1][0], numbers[1][1])
    group = root.find(".//s:g", NAMESPACE)
    assert group.get("stroke-linecap") == "round"
    assert group.get("fill") == "none"


def test_view_box_holds_all_ink_with_a_margin():
    strokes = make_line(1) + [5000, -3000, 0]
    root, _, numbers = parse(to_svg(strokes, width=640))
    left, top, width, height = map(float, root.get("viewBox").split())
    every = np.concatenate(numbers)
    assert left < strokes[:, 0].min() and top < strokes[:, 1].min()
    assert left + width > strokes[:, 0].max()
    assert top + height > strokes[:, 1].max()
    assert np.all(every > (left, top))
    assert float(root.get("width")) == 640
    assert float(root.get("height")) == pytest.approx(
        640 * height / width, rel=0.01
    )


def test_lines_of_a_page_and_trailing_stroke_without_an_end():
    open_ended = make_line(2, (4,))
    open_ended[:, 2] = 0
    _, paths, _ = parse(to_svg([make_line(), open_ended]))
    assert len(paths) == 4


def test_straight_lines():
    strokes = make_line(0, (5,))
    _, paths, numbers = parse(to_svg(strokes, smooth=False))
    assert "C" not in paths[0].get("d")
    np.testing.assert_allclose(numbers[0], strokes[:, :2], atol=0.05)


def test_text_and_colours_are_escaped():
    text = '<b> & "quotes" ]]> \x00 \ud800'
    document = to_svg(
        make_line(), text=text, color='"/><script/>', background="#fff"
    )
    root, _, _ = parse(document)
    assert root.find("s:title", NAMESPACE).text == (
        '<b> & "quotes" ]]> \ufffd \ufffd'
    )
    assert root.find(".//s:script", NAMESPACE) is None
    assert root.find("s:rect", NAMESPACE).get("fill") == "#fff"


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_numbers_are_short_and_precise_at_any_scale(scale):
    strokes = make_line(3, (40,)) * [scale, scale, 1]
    document = to_svg(strokes)
    _, _, numbers = parse(document)
    error = np.abs(numbers[0][3::3] - strokes[1:, :2]).max()
    width = float(re.search(r'stroke-width="([^"]+)"', document)[1])
    assert error < width / 50
    assert len(re.search(r' d="([^"]+)"', document)[1]) < 40 * 3 * 2 * 9


@pytest.mark.parametrize(
    "strokes",
    [
        np.zeros((0, 3)),
        [],
        [np.zeros((0, 3))],
        np.array([[5.0, 7.0, 1.0]]),
        np.array([[5.0, 7.0, 0.0], [5.0, 7.0, 1.0]]),
        np.array([[0.0, 0.0, 0.0], [100.0, 0.0, 1.0]]),
    ],
)
def test_degenerate_ink(strokes):
    document = to_svg(strokes, text="")
    root, paths, _ = parse(document)
    assert len(paths) == (1 if np.size(strokes) else 0)
    assert "nan" not in document and "inf" not in document
    assert all(float(v) > 0 for v in root.get("viewBox").split()[2:])


def test_bad_ink_is_named():
    strokes = make_line()
    strokes[3, 1] = np.nan
    with pytest.raises(ValueError, match="line 1: point 3 is .*finite"):
        to_svg([make_line(), strokes])
    with pytest.raises(ValueError, match=r"shape \(4, 2\)"):
        to_svg(np.zeros((4, 2)))
    with pytest.raises(ValueError, match="stroke_width is 0"):
        to_svg(make_line(), stroke_width=0)


def test_curve_is_smooth_and_does_not_overshoot():
    # A slow stretch meets a fast one: uniform Catmull-Rom loops here.
    points = np.array([[0, 0], [1, 0], [2, 0.2], [60, 30], [61, 30], [62, 31]])
    pieces = bezier(points)
    for before, after in zip(pieces, pieces[1:], strict=False):
        a = before[3] - before[2]
        b = after[1] - after[0]
        cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
        assert cosine == pytest.approx(1, abs=1e-9)
    fine, index = flatten(points, 0.1)
    assert np.all(np.diff(fine[:, 0]) > 0)
    np.testing.assert_allclose(fine[index], points, atol=1e-12)


def test_flatten_keeps_the_places_of_repeated_points():
    points = np.array([[0, 0], [0, 0], [4, 4], [4, 4], [4, 4], [8, 0]])
    fine, index = flatten(points, 1.0)
    np.testing.assert_allclose(fine[index], points, atol=1e-12)
    assert list(index) == sorted(index)
