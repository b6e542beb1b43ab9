"""The command `write`, with an untrained network that writes scribbles."""

import json
import os
import pathlib
import re

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from graves_tf import weights
from graves_tf import write
from graves_tf.ink import json_ink
from graves_tf.ink.formats import read_style
from graves_tf.sampling.handwriting_sampler import HandwritingSampler
from graves_tf.sampling.sample import Sample
from graves_tf.write_options import make_parser


@pytest.fixture
def run(scribbler, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return write.main([*arguments, "--weights", str(scribbler)])

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


def test_paragraphs_of_a_page_stand_apart(run):
    for name, text in (("a", "many\nwords"), ("b", "many\n\n \n\nwords\n")):
        assert run(text, "-o", f"{name}.json") == 0
    near, apart = (
        json_ink.loads(pathlib.Path(f"{name}.json").read_text())
        for name in "ab"
    )
    assert apart.text == "many\n\nwords"
    # The same ink, the second line of it one line further down.
    down = apart.strokes[:, 1] - near.strokes[:, 1]
    assert down[0] == 0 < down[-1]
    assert len(np.unique(down.round(1))) == 2


def test_a_page_has_a_margin_all_round(run):
    text = "many words that do not fit on one line of this length"
    for name in ("a.svg", "a.json", "a.png"):
        assert run(text, "--line-length", "20", "-o", name) == 0
    ink = json_ink.loads(pathlib.Path("a.json").read_text()).strokes
    root = etree.parse("a.svg").getroot()
    left, top, width, height = map(float, root.get("viewBox").split())
    margins = [
        *(ink[:, :2].min(axis=0) - [left, top]),
        *([left + width, top + height] - ink[:, :2].max(axis=0)),
    ]
    assert left == pytest.approx(0, abs=1)
    np.testing.assert_allclose(margins, ink[:, 0].min(), atol=1)
    with Image.open("a.png") as image:
        shape = image.width / image.height
    assert shape == pytest.approx(width / height, rel=0.01)


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


@pytest.mark.parametrize("form", ["json", "svg"])
def test_lines_that_are_done_outlive_an_interruption(scribbler, tmp_path, form):
    class Interrupted(HandwritingSampler):
        def write(self, texts, first=0, **wanted):
            if first >= 4:
                raise KeyboardInterrupt
            return super().write(texts, first=first, **wanted)

    (tmp_path / "in.txt").write_text("a\nb\nc\nd\ne\n")
    options = make_parser().parse_args(
        [
            *("--lines", str(tmp_path / "in.txt")),
            *("-o", str(tmp_path / "out"), "--format", form),
            *("--batch-size", "2"),
        ]
    )
    sampler = Interrupted(weights.load(scribbler))
    with pytest.raises(KeyboardInterrupt):
        write.write_file(options, sampler, None, lambda row: [row])
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [f"{number:04d}.{form}" for number in range(4)]


def test_the_lines_done_are_counted(run, capsys):
    pathlib.Path("in.txt").write_text("a\nb\nc\n")
    assert run("--lines", "in.txt", "-o", "out", "--batch-size", "2") == 0
    said = capsys.readouterr().err
    assert "0/3" in said and "2/3" in said and "3/3" in said
    assert run("a b c", "-o", "a.svg", "--line-length", "1") == 0
    said = capsys.readouterr().err
    assert "1/3" in said and "3/3" in said
    assert run("a", "-o", "a.svg") == 0
    assert "1/1" not in capsys.readouterr().err


DRAW = ["Hello", "-o", "a.svg"]
LINES = ["--lines", "in.txt", "-o", "out"]
TEXT = ["--task", "text"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["naïve", "-o", "a.svg"], ["'ï'", "--on-unknown"]),
        (["  ", "-o", "a.svg"], ["empty"]),
        (["Hello", "-o", "a.pdf"], ["a.pdf", "svg"]),
        (["Hello", "-o", "a"], ["a: its ending", "svg"]),
        (["Hello", "-o", ""], ["-o OUT"]),
        (["Hello"], ["-o OUT"]),
        ([], ["text", "--lines"]),
        (["Hello", "-o", "folder.svg"], ["folder.svg is a folder"]),
        (["Hello", "-o", "pipe.svg"], ["pipe.svg is a device or a pipe"]),
        (["Hello", "-o", "in.txt/a.svg"], ["in.txt is a file"]),
        (["Hello", "-o", "in.txt/b/a.svg"], ["in.txt is a file"]),
        ([*DRAW, "--bias", "-1"], ["--bias", "-1"]),
        ([*DRAW, "--bias", "nan"], ["--bias"]),
        ([*DRAW, "--bias", "inf"], ["--bias", "100"]),
        ([*DRAW, "--bias", "1e30"], ["--bias", "100"]),
        ([*DRAW, "--seed", "-1"], ["--seed"]),
        ([*DRAW, "--attempts", "0"], ["--attempts", "1 to 100"]),
        ([*DRAW, "--line-length", "0"], ["--line-length"]),
        ([*DRAW, "--line-length", "301"], ["1 to 300"]),
        ([*LINES, "--batch-size", "0"], ["--batch-size", "1 to 1000"]),
        ([*DRAW, "--style-text", "a"], ["--style FILE"]),
        ([*DRAW, "--style", ""], ["--style is empty"]),
        ([*DRAW, "--style", "no.json"], ["no.json"]),
        ([*DRAW, "--style", "picture.png"], ["picture.png: of no known form"]),
        ([*DRAW, "--style", "folder.svg"], ["folder.svg: cannot be read"]),
        ([*DRAW, "--format", "png"], ["--format png", "--lines"]),
        ([*DRAW, "--length", "20"], ["--length 20", "--task text"]),
        ([*DRAW, "--prime", "x"], ["--prime x", "--task text"]),
        ([*DRAW, "--temperature", "2"], ["--temperature 2.0"]),
        ([*DRAW, "--preset", "tiny"], ["--preset tiny"]),
        ([*DRAW, "--color", "ink"], ["--color ink", "#rrggbb"]),
        # Pillow's, and of no meaning in an SVG.
        ([*DRAW, "--color", "hsv(0,9%,9%)"], ["--color hsv", "#rrggbb"]),
        ([*DRAW, "--attention", "folder.svg"], ["folder.svg", "png"]),
        ([*DRAW, "--attention", "phi.svg"], ["phi.svg", "png"]),
        ([*DRAW, "--attention", "in.txt/a.png"], ["in.txt is a file"]),
        (["a", "-o", "a.png", "--attention", "a.png"], ["a.png is named twic"]),
        (["a", "-o", "x.json", "--style", "./x.json"], ["x.json is named"]),
        (["", "-o", "a.svg"], ["empty"]),
        (["שלום", "-o", "a.svg"], ["'ש'", "--on-unk"]),
        (["😀", "-o", "a.svg"], ["'😀'", "--on-unknown"]),
        (
            ["😀", "-o", "a.svg", "--on-unknown", "skip"],
            ["empty without the unknown"],
        ),
        (["-o", "a.svg"], ["--lines"]),
        (["Hello", *LINES], ["either a text or --lines"]),
        (["--lines", "none.txt", "-o", "out"], ["none.txt"]),
        (["--lines", "", "-o", "out"], ["--lines is empty"]),
        (["--lines", "folder.svg", "-o", "out"], ["folder.svg is a folder"]),
        (["--lines", "picture.png", "-o", "out"], ["picture.png is not UTF-8"]),
        (["--lines", "in.txt", "-o", "x.json"], ["x.json", "--format json"]),
        (["--lines", "in.txt", "-o", "in.txt"], ["in.txt is"]),
        ([*LINES[:2]], ["-o OUT"]),
        (
            [*LINES[:3], ".", "--style", "0000.json"],
            ["0000.json is read", "another folder"],
        ),
        ([*LINES, "--attention", "a.png"], ["--attention", "with --lines"]),
        ([*LINES, "--line-length", "9"], ["--line-length 9", "with --lines"]),
        ([*TEXT, "Hello"], ["--prime"]),
        ([*TEXT, *LINES], ["--lines in.txt", "with --task text"]),
        ([*TEXT, "--bias", "1"], ["--bias 1.0", "with --task text"]),
        ([*TEXT, "--style", "a.json"], ["--style a.json"]),
        ([*TEXT, "--preset", "ptb_char"], ["--preset or --weights"]),
        ([*TEXT, "-o", "folder.svg"], ["folder.svg is a folder"]),
        ([*TEXT, "-o", "in.txt/a.txt"], ["in.txt is a file"]),
        ([*TEXT, "--seed", "-1"], ["--seed"]),
        ([*TEXT, "--length", "0"], ["--length", "1 or more"]),
        ([*TEXT, "--temperature", "nan"], ["--temperature"]),
        ([*TEXT, "--temperature", "1e-300"], ["--temperature"]),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    run, capsys, tmp_path, arguments, words
):
    pathlib.Path("in.txt").write_text("one\ntwo\n")
    pathlib.Path("folder.svg").mkdir()
    pathlib.Path("picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    os.mkfifo("pipe.svg")
    before = set(tmp_path.rglob("*"))
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words), error
    assert error.count("\n") == 1
    assert set(tmp_path.rglob("*")) == before


