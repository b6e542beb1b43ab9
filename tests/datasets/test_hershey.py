"""Handwriting made from the Hershey fonts."""

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.data import load_lines
from graves_tf.datasets.__main__ import main
from graves_tf.datasets.hershey.generate import draw
from graves_tf.datasets.hershey.generate import generate_lines
from graves_tf.datasets.hershey.generate import make_writer
from graves_tf.datasets.hershey.text import random_text
from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.offsets import fit_normalisation

STEADY = {"slant": 0.0, "wobble": 0.0, "noise": 0.0, "drift": 0.0}


@pytest.fixture(scope="module")
def lines():
    return generate_lines(200, seed=0)


def test_the_same_seed_gives_the_same_lines(lines):
    for a, b in zip(generate_lines(5, seed=0), lines, strict=False):
        assert a[1:] == b[1:]
        np.testing.assert_array_equal(a.strokes, b.strokes)


def test_the_lines_are_these_on_any_machine(lines):
    made = [(line.text, len(line.strokes)) for line in lines[:3]]
    assert made == [("Side!", 86), ("Until space house", 244), ("live.", 50)]
    sums = [line.strokes[:, :2].sum(axis=0).tolist() for line in lines[:3]]
    assert sums == [[32744, -6414], [371592, -11703], [15191, -4234]]


def test_another_seed_gives_others(lines):
    other = generate_lines(20, seed=1)
    assert {a.text for a in other} != {a.text for a in lines[:20]}
    assert not {a.writer_id for a in other} & {a.writer_id for a in lines}
    assert not {a.line_id for a in other} & {a.line_id for a in lines}


def test_a_line_is_as_iam_ondb_has_them(lines):
    mean, std = fit_normalisation(line.strokes for line in lines)
    assert 4 < mean[0] < 12
    assert (25 < std).all() and (std < 55).all()
    characters = sum(len(line.text) for line in lines)
    points = sum(len(line.strokes) for line in lines)
    assert 16 < points / characters < 26
    for line in lines:
        strokes = line.strokes
        assert strokes.dtype == np.float32
        np.testing.assert_array_equal(strokes, np.round(strokes))
        assert set(np.unique(strokes[:, 2])) <= {0, 1}
        assert strokes[-1, 2] == 1
        assert 1 <= len(line.text.split()) <= 5
        assert 3 <= len(line.text) <= 30
        assert line.line_id and line.form_id and line.writer_id


def test_the_pen_moves_smoothly_within_strokes(lines):
    steps = []
    for line in lines:
        lengths = np.hypot(*np.diff(line.strokes[:, :2], axis=0).T)
        steps.append(lengths[line.strokes[:-1, 2] == 0])
    steps = np.concatenate(steps)
    assert np.percentile(steps, 99) < 3 * np.median(steps)
    assert 12 < np.median(steps) < 40


def test_characters_are_written_from_left_to_right_and_upright():
    rng = np.random.default_rng(0)
    writer = make_writer(0, 0)._replace(font="rowmans", **STEADY)
    # An l is a stroke: as many strokes, each right of the one before.
    strokes = draw("llll", writer, rng)
    parts = _parts(strokes)
    assert len(parts) == 4
    middles = [part[:, 0].mean() for part in parts]
    assert middles == sorted(middles)
    # y runs down: the tail of a y is below its arms.
    y = draw("y", writer, rng)
    x = draw("x", writer, rng)
    assert y[:, 1].max() > x[:, 1].max() + 50
    height = np.ptp(x[:, 1])
    assert 90 < height < 210


def test_writers_differ():
    writers = [make_writer(0, number) for number in range(30)]
    assert {writer.font for writer in writers} == {"rowmans", "scripts"}
    for field in ("unit", "slant", "wobble", "noise", "drift", "step"):
        assert len({getattr(writer, field) for writer in writers}) == 30


@pytest.mark.parametrize("font", ["rowmans", "scripts"])
def test_each_character_of_a_text_is_in_the_ink(font):
    writer = make_writer(0, 0)._replace(font=font, joins=False, **STEADY)
    text = "Jig, No. 8?"
    expected = []
    for character in text.replace(" ", ""):
        alone = draw(character, writer, np.random.default_rng(0))
        expected += _extents(alone)
    drawn = draw(text, writer, np.random.default_rng(0))
    np.testing.assert_allclose(_extents(drawn), expected, atol=12)
    middles = [part[:, 0].mean() for part in _parts(drawn)]
    assert (np.diff(middles) > -80).all()


def test_the_dot_of_an_i_comes_after_its_body():
    writer = make_writer(0, 0)._replace(font="rowmans", **STEADY)
    body, dot = _parts(draw("i", writer, np.random.default_rng(0)))
    assert dot[:, 1].max() < body[:, 1].min()


def test_cursive_letters_are_joined_and_marks_are_not():
    writer = make_writer(0, 0)._replace(font="scripts", **STEADY)
    rng = np.random.default_rng(0)
    joined = writer._replace(joins=True)
    assert len(_parts(draw("eee", writer._replace(joins=False), rng))) == 3
    assert len(_parts(draw("eee", joined, rng))) == 1
    assert len(_parts(draw("e.", joined, rng))) == 2


def _parts(strokes):
    return np.split(strokes, np.flatnonzero(strokes[:, 2])[:-1] + 1)


def _extents(strokes):
    return [np.ptp(part[:, :2], axis=0) for part in _parts(strokes)]


def test_texts_use_every_symbol_of_the_alphabet_and_no_other():
    rng = np.random.default_rng(0)
    text = "".join(random_text(rng) for _ in range(2000))
    assert set(text) == set(ALPHABETS["full"].symbols)


def test_a_given_text():
    one, other = generate_lines(2, seed=0, text="Hello")
    assert one.text == other.text == "Hello"
    assert not np.array_equal(one.strokes, other.strokes)


@pytest.mark.parametrize("text", ["naïve", "", "  "])
def test_what_cannot_be_drawn_is_an_error(text):
    with pytest.raises(ValueError, match="ï|Nothing to draw"):
        generate_lines(1, seed=0, text=text)


def test_every_symbol_can_be_drawn():
    for symbol in ALPHABETS["full"].symbols.strip():
        for line in generate_lines(6, seed=0, text=symbol):
            assert len(line.strokes) >= 2, symbol


def test_negative_arguments():
    with pytest.raises(ValueError, match="negative"):
        generate_lines(-1, seed=0)


def test_the_command_builds_as_many_lines_as_asked_for(tmp_path, capsys):
    file = tmp_path / "x.npz"
    arguments = ["hershey", "--lines", "40", "--data-dir", str(tmp_path)]
    assert main([*arguments, "--pack", str(file)]) == 0
    rows = {
        row.split()[0]: row.split()[1]
        for row in capsys.readouterr().out.splitlines()
        if row
    }
    assert rows["train"] == "40"
    assert rows["validation_1"] == rows["validation_2"] == rows["test"] == "2"
    lines = load_lines("train", dataset="hershey/lines_40", data_dir=tmp_path)
    expected = generate_lines(40, seed=0)
    for got in (lines, packed.load(file, "train")):
        for a, b in zip(got, expected, strict=True):
            assert a[1:] == b[1:]
            np.testing.assert_array_equal(a.strokes, b.strokes)
