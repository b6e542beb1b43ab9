"""How well writing is read: by hand, on a printed font, and on scribbles."""

import json
import sys

import numpy as np
import pytest
from PIL import Image

from graves_tf import evaluate
from graves_tf import packed
from graves_tf.datasets.hershey.generate import draw
from graves_tf.datasets.hershey.generate import generate_lines
from graves_tf.datasets.hershey.generate import make_writer
from graves_tf.legibility import HEIGHT
from graves_tf.legibility import Recognizer
from graves_tf.legibility import count_errors
from graves_tf.legibility import draw_line
from graves_tf.legibility import error_rate
from graves_tf.legibility import letters
from graves_tf.sentences import sentences


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer()


@pytest.fixture(scope="module")
def printed():
    """Sentences in a plain stroke font, by a hand that does not shake."""
    writer = make_writer(0, 0)._replace(
        font="rowmans", slant=0.0, wobble=0.0, noise=0.0, drift=0.0, spacing=2.0
    )
    rng = np.random.default_rng(0)
    return [(text, draw(text, writer, rng)) for text in sentences()[::30]]


@pytest.mark.parametrize(
    "text, reading, errors",
    [
        ("Hello, world!", "hello world", 0),
        ("Hello", "HeIlo", 1),  # A capital i is no l.
        ("Room 14", "room 15", 0),
        ("a cat", "acart", 1),
        ("kitten", "sitting", 3),
        ("some", "", 4),
        ("", "some", 4),
        ("Ärger", "ärger", 0),
    ],
)
def test_errors_counted_by_hand(text, reading, errors):
    assert count_errors(text, reading) == errors


def test_only_letters_are_compared():
    assert letters("It's 5 \"O'Clock\"!") == "itsoclock"


def test_the_rate_is_of_all_letters_together():
    """1 + 3 + 2 errors in 10 + 6 + 2 letters."""
    rate = error_rate(
        ["Hello, world 7!", "kitten", "ab"], ["hello worid", "sitting", ""]
    )
    assert rate["cer"] == pytest.approx(6 / 18)
    low, high = rate["cer_interval"]
    assert 1 / 10 <= low < 6 / 18 < high <= 1


def test_a_line_is_drawn_alike_whatever_its_size_slope_and_place():
    (line,) = generate_lines(1, seed=3, text="Some plain words to look at")
    picture = np.asarray(draw_line(line.strokes), float)
    moved = line.strokes * [2.0, 2.0, 1.0] + [500.0, -300.0, 0.0]
    moved[:, 1] += 0.05 * moved[:, 0]
    again = np.asarray(draw_line(moved), float)
    assert len(picture) == len(again) == HEIGHT
    assert again.shape[1] == pytest.approx(picture.shape[1], abs=12)
    # Dark on white, and the ink is not pressed against the edge.
    assert picture[0].min() == 255 and picture.mean() > 180
    assert picture.min() == 0


def test_print_is_read(recognizer, printed):
    texts = [text for text, _ in printed]
    rate = error_rate(texts, [recognizer.read(ink) for _, ink in printed])
    assert rate["cer"] < 0.1


def test_a_tremor_makes_it_hard_to_read(recognizer, printed):
    rng = np.random.default_rng(0)
    texts, readings = [], []
    for text, ink in printed:
        ink = ink.copy()
        ink[:, :2] += rng.normal(0, 60, (len(ink), 2))
        texts.append(text)
        readings.append(recognizer.read(ink))
    assert error_rate(texts, readings)["cer"] > 0.5


def test_the_command_reads_real_lines_and_every_bias(
    scribbler, tmp_path, capsys
):
    data, sheets = tmp_path / "a.npz", tmp_path / "sheets"
    lines = generate_lines(9, seed=5)
    packed.save(data, {"validation_1": lines}, name="made", config="up")
    command = ["--legibility", str(scribbler), "--data", str(data)]
    command += ["--lines", "3", "--json", "-o", str(sheets)]
    assert evaluate.main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["sentences"] == report["real_lines"] == 3
    real, *written = report["rows"]
    assert [row["lines"] for row in written] == [
        f"bias-{b}" for b in ("0", "0.15", "0.5", "1", "2")
    ]
    # Hershey fonts can be read, and a network that has learned nothing cannot.
    assert real["cer"] < 0.5 < min(row["cer"] for row in written)
    for row in written:
        assert 0 <= row["finished"] <= 1 and row["points_per_character"] > 0
    for name in ("real", "bias-0", "bias-0.5"):
        with Image.open(sheets / f"{name}-01.png") as image:
            assert min(image.size) > 100


def test_packages_that_are_missing_are_told(scribbler, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    assert evaluate.main(["--legibility", str(scribbler)]) == 2
    assert "graves_tf[legibility]" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["--legibility", "--realism", "--failures"])
def test_no_lines_are_told(scribbler, capsys, kind):
    assert evaluate.main([kind, str(scribbler), "--lines", "0"]) == 2
    assert "--lines must be 1" in capsys.readouterr().err
