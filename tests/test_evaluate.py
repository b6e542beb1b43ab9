"""The command `evaluate`, held to the loss of each line alone."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from graves_tf import evaluate
from graves_tf import packed
from graves_tf.ink.line import Line
from graves_tf.ink.offsets import to_offsets
from graves_tf.losses import mdn_nll
from graves_tf.networks import HandwritingSynthesizer


@pytest.fixture
def lines():
    rng = np.random.default_rng(0)
    made = []
    for i, length in enumerate((7, 30, 31, 90, 12)):
        strokes = rng.normal(size=(length, 3)).cumsum(0) * 30
        strokes[:, 2] = rng.random(length) < 0.1
        made.append(Line(strokes.round().astype("float32"), "abc"[: i + 1]))
    return made


def test_figures_are_those_of_each_line_alone(lines, tmp_path, capsys):
    keras.utils.set_random_seed(0)
    mean, std = np.array([1.0, 2.0]), np.array([30.0, 25.0])
    network = HandwritingSynthesizer(
        hidden=(6, 5), num_mixtures=3, offset_mean=mean, offset_std=std
    )
    network.save(tmp_path / "a.keras")
    data = tmp_path / "a.npz"
    packed.save(data, {"validation_1": lines}, name="made", config="up")
    status = evaluate.main(
        [str(tmp_path / "a.keras"), "--data", str(data), "--json"]
        + ["--batch-size", "2"]
    )
    assert status == 0
    figures = json.loads(capsys.readouterr().out)
    nats, points = 0.0, 0
    for line in lines:
        offsets = to_offsets(line.strokes)
        offsets[:, :2] = (offsets[:, :2] - mean) / std
        inputs = np.concatenate([np.zeros((1, 3), "float32"), offsets[:-1]])
        outputs = network(
            {
                "offsets": inputs[None],
                "characters": network.alphabet.encode(line.text)[None],
            }
        )
        nll = mdn_nll(ops.convert_to_tensor(offsets[None]), outputs)
        nats += float(ops.sum(nll))
        points += len(offsets)
    assert figures["sequences"] == len(lines)
    assert figures["points"] == points
    assert figures["nats_per_sequence"] == pytest.approx(nats / 5, rel=1e-5)
    assert figures["nats_per_point"] == pytest.approx(nats / points, rel=1e-5)
    assert figures["sse"] > 0


def test_a_split_that_is_not_there_is_told(lines, tmp_path, capsys):
    HandwritingSynthesizer(hidden=(4,)).save(tmp_path / "a.keras")
    data = tmp_path / "a.npz"
    packed.save(data, {"train": lines}, name="made", config="up")
    status = evaluate.main([str(tmp_path / "a.keras"), "--data", str(data)])
    assert status == 2
    error = capsys.readouterr().err
    assert "validation_1" in error and "train" in error


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--batch-size", "0"], "--batch-size must be 1 or more, not 0"),
        (["--realism", "--batch-size", "-1"], "--batch-size must be 1"),
        (["--failures", "--seed", "-1"], "--seed must be 0 or more"),
        (["--failures", "--lines", "0"], "--lines must be 1 or more"),
        (["--failures", "-o", "a.npz"], "a.npz is a file"),
        (["--lines", "20"], "--lines 20 does nothing without --legibility"),
        (["-o", "sheets"], "--output sheets does nothing without"),
        (["--dynamic", "rms"], "--dynamic rms does nothing where handwriting"),
        (["--symbols", "9"], "--symbols 9 does nothing where handwriting"),
        (["--symbols", "0"], "--symbols must be 1 or more"),
        (["--realism"], "5 are needed"),
        (["--realism", "--split", "short"], "a.npz, short: no line of 10"),
        (["--legibility", "--split", "none"], "a.npz, none: no line of 1"),
    ],
)
def test_what_cannot_be_evaluated(
    lines, tmp_path, monkeypatch, capsys, options, words
):
    monkeypatch.chdir(tmp_path)
    HandwritingSynthesizer(hidden=(4,)).save("a.keras")
    short, long = lines, [x._replace(text="many letters") for x in lines[:4]]
    splits = {"validation_1": long, "short": short, "none": []}
    packed.save("a.npz", splits, name="made", config="up")
    if "--legibility" in options:
        pytest.importorskip("rapidocr")
    assert evaluate.main(["a.keras", "--data", "a.npz", *options]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "sheets").exists()
