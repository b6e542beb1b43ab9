"""The command `write`, with an untrained network that writes scribbles."""

import json
import pathlib

import keras
import numpy as np
import pytest
from lxml import etree
from PIL import Image

from graves_tf import write
from graves_tf.ink import json_ink
from graves_tf.ink.formats import read_style
from graves_tf.networks import HandwritingSynthesizer


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A network whose window hurries along, so that lines come to an end."""
    keras.utils.set_random_seed(3)
    network = HandwritingSynthesizer(
        hidden=(8, 8),
        num_mixtures=2,
        num_gaussians=2,
        characters_per_point=0.2,
        offset_mean=(8.0, 0.0),
        offset_std=(40.0, 36.0),
    )
    path = tmp_path_factory.mktemp("weights") / "scribbler.keras"
    network.save(path)
    return path


@pytest.fixture
def run(weights, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return write.main([*arguments, "--weights", str(weights)])

    return run


def test_svg_has_a_path_for_each_stroke(run):
    assert run("Hello there", "-o", "a.svg") == 0
    assert run("Hello there", "-o", "a.json") == 0
    line = json_ink.loads(pathlib.Path("a.json").read_text())
    assert line.text == "Hello there"
    svg = etree.parse("a.svg").getroot()
    paths = svg.findall(".//{*}path")
    assert len(paths) == int(line.strokes[:, 2].sum())


def test_inkml_says_what_json_says(run):
    for name in ("a.json", "a.inkml"):
        assert run("Hello there", "-o", name) == 0
    line, same = (
        read_style(name, convert=False) for name in ("a.json", "a.inkml")
    )
    assert same.text == line.text == "Hello there"
    np.testing.assert_array_equal(same.strokes, line.strokes)


def test_png_and_gif_are_pictures(run):
    for name in ("a.png", "a.gif"):
        assert run("Hello", "-o", name) == 0
        with Image.open(name) as image:
            assert min(image.size) > 10
    with Image.open("a.gif") as image:
        assert image.n_frames > 3


def test_attention_is_drawn(run):
    assert run("Hello", "-o", "a.svg", "--attention", "phi.png") == 0
    with Image.open("phi.png") as image:
        assert min(image.size) > 100


def test_a_seed_gives_the_same_ink_and_another_seed_other_ink(run):
    for name, seed in (("a.json", "1"), ("b.json", "1"), ("c.json", "2")):
        assert run("Hello", "--seed", seed, "-o", name) == 0
    a, b, c = (pathlib.Path(f"{n}.json").read_bytes() for n in "abc")
    assert a == b != c


def test_a_long_text_becomes_a_page(run):
    text = "many words that do not fit on one line of this length"
    assert run(text, "--line-length", "20", "-o", "a.json") == 0
    line = json_ink.loads(pathlib.Path("a.json").read_text())
    assert line.text.replace("\n", " ") == text
    assert line.text.count("\n") == 2


def test_lines_of_a_file_in_batches(run):
    pathlib.Path("in.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    arguments = ("--lines", "in.txt", "--format", "json")
    assert run(*arguments, "-o", "by_two", "--batch-size", "2") == 0
    assert run(*arguments, "-o", "by_three", "--batch-size", "3") == 0
    for i, text in enumerate(("one", "two", "three")):
        inks = [
            json.loads(pathlib.Path(folder, f"{i:04d}.json").read_text())
            for folder in ("by_two", "by_three")
        ]
        assert [ink["text"] for ink in inks] == [text] * 2
        first, second = (np.concatenate(ink["strokes"]) for ink in inks)
        np.testing.assert_allclose(first, second, atol=0.1)


def test_a_style_is_followed_and_left_out_of_the_ink(run):
    style = {
        "text": "ab",
        "strokes": [[[0, 0], [300, 40]], [[400, 0], [500, 9]]],
    }
    pathlib.Path("style.json").write_text(json.dumps(style))
    assert run("Hello", "--style", "style.json", "-o", "a.json") == 0
    assert run("Hello", "-o", "b.json") == 0
    a, b = (
        json_ink.loads(pathlib.Path(name).read_text())
        for name in ("a.json", "b.json")
    )
    assert a.text == "Hello"
    assert (
        a.strokes.shape != b.strokes.shape
        or np.abs(a.strokes - b.strokes).max() > 1
    )


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["naïve", "-o", "a.svg"], ["'ï'", "--on-unknown"]),
        (["  ", "-o", "a.svg"], ["empty"]),
        (["Hello", "-o", "a.pdf"], ["a.pdf", "svg"]),
        (["Hello", "-o", "a.svg", "--bias", "-1"], ["--bias", "-1"]),
        (["Hello", "-o", "a.svg", "--bias", "nan"], ["--bias"]),
        (["Hello", "-o", "a.svg", "--seed", "-1"], ["--seed"]),
        (["-o", "a.svg"], ["--lines"]),
        (["--lines", "none.txt", "-o", "a"], ["none.txt"]),
        (["Hello", "-o", "a.svg", "--style", "no.json"], ["no.json"]),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    run, capsys, tmp_path, arguments, words
):
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words), error
    assert not list(tmp_path.iterdir())


def test_unknown_characters_can_be_skipped(run):
    assert run("naïve", "--on-unknown", "skip", "-o", "a.json") == 0
    ink = json.loads(pathlib.Path("a.json").read_text())
    assert ink["text"] == "nave"


def test_weights_that_are_none_are_told(tmp_path, capsys):
    other = tmp_path / "other.keras"
    other.write_bytes(b"no network")
    for name, word in (("nothing", "train"), (str(other), "damaged")):
        status = write.main(
            ["Hello", "--weights", name, "-o", str(tmp_path / "a.svg")]
        )
        assert status == 2
        assert word in capsys.readouterr().err
