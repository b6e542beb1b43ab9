"""Training, evaluating and writing text, from the command line."""

import csv
import json

import keras
import numpy as np
import pytest

from graves_tf import evaluate
from graves_tf import train
from graves_tf import weights
from graves_tf.layers import VariationalDropout
from graves_tf.networks import presets
from graves_tf.text import packed_text
from graves_tf.text.symbols import Symbols
from graves_tf.text.vocabulary import Vocabulary

SMALL = {
    "task": "text",
    "hidden": (12, 12),
    "reset_every": 3,
    "reported": {"none": 1.5},
    "training": {"batch_size": 4},
}
TEXT = "the cat sat on the mat\na dog ran to the log\n"
# XLA takes long to compile on TensorFlow.
QUICK = ["--no-jit"] if keras.backend.backend() == "tensorflow" else []


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setitem(presets.PRESETS, "small_text", SMALL)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    vocabulary = Vocabulary.fit(TEXT, "character")

    def symbols(times):
        return Symbols(vocabulary.encode(TEXT * times)[0], vocabulary, "cats")

    path = tmp_path_factory.mktemp("data") / "cats.npz"
    splits = {"train": 40, "validation": 5, "test": 7}
    packed_text.save(path, {name: symbols(n) for name, n in splits.items()})
    return path


def command(data, folder, *more):
    """440 symbols in each of 4 streams: 22 updates a pass."""
    return [
        *("--task", "text", "--preset", "small_text", "--data", str(data)),
        *("--run-dir", str(folder), "--length", "20", "--round-minutes", "0"),
        *("--optimizer", "adam", "--learning-rate", "0.02"),
        *("--warm-up", "1", "--descent", "1e-9"),
        *QUICK,
        *more,
    ]


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "cats"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets.PRESETS, "small_text", SMALL)
        arguments = command(data, folder, "--epochs", "6")
        # A round is a validation: few of them.
        arguments[arguments.index("--round-minutes") + 1] = "0.05"
        assert train.main(arguments) == 0
    return folder


def test_it_learns(run):
    with (run / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    first, last = rows[0], rows[-1]
    assert float(last["val_bits_per_character"]) < 1.0
    assert float(last["bits_per_character"]) < 1.5
    assert set(first) >= {"val_perplexity", "val_error_percent", "updates"}
    assert float(last["epoch"]) == 6
    pictures = {path.name for path in (run / "pictures").iterdir()}
    assert "curves.png" in pictures
    sample = next(iter((run / "pictures").glob("sample-*.txt"))).read_text()
    assert len(sample) == 1000
    assert set(sample) <= set(TEXT)


def test_the_best_has_no_streams_and_its_own_vocabulary(run):
    network = weights.load(run / "best.keras", task="text")
    assert network.streams is None
    assert network.vocabulary == Vocabulary.fit(TEXT, "character")
    assert network.preset == "small_text"


@pytest.mark.parametrize("dynamic", [[], ["--dynamic", "sgd"]])
def test_evaluation_counts_every_symbol(run, data, dynamic, capsys):
    arguments = [str(run / "best.keras"), "--data", str(data), "--json"]
    assert evaluate.main([*arguments, *dynamic]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["symbols"] == 7 * len(TEXT)
    assert scores["unknown"] == 0
    assert 0 < scores["bits_per_character"] < 1.3
    assert scores["perplexity"] == pytest.approx(
        2 ** (5.6 * scores["bits_per_character"])
    )
    assert 0 < scores["error_percent"] < 50


def test_progress_is_not_part_of_the_table(run, data, capsys):
    arguments = [str(run / "best.keras"), "--data", str(data)]
    assert evaluate.main([*arguments, "--dynamic", "sgd"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("cats, test: 308 characters")
    sequences = -(-7 * len(TEXT) // 100)
    assert f"{sequences}/{sequences}" in said.err


def test_rms(run, data, capsys):
    arguments = [str(run / "best.keras"), "--data", str(data), "--json"]
    dynamic = ["--dynamic", "rms", "--symbols", "200"]
    assert evaluate.main([*arguments, *dynamic]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["symbols"] == 200
    assert evaluate.main([*arguments, *dynamic, "--dynamic-length", "20"]) == 0
    shorter = json.loads(capsys.readouterr().out)
    assert shorter["symbols"] == 200
    assert shorter["bits_per_character"] != scores["bits_per_character"]
    # How many are unknown is known of the whole split.
    assert "unknown" not in shorter
    assert evaluate.main([*arguments, *dynamic, "--dynamic-decay", "0"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--symbols", "-5"], "--symbols must be 1 or more"),
        (["--dynamic-rate", "1"], "--dynamic-rate 1.0 does nothing without"),
        (["--dynamic", "rms", "--dynamic-rate", "nan"], "--dynamic-rate must"),
        (["--dynamic", "rms", "--batch-size", "4"], "--batch-size 4 does noth"),
        (["--lines", "4"], "--lines 4 does nothing"),
    ],
)
def test_what_cannot_be_evaluated(run, data, capsys, options, words):
    arguments = [str(run / "best.keras"), "--data", str(data)]
    assert evaluate.main([*arguments, *options]) == 2
    assert words in capsys.readouterr().err


def test_dynamic_length_of_nothing(run, data, capsys):
    arguments = [str(run / "best.keras"), "--data", str(data)]
    arguments += ["--dynamic", "sgd", "--dynamic-length", "0"]
    assert evaluate.main(arguments) != 0
    assert "--dynamic-length must be 1" in capsys.readouterr().err


def test_the_table_has_the_papers_row(run, data, capsys, monkeypatch):
    network = weights.load(run / "best.keras")
    network.preset = "ptb_char"
    monkeypatch.setattr(weights, "load", lambda file: network)
    assert evaluate.main(["x", "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert "cats, test: 308 characters" in out
    assert "the paper       1.32         167     28.5   (9 epochs)" in out
    network.weight_noise = VariationalDropout(0.5)
    assert evaluate.main(["x", "--data", str(data)]) == 0
    out = capsys.readouterr().out
    assert "regularisation variational dropout, static" in out
    assert "133     27.4   (26 epochs, adaptive weight noise)" in out


def test_resumed_in_the_middle_of_a_text(data, tmp_path):
    """State, batches and optimizer go on: the weights are the same."""
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    assert train.main(command(data, whole, "--epochs", "0.28")) == 0
    assert train.main(command(data, halved, "--epochs", "0.14")) == 0
    resumed = command(data, halved, "--epochs", "0.28", "--resume")
    assert train.main(resumed) == 0
    ours, theirs = (
        keras.saving.load_model(path / "last.keras").weights
        for path in (whole, halved)
    )
    assert any("carried" in weight.path for weight in ours)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(
            *(keras.ops.convert_to_numpy(w) for w in (one, other)), atol=1e-6
        )


def test_another_vocabulary_is_refused(run, tmp_path, capsys):
    vocabulary = Vocabulary("xyz", "character")
    symbols = Symbols(vocabulary.encode("xyz" * 99)[0], vocabulary, "xyz")
    path = tmp_path / "xyz.npz"
    packed_text.save(path, {"train": symbols, "validation": symbols})
    arguments = command(path, tmp_path / "run")
    assert train.main([*arguments, "--init-from", f"{run}/best.keras"]) == 2
    assert "without --init-from" in capsys.readouterr().err


def test_handwriting_is_refused(tmp_path, capsys):
    assert train.main(command(tmp_path / "none.npz", tmp_path / "run")) == 2
    assert "none.npz" in capsys.readouterr().err
