"""The command `figures`."""

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from graves_tf import weights as shipped
from graves_tf.figures import density
from graves_tf.figures import prediction_samples
from graves_tf.figures import text
from graves_tf.figures.__main__ import main
from graves_tf.figures.__main__ import make_parser
from graves_tf.figures.catalogue import FIGURES


@pytest.fixture
def run(weights, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # The command is looked at here; less of each figure will do.
    monkeypatch.setattr(text, "LENGTH", 300)
    monkeypatch.setattr(density, "PIXELS", 80)
    monkeypatch.setattr(prediction_samples, "POINTS", 100)

    def run(*arguments, tasks=("synthesis",)):
        for task in tasks:
            arguments += ("--weights", weights[task])
        return main([*arguments, "-o", "out"])

    return run


@pytest.fixture
def nothing_ships(tmp_path, monkeypatch):
    """As if no weights came with the package."""
    monkeypatch.setattr(shipped, "_FOLDER", tmp_path / "none")


def drawn(folder):
    return {path.name for path in folder.glob("out/*")}


def test_all_are_drawn(run, data, tmp_path, capsys):
    tasks = ("synthesis", "prediction", "text")
    assert run("all", "--data", data, tasks=tasks) == 0
    assert drawn(tmp_path) == {f"{name}.png" for name in FIGURES}
    for path in tmp_path.glob("out/*.png"):
        with Image.open(path) as image:
            assert min(image.size) > 100
            shades = np.unique(np.asarray(image.convert("L")))
        assert len(shades) > 10, f"{path.name} is blank"
    out = capsys.readouterr().out
    assert all(f"{name} (Fig." in out for name in FIGURES)


def test_what_is_not_at_hand_is_left_out_of_all(
    run, nothing_ships, tmp_path, capsys
):
    """There is no prediction network, and no data set."""
    status = run(
        *("all", "--data-dir", str(tmp_path), "--manual-dir", str(tmp_path)),
        tasks=("synthesis", "text"),
    )
    assert status == 0
    assert drawn(tmp_path) == {"window.png", "bias.png", "text.png"}
    error = capsys.readouterr().err
    assert "not drawn: prediction_density, prediction_samples: " in error
    assert "graves_tf.train --task prediction" in error
    assert "synthesis_density, unbiased, slight_bias, primed" in error
    assert "lineStrokes" in error


def test_what_fails_is_told_and_the_others_are_drawn(run, tmp_path, capsys):
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"no archive")
    tasks = ("synthesis", "prediction", "text")
    assert run("all", "--data", str(bad), tasks=tasks) == 2
    assert {"window.png", "prediction_samples.png"} <= drawn(tmp_path)
    assert "unbiased.png" not in drawn(tmp_path)
    error = capsys.readouterr().err
    assert "unbiased" in error and "bad.npz" in error


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_formats(run, tmp_path, form):
    assert run("bias", "--format", form) == 0
    path = tmp_path / "out" / f"bias.{form}"
    if form == "png":
        with Image.open(path) as image:
            image.load()
            assert image.format == "PNG"
    elif form == "svg":
        svg = etree.parse(path).getroot()
        assert svg.tag.endswith("}svg")
        assert len(svg.findall(".//{*}path")) > 8
    else:
        data = path.read_bytes()
        assert data.startswith(b"%PDF") and b"%%EOF" in data[-16:]


def test_a_seed_gives_the_same_picture(run, tmp_path):
    pictures = []
    for seed in ("1", "1", "2"):
        assert run("window", "--seed", seed) == 0
        pictures.append((tmp_path / "out" / "window.png").read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fig99"], ["fig99", "prediction_density", "all"]),
        (["bias", "--seed", "-1"], ["--seed"]),
        (["bias", "--weights", "nothing"], ["nothing", "synthesis"]),
        (["unbiased", "--data", "none.npz"], ["none.npz"]),
        (["bias", "--weights", "ptb_char"], ["ptb_char", "text"]),
        (["window", "--weights", "synthesis"], ["both", "synthesis"]),
    ],
)
def test_bad_input_is_told(run, tmp_path, capsys, arguments, words):
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words), error
    assert not drawn(tmp_path)


def test_a_folder_that_is_a_file_is_told_at_once(run, tmp_path, capsys):
    (tmp_path / "out").write_text("")
    assert run("bias") == 2
    captured = capsys.readouterr()
    assert "out" in captured.err and not captured.out


def test_a_figure_without_its_network_is_told(run, nothing_ships, capsys):
    assert run("prediction_samples", tasks=()) == 2
    error = capsys.readouterr().err
    assert "no network for prediction ships" in error and "--weights" in error


def test_help_names_every_figure():
    message = make_parser().format_help()
    for name, entry in FIGURES.items():
        assert f"{name} " in message and f"Fig. {entry.number}" in message
