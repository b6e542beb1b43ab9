from collections import Counter

import numpy as np
import pytest

from graves_tf.ink.line import Line
from graves_tf.rare_characters import with_rare_repeated


def lines_of(*texts):
    return [Line(np.zeros((2, 3), "float32"), text) for text in texts]


def times(lines, rare, **arguments):
    repeated = with_rare_repeated(lines, rare, **arguments)
    return Counter(line.text for line in repeated)


def test_by_the_rarest_character():
    # 100 a, 25 b, 1 c, 4 d; in all lines.
    lines = lines_of("a" * 79, "a" * 20 + "b" * 24, "b" + "c", "a" + "dddd")
    found = times(lines, 100, most=20)
    assert [found[line.text] for line in lines] == [1, 2, 10, 5]


def test_at_most():
    lines = lines_of("a" * 50, "b")
    assert times(lines, 1000)["b"] == 4
    assert times(lines, 1000, most=2)["b"] == 2
    assert times(lines, 1000)["a" * 50] == 4


def test_a_repeated_line_does_not_make_its_characters_less_rare():
    lines = lines_of("ab", "ac", *["a" * 10] * 9)
    assert times(lines, 9) == {"ab": 3, "ac": 3, "a" * 10: 9}


@pytest.mark.parametrize("rare", [-4, 0, 1])
def test_none_is_rare(rare):
    lines = lines_of("abc", "", "c")
    assert with_rare_repeated(lines, rare) == lines


def test_a_line_of_no_text_comes_once():
    lines = lines_of("", "b")
    assert times(lines, 16) == {"": 1, "b": 4}
