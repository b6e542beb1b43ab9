"""A classifier that must tell what can be told, and nothing else."""

import json

import numpy as np
import pytest

from graves_tf import evaluate
from graves_tf import packed
from graves_tf.datasets.hershey.generate import generate_lines
from graves_tf.realism import statistics
from graves_tf.realism import tell_apart


@pytest.fixture(scope="module")
def lines():
    """Lines of the Hershey fonts in two halves, each of the same writers."""
    by_writer = {}
    for line in generate_lines(240, seed=2):
        by_writer.setdefault(line.writer_id, []).append(line)
    pairs = [
        (a, b)
        for mine in by_writer.values()
        for a, b in zip(mine[::2], mine[1::2], strict=False)
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def measure(lines):
    return [statistics(line.strokes, line.text) for line in lines]


def test_two_halves_of_the_same_are_not_told_apart(lines):
    first, second = lines
    found = tell_apart(
        measure(first), measure(second), [line.writer_id for line in first]
    )
    low, high = found["accuracy_interval"]
    assert low - 0.02 < 0.5 < high + 0.02
    assert 0.4 < found["accuracy"] < 0.6


def test_a_tremor_is_found(lines):
    first, second = lines
    rng = np.random.default_rng(0)
    shaken = []
    for line in second:
        strokes = line.strokes.copy()
        strokes[:, :2] += rng.normal(0, 6, (len(strokes), 2))
        shaken.append(line._replace(strokes=strokes))
    found = tell_apart(
        measure(first), measure(shaken), [line.writer_id for line in first]
    )
    assert found["accuracy"] > 0.9
    assert found["accuracy_interval"][0] > 0.85
    assert any("change" in name or "curv" in name for name in found["telling"])


def test_rounding_is_not_what_tells(lines):
    """Real points are whole numbers, and those of a network are not."""
    line = lines[0][0]
    strokes = line.strokes.copy()
    strokes[:, :2] += 0.2
    assert statistics(strokes, line.text) == statistics(line.strokes, line.text)


def test_held_out_groups_are_held_out():
    """Rows that only their own group's other rows could tell."""
    rng = np.random.default_rng(0)
    ids = np.repeat(np.arange(40), 5)
    sides = []
    for _ in range(2):
        values = rng.normal(size=(40, 3))[ids]
        sides.append([{str(i): v for i, v in enumerate(r)} for r in values])
    leaking = tell_apart(*sides, np.arange(200))
    held_out = tell_apart(*sides, ids)
    assert leaking["accuracy"] > 0.95
    assert held_out["accuracy"] < 0.7
    # 40 groups, not 400 lines, are what is independent.
    low, high = held_out["accuracy_interval"]
    assert high - low > 0.1


def test_too_few_groups_are_told():
    rows = [{"a": float(i)} for i in range(8)]
    with pytest.raises(ValueError, match="2 groups"):
        tell_apart(rows, rows, [0, 1] * 4)


def test_statistics_by_hand():
    """Five strokes down the page, leaning to the right by 3 in 4."""
    strokes = []
    for number in range(5):
        down = np.arange(11)[:, None] * [-30.0, 40.0]
        strokes.append(np.c_[down + [number * 500.0, 0.0], np.arange(11) == 10])
    found = statistics(np.concatenate(strokes), "some words")
    assert found["step length, 50 %"] == 50
    assert found["step length, deviation"] == 0
    assert found["change of step, 90 %"] == 0
    assert found["steps of no length"] == found["sharp turns"] == 0
    assert found["curvature, 90 %"] == 0
    assert found["lifts a character"] == 0.5
    assert found["points a stroke, 50 %"] == 11
    assert found["lifted move, 50 %"] == pytest.approx(np.hypot(800, 400))
    assert found["lifted moves to the left"] == 0
    assert found["slant"] == pytest.approx(np.degrees(np.arctan2(3, 4)))
    assert found["points a character"] == 5.5


def test_statistics_of_turns():
    """A square, drawn in one stroke, and a dot in it."""
    square = [(0, 0, 0), (100, 0, 0), (100, 100, 0), (0, 100, 0), (0, 0, 1)]
    found = statistics(np.array([*square, (50, 50, 1)]), "o")
    assert found["curvature, 90 %"] == pytest.approx(90)
    assert found["curvature, mean"] == pytest.approx(3 * 90 / 4)
    assert found["sharp turns"] == 0
    assert found["lifts a character"] == 2


@pytest.mark.parametrize("count", [1, 2])
def test_a_dot_has_statistics(count):
    dots = np.zeros((count, 3)) + [5.0, 5.0, 1.0]
    found = statistics(dots, ".")
    assert all(np.isfinite(value) for value in found.values())
    assert found.keys() == statistics(np.eye(3), "abc").keys()


def test_the_command_tells_scribbles(scribbler, tmp_path, capsys):
    data, sheets = tmp_path / "a.npz", tmp_path / "sheets"
    lines = generate_lines(30, seed=5)
    packed.save(data, {"validation_1": lines}, name="made", config="up")
    command = ["--realism", str(scribbler), "--data", str(data)]
    command += ["--lines", "20", "-o", str(sheets)]
    assert evaluate.main([*command, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["real_lines"] == report["generated"] <= 20
    assert report["accuracy"] > 0.9
    assert (sheets / "realism-01.png").is_file()