def test_a_link_is_followed(run):
    pathlib.Path("kept").mkdir()
    pathlib.Path("a.svg").symlink_to("kept/b.svg")
    assert run("Hello", "-o", "a.svg") == 0
    assert pathlib.Path("a.svg").is_symlink()
    assert pathlib.Path("kept/b.svg").read_text().startswith("<svg")


def test_a_long_word_of_a_file_stays_whole(run):
    text = "see https://example.org/a/long/path/of/pages/to/look/at.html now"
    pathlib.Path("in.txt").write_text(text)
    assert run("--lines", "in.txt", "-o", "out", "--attempts", "1") == 0
    assert json.loads(pathlib.Path("out/0000.json").read_text())["text"] == text


def test_what_is_amiss_is_said(capsys):
    strokes = np.zeros((1, 3))
    good = Sample(strokes, "fine", None, True, ())
    assert write.report([good]) == 0
    assert capsys.readouterr().err == ""
    lingers = good._replace(text="slow", longest_look=3.5)
    short = good._replace(text="cut", finished=False, attempts=5)
    assert write.report([good, lingers, short]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first == "'slow': drawn once; it stays too long at one place"
    assert second == "'cut': drawn 5 times; it did not come to an end"


def test_a_seed_that_is_no_whole_number(run, capsys):
    with pytest.raises(SystemExit) as exit_:
        run("Hello", "-o", "a.svg", "--seed", "1.5")
    assert exit_.value.code == 2
    assert "--seed: invalid int value: '1.5'" in capsys.readouterr().err


STROKES = "[[[0, 0], [300, 40]], [[400, 0], [500, 9]]]"


@pytest.mark.parametrize(
    "text, strokes, words",
    [
        ("ab", "[]", "no strokes"),
        ("ab", "[[[0, 0]]]", "style.json: a single point"),
        ("ab", "[[[7, 7], [7, 7]], [[9, 9]]]", "style.json: a single point"),
        ("ab", "[[[0, 0], [NaN, 1]]]", "point 1 .* finite"),
        ("ab", "[[[0, 0], [1e999, 1]]]", "point 1 .* finite"),
        ("", STROKES, "text of the line is missing"),
        (" ", STROKES, "text of the line is missing"),
        ("😀", STROKES, "style.json, its text: .*'😀'"),
        ("a" * 10_000, STROKES, "10000 characters.* one line"),
    ],
)
def test_a_style_that_is_none_is_told(
    run, capsys, tmp_path, text, strokes, words
):
    style = f'{{"text": "{text}", "strokes": {strokes}}}'
    pathlib.Path("style.json").write_text(style, encoding="utf-8")
    assert run("Hello", "--style", "style.json", "-o", "a.svg") == 2
    assert re.search(words, capsys.readouterr().err)
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "in.txt: there is nothing to write"),
        (b"\xef\xbb\xbf \n", "line 1: .* empty"),
        (b"one\n\nthree\n", "line 2: .* empty"),
        (b"caf\xe9", "in.txt is not UTF-8"),
        (b"one\n" + b"word " * 2000, "line 2: 9999 characters.* 300"),
    ],
)
def test_lines_that_are_none_are_told(run, capsys, tmp_path, content, words):
    pathlib.Path("in.txt").write_bytes(content)
    assert run("--lines", "in.txt", "-o", "out") == 2
    assert re.search(words, capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_a_mark_of_byte_order_is_no_character(run):
    pathlib.Path("in.txt").write_text("one\n", encoding="utf-8-sig")
    assert run("--lines", "in.txt", "-o", "out") == 0
    assert json.loads(pathlib.Path("out/0000.json").read_text())["text"] == (
        "one"
    )


def test_an_unknown_character_of_a_style_is_skipped_with_its_place(run):
    for name, text in (("a", "ab"), ("b", "\u00dfab")):
        style = {"text": text, "strokes": json.loads(STROKES)}
        pathlib.Path("style.json").write_text(json.dumps(style))
        arguments = ("--style", "style.json", "--on-unknown", "skip")
        assert run("Hello", *arguments, "-o", f"{name}.json") == 0
    a, b = (pathlib.Path(f"{name}.json").read_bytes() for name in "ab")
    assert a == b


def test_a_text_of_10000_characters_becomes_a_page(run):
    text = ("a " * 5000).strip()
    assert run(text, "-o", "a.json", "--attempts", "1") == 0
    ink = json.loads(pathlib.Path("a.json").read_text())
    assert len(ink["text"]) == len(text)


def test_a_model_that_never_stops_is_told(scribbler, tmp_path, capsys):
    network = weights.load(scribbler)
    # The end of a stroke is sigmoid(-e): the pen never lifts.
    bias = network.head.bias.numpy()
    bias[0] = 1e4
    network.head.bias.assign(bias)
    network.save(tmp_path / "endless.keras")
    status = write.main(
        [
            *("ab", "-o", str(tmp_path / "a.json"), "--attempts", "2"),
            *("--weights", str(tmp_path / "endless.keras")),
        ]
    )
    assert status == 0
    said = capsys.readouterr().err
    assert "drawn 2 times" in said and "did not come to an end" in said
    assert "--seed" in said
    line = json_ink.loads((tmp_path / "a.json").read_text())
    assert len(line.strokes) == 150 + 45 * 2 + 1


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
