import io

import numpy as np
import pytest
from PIL import Image

from graves_tf.figures.rows import MARGIN
from graves_tf.figures.rows import WIDTH
from graves_tf.figures.rows import Row
from graves_tf.figures.rows import draw_rows


def wave(length, height, left=700.0):
    strokes = np.zeros((length, 3))
    strokes[:, 0] = left + 10 * np.arange(length)
    strokes[:, 1] = 9000 + height * np.sin(np.arange(length) / 3)
    strokes[-1, 2] = 1
    return strokes


def pixels(figure, dpi=100):
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi)
    return np.asarray(Image.open(file).convert("L"), int)


def bands(dark):
    """Where runs of True begin and end."""
    edges = np.flatnonzero(np.diff(np.r_[0, dark.astype(int), 0]))
    return edges.reshape(-1, 2)


def test_lines_stand_under_one_another_in_one_scale():
    picture = pixels(
        draw_rows(
            [[Row(wave(300, 90)), Row(wave(150, 30))], [Row(wave(300, 90))]]
        )
    )
    dark = picture < 128
    rows = bands(dark.any(axis=1))
    assert len(rows) == 3
    first, second, third = np.diff(rows, axis=1).ravel()
    assert first == pytest.approx(third, abs=2)
    assert first == pytest.approx(3 * second, rel=0.25)
    # Blocks are further apart than a block's lines.
    assert rows[2, 0] - rows[1, 1] > 1.5 * (rows[1, 0] - rows[0, 1])
    reach = [np.flatnonzero(dark[a:b].any(axis=0)) for a, b in rows]
    assert reach[0][0] == pytest.approx(reach[1][0], abs=2)
    assert np.ptp(reach[0]) == pytest.approx(2 * np.ptp(reach[1]), rel=0.02)
    assert np.ptp(reach[0]) == pytest.approx(100 * WIDTH, rel=0.01)


def test_nothing_is_cut_off():
    dark = pixels(draw_rows([[Row(wave(300, 90), "bias 0.1")]])) < 128
    edge = int(100 * MARGIN / 2)
    inner = dark[edge:-edge, edge:-edge]
    assert inner.sum() == dark.sum() > 0


def test_a_label_stands_to_the_left_of_its_line():
    rows = [Row(wave(300, 90), "$first_"), Row(wave(300, 90))]
    figure = draw_rows([rows])
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["$first_", ""]
    dark = pixels(figure) < 190
    low, high = bands(dark.any(axis=1))[0]
    ink_begins = int(100 * axes.get_position().x0 * figure.get_figwidth()) - 4
    assert dark[low:high, :ink_begins].any()
    assert not dark[high:, :ink_begins].any()


def test_a_dot_is_seen():
    line = wave(300, 90)
    dot = np.array([[700.0, 8700.0, 1.0]])
    dark = pixels(draw_rows([[Row(np.concatenate([line, dot]))]])) < 128
    (dotted, _) = bands(dark.any(axis=1))
    assert 2 <= np.diff(dotted)[0] <= 10


def test_scribble_makes_no_endless_picture():
    strokes = np.zeros((500, 3))
    strokes[:, 1] = 1e6 * np.arange(500)
    assert max(draw_rows([[Row(strokes)]]).get_size_inches()) < 50
    assert draw_rows([[Row(np.array([[3.0, 4.0, 1.0]]))]])


def test_bad_ink_is_told():
    with pytest.raises(ValueError, match="finite"):
        draw_rows([[Row(np.full((3, 3), np.nan))]])
