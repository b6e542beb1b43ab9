"""A written line, and what is amiss with it."""

import numpy as np
import pytest

from graves_tf.sampling.sample import LINGERS
from graves_tf.sampling.sample import RUNS_ON
from graves_tf.sampling.sample import Sample
from graves_tf.sampling.sample import ink_after
from graves_tf.sampling.sample import longest_look
from graves_tf.sampling.sample import points_of
from graves_tf.sampling.sample import runs_past_text
from graves_tf.sampling.sample import unvisited_places


def looking(text, looks):
    """Ink of one unit a step, and φ that looks at the place `looks[t]`."""
    strokes = np.zeros((len(looks) + 1, 3), "float32")
    strokes[:, 0] = np.arange(len(looks) + 1)
    return strokes, np.eye(len(text) + 1, dtype="float32")[looks]


def test_points_of():
    pens = np.array([[1, 2, 0], [3, -1, 1], [1, 1, 0]], "float32")
    np.testing.assert_array_equal(
        points_of(pens, primed=False),
        [[0, 0, 0], [1, 2, 0], [4, 1, 1], [5, 2, 1]],
    )
    np.testing.assert_array_equal(
        points_of(pens, primed=True), [[0, 0, 0], [3, -1, 1], [4, 0, 1]]
    )
    np.testing.assert_array_equal(points_of(pens[:0], False), [[0, 0, 1]])


def test_unvisited_places():
    phi = np.array(
        [[1.0, 0.1, 0.0, 0.0, 0.0], [0.0, 0.4, 1.0, 0.0, 0.2]], "float32"
    )
    assert unvisited_places("abcd", phi) == (1, 3)
    assert unvisited_places("a cd", phi) == (3,)
    assert unvisited_places("abcd", phi, share=0.3) == (3,)
    assert unvisited_places("a c", phi[:0]) == (0, 2)
    # A window so far away that all its weights are 0 looks at nothing.
    nowhere = np.concatenate([phi, np.zeros((1, 5), "float32")])
    assert unvisited_places("abcd", nowhere) == (1, 3)


def test_ink_after_a_place():
    strokes, phi = looking("abc", [0] * 9 + [1] * 8 + [2] * 7 + [3] * 6)
    found = [ink_after(strokes, phi, place) for place in range(4)]
    assert found == [(30, 30), (21, 30), (13, 30), (6, 30)]
    # Moves of the lifted pen are no ink.
    strokes[[3, 28], 2] = 1
    assert ink_after(strokes, phi, 3) == (5, 28)


def test_ink_of_a_window_that_is_elsewhere():
    """In the first steps of a short text it looks past it, and comes back."""
    strokes, phi = looking("ab", [2, 2, 0, 0, 0, 1, 1, 1])
    assert ink_after(strokes, phi, 2) == (2, 8)
    strokes, phi = looking("ab", [0, 0, 0])
    assert ink_after(strokes, phi, 1) == (0, 3)


def test_a_primed_line_has_a_row_before_its_first_point():
    strokes, phi = looking("ab", [2, 0, 0, 1, 1, 2])
    assert ink_after(strokes[1:], phi, 2) == (1, 5)


@pytest.mark.parametrize(
    ("text", "letters"),
    [("abcd.", 0), ("abcd?", 0), ("abcde", 1), ("a b 97", 1), ("ab c d ", 1)],
)
def test_runs_past_text(text, letters):
    """Up to so many letters' ink past the text, of a line of 400 units."""
    count = len(text.replace(" ", ""))
    limit = round((RUNS_ON + letters) * 400 / count)
    for past, runs_on in ((0, False), (limit - 1, False), (limit + 1, True)):
        looks = np.repeat([0, len(text)], [400 - past, past])
        strokes, phi = looking(text, looks)
        assert runs_past_text(text, strokes, phi) is runs_on
        # The size of the writing does not matter.
        strokes[:, :2] *= 7
        assert runs_past_text(text, strokes, phi) is runs_on


def test_no_ink_runs_nowhere():
    assert not runs_past_text("a.", *looking("a.", []))
    strokes, phi = looking("a.", [2, 2])
    strokes[:, 2] = 1
    assert not runs_past_text("a.", strokes, phi)


def test_longest_look():
    # Four letters, of 10, 20, 20 and 40 points; 99 beyond the text.
    looks = np.repeat([0, 1, 2, 4, 5], [10, 20, 20, 40, 99])
    assert longest_look("abc d", looking("abc d", looks)[1]) == 2.0
    # A space of 25 points is as a letter's 50.
    looks = np.repeat([0, 1, 2, 3, 4], [10, 20, 20, 25, 40])
    assert longest_look("abc d", looking("abc d", looks)[1]) == 2.5
    assert longest_look("a", looking("a", [0] * 500)[1]) == 1.0
    assert longest_look("a", np.zeros((0, 2), "float32")) == 1.0


def test_shortfall():
    def sample(finished, unvisited, runs_on=False, look=LINGERS):
        return Sample(None, "", None, finished, unvisited, runs_on, look)

    ranked = [
        sample(True, ()),
        sample(True, (), look=LINGERS + 0.1),
        sample(True, (), look=LINGERS + 0.2),
        sample(True, (), True),
        sample(True, (1,)),
        sample(True, (1,), True),
        sample(True, (1, 2)),
        sample(False, ()),
        sample(False, (), True),
        sample(False, (3,)),
    ]
    assert [a.good for a in ranked] == [True] + [False] * 9
    assert [a.complete for a in ranked] == [True] * 3 + [False] * 7
    # Below the threshold the first is as good as any.
    assert sample(True, (), look=1.0).shortfall == ranked[0].shortfall
    for i, a in enumerate(ranked):
        for j, b in enumerate(ranked):
            assert (a.shortfall < b.shortfall) == (i < j)
