import numpy as np
import pytest

from graves_tf.figures.word import find_word
from graves_tf.figures.word import word_spans


def test_spans_are_those_of_the_words(make_line):
    line = make_line("one three of")
    assert word_spans(line.strokes, 3) == [(0, 24), (24, 64), (64, 80)]
    assert word_spans(line.strokes[:24], 1) == [(0, 24)]


def test_a_space_that_is_not_clear(make_line):
    strokes = make_line("one three of").strokes
    # Between words 90 units, and between two strokes of a word 80.
    strokes[30:, 0] += 70
    strokes[29, 2] = 1
    assert word_spans(strokes, 3) is None
    assert word_spans(strokes, 9) is None


def test_a_late_dot_hides_the_spaces_it_skips(make_line):
    strokes = make_line("one three of").strokes
    dot = np.array([[strokes[40, 0], 400.0, 1.0]], "float32")
    assert word_spans(np.concatenate([strokes, dot]), 3) is None


def test_the_word_is_found(make_line):
    lines = [make_line("no such word"), make_line("go under it")]
    line, word, begin, end = find_word(lines, "under")
    assert (line.text, word, begin, end) == ("go under it", "under", 16, 56)


def test_the_longest_word_stands_in(make_line):
    line, word, begin, end = find_word([make_line("a longer one")], "under")
    assert (word, begin, end) == ("longer", 8, 56)


def test_no_word(make_line):
    strokes = make_line("one three").strokes
    strokes[:, 2] = 0
    with pytest.raises(ValueError, match="None of 1 lines"):
        find_word([make_line("one three")._replace(strokes=strokes)], "under")
