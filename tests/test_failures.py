"""What goes wrong with a written line, on lines made up to go wrong."""

import json

import numpy as np
import pytest

from graves_tf import evaluate
from graves_tf.failures import describe
from graves_tf.failures import tally
from graves_tf.failures import trails_ink
from graves_tf.ink.geometry import body_size
from graves_tf.sampling.sample import Sample


def zigzags(count):
    """Steps of writing: up for 5 steps, down for 5, the pen on the paper."""
    steps = np.zeros((count, 3))
    steps[:, 0] = 5.0
    steps[:, 1] = 20.0 * (-1.0) ** (np.arange(count) // 5)
    return steps


def made(text, looks, steps, **fields):
    """A `Sample` whose window looks at the place `looks[t]` at step t."""
    phi = np.eye(len(text) + 1)[looks]
    strokes = np.zeros((len(steps) + 1, 3), "float32")
    strokes[1:, :2] = np.cumsum(steps[:, :2], axis=0)
    strokes[1:, 2] = steps[:, 2]
    strokes[-1, 2] = 1.0
    fields = {"finished": True, "unvisited": (), **fields}
    return Sample(strokes, text, phi, **fields)


def whole(text, after=0):
    """20 steps for each character, and some more past the text."""
    looks = np.repeat(np.arange(len(text)), 20)
    looks = np.concatenate([looks, np.full(after, len(text), int)])
    if text[-1] == ".":
        looks = np.delete(looks, np.s_[-after - 15 : len(looks) - after])
    return made(text, looks, zigzags(len(looks)))


@pytest.mark.parametrize("text", ["abc", "abc."])
def test_ink_after_the_text_is_found(text):
    assert not trails_ink(whole(text))
    assert trails_ink(whole(text, after=15))


def test_ink_is_counted_in_sizes_of_the_writing():
    found = []
    for after in range(9):
        sample = whole("abc.", after)
        past = after * np.hypot(5, 20) / body_size(sample.strokes)
        found.append(trails_ink(sample))
        assert found[-1] == (past > 3)
        # Twice as large is no more of it.
        twice = sample.strokes * np.float32([2, 2, 1])
        assert found[-1] == trails_ink(sample._replace(strokes=twice))
    assert True in found and False in found


def test_a_window_that_never_gets_there_leaves_no_ink():
    sample = made("abc", np.zeros(30, int), zigzags(30))
    assert not trails_ink(sample)


def test_a_move_of_the_lifted_pen_is_no_ink():
    steps = np.concatenate([zigzags(65), [[3000.0, 0.0, 0.0]]])
    looks = np.array([0] * 20 + [1] * 20 + [2] * 20 + [3] * 5 + [4])
    drawn = made("abc.", looks, steps)
    assert trails_ink(drawn)
    steps[-2, 2] = 1.0
    assert not trails_ink(made("abc.", looks, steps))


def test_lingering_at_the_last_character_is_found():
    """The window stays at the full stop, and the pen draws on."""
    looks = np.array([0] * 20 + [1] * 20 + [2] * 60)
    assert trails_ink(made("ab.", looks, zigzags(100)))


def test_tally_by_hand():
    good = whole("abc")
    samples = [
        good,
        good._replace(attempts=3),
        good._replace(finished=False, attempts=5),
        good._replace(unvisited=(1,), attempts=5),
        whole("abc", after=15),
    ]
    points = 4 * 61 + 76
    assert tally(samples) == {
        "finished": 4 / 5,
        "visited": 4 / 5,
        "trailing": 1 / 5,
        "drawn_again": 3 / 5,
        "points_per_character": points / 15,
    }
    assert [describe(sample) for sample in samples] == [
        "",
        "",
        "did not finish",
        "passed over 'b'",
        "ink after the text",
    ]


def test_the_command_counts_and_draws_what_went_wrong(
    scribbler, tmp_path, capsys
):
    command = ["--failures", str(scribbler), "--lines", "5", "--seed", "1"]
    command += ["-o", str(tmp_path)]
    assert evaluate.main([*command, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["sentences"] == 5
    bad = len(report["failures"])
    parts = (1 - report["finished"], 1 - report["visited"], report["trailing"])
    assert max(parts) * 5 <= bad + 1e-6 and bad <= sum(parts) * 5 + 1e-6
    assert len(list(tmp_path.glob("failures-*.png"))) == (bad > 0)
    assert evaluate.main(command) == 0
    out = capsys.readouterr().out
    assert f"{100 * report['finished']:.1f} % finish" in out
    assert all(failure["text"] in out for failure in report["failures"])
