"""Fine-tuning on a folder of one's own lines."""

import csv
import math

import keras
import numpy as np
import pytest

from graves_tf import train
from graves_tf.batches import HandwritingBatches
from graves_tf.data import load_lines
from graves_tf.ink import json_ink
from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.line import Line
from graves_tf.networks import HandwritingSynthesizer
from graves_tf.scoring import Scorer
from graves_tf.train_defaults import FINE_TUNING

# XLA takes long to compile; `test_train.py` has it.
QUICK = ["--no-jit"] if keras.backend.backend() == "tensorflow" else []


@pytest.fixture(scope="module")
def ink(tmp_path_factory):
    """A folder of 7 lines, 5 of them to train on, and a file of no use."""
    folder = tmp_path_factory.mktemp("ink")
    rng = np.random.default_rng(0)
    for i in range(7):
        strokes = np.zeros((80, 3), "float32")
        strokes[:, :2] = rng.normal([10, 0], 12, size=(80, 2)).cumsum(axis=0)
        strokes[19::20, 2] = 1
        line = Line(strokes, "abcd")
        (folder / f"{i}.json").write_text(json_ink.dumps(line))
    (folder / "notes.json").write_text("[]")
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A network to start from, with offsets' statistics of its own."""
    keras.utils.set_random_seed(0)
    network = HandwritingSynthesizer(
        hidden=(4, 3),
        num_mixtures=2,
        num_gaussians=2,
        alphabet="full",
        offset_mean=(8.0, 0.0),
        offset_std=(40.0, 30.0),
    )
    path = tmp_path_factory.mktemp("start") / "start.keras"
    network.save(path)
    return path


def tune(ink, start, folder, *more):
    """Batches of 4: a pass over the 5 lines is 2 updates."""
    arguments = ["--dataset", "my_ink", "--data", str(ink), "--batch-size", "4"]
    arguments += ["--init-from", str(start)] if start else []
    return train.main([*arguments, "--run-dir", str(folder), *QUICK, *more])


def read_log(folder):
    with (folder / "log.csv").open(newline="") as file:
        return [
            {key: float(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def score(path, ink):
    """Nats per sequence of the lines held out."""
    network = keras.saving.load_model(path)
    batches = HandwritingBatches(
        load_lines("validation_1", dataset="my_ink", data=ink),
        network.offset_mean,
        network.offset_std,
        alphabet=network.alphabet,
    )
    return Scorer(network).score(batches)["nats_per_sequence"]


def weights_of(path):
    model = keras.saving.load_model(path)
    return [keras.ops.convert_to_numpy(v) for v in model.weights]


def test_each_pass_is_scored_and_so_is_the_start(ink, start, tmp_path, capsys):
    folder = tmp_path / "run"
    more = ["--epochs", "3", "--learning-rate", "0.02"]
    assert tune(ink, start, folder, *more) == 0
    out = capsys.readouterr().out
    assert "5 lines, 395 points" in out and "2 lines to validate on" in out
    assert "1 files left out\n  notes.json: not JSON ink" in out
    rows = read_log(folder)
    assert [row["updates"] for row in rows] == [0, 2, 4, 6]
    assert math.isnan(rows[0]["nats_per_sequence"])
    values = [row["val_nats_per_sequence"] for row in rows]
    assert min(values) < values[0]
    assert f"It started from {values[0]:.6g}." in out
    best = keras.saving.load_model(folder / "best.keras")
    assert best.alphabet == ALPHABETS["full"]
    np.testing.assert_array_equal(best.offset_mean, [8, 0])
    np.testing.assert_array_equal(best.offset_std, [40, 30])
    # The log has of update 0 what the start scores, of the best what it does.
    assert values[0] == pytest.approx(score(start, ink), rel=1e-4)
    assert min(values) == pytest.approx(score(folder / "best.keras", ink), 1e-4)


def test_training_that_only_harms_is_stopped_and_thrown_away(
    ink, start, tmp_path, capsys
):
    folder = tmp_path / "run"
    more = ["--learning-rate", "30", "--patience", "2", "--epochs", "50"]
    assert tune(ink, start, folder, *more) == 0
    out = capsys.readouterr().out
    assert "No better for 2 rounds" in out
    assert "the weights it started from" in out
    assert [row["updates"] for row in read_log(folder)] == [0, 2, 4]
    kept = weights_of(folder / "best.keras")
    for a, b in zip(kept, weights_of(start), strict=True):
        np.testing.assert_array_equal(a, b)


def test_going_on_counts_from_where_it_was(ink, start, tmp_path):
    folder = tmp_path / "run"
    wild = ["--learning-rate", "1", "--patience", "3", "--epochs"]
    assert tune(ink, start, folder, *wild, "1") == 0
    resumed = ["--resume", "--patience", "3", "--epochs", "50"]
    assert tune(ink, None, folder, *resumed) == 0
    rows = read_log(folder)
    # The start is scored once, and 3 rounds that are no better end it all.
    assert [row["updates"] for row in rows] == list(range(0, 2 * len(rows), 2))
    best = np.argmin([row["val_nats_per_sequence"] for row in rows])
    assert len(rows) == best + 1 + 3


def test_it_starts_from_something(ink, tmp_path, capsys):
    assert tune(ink, None, tmp_path / "run") == 2
    assert "--init-from synthesis" in capsys.readouterr().err


def test_no_folder(start, tmp_path, capsys):
    assert tune(tmp_path / "nowhere", start, tmp_path / "run") == 2
    assert "nowhere: no such folder" in capsys.readouterr().err


def test_defaults_are_those_of_fine_tuning():
    parser = train.make_parser()
    preset = ["--preset", "synthesis"]
    options = parser.parse_args([*preset, "--dataset", "my_ink"])
    train.set_defaults(options)
    for key, value in FINE_TUNING.items():
        assert getattr(options, key) == value
    options = parser.parse_args(
        [*preset, "--dataset", "my_ink", "--patience", "9"]
    )
    train.set_defaults(options)
    assert options.patience == 9
    options = parser.parse_args(preset)
    train.set_defaults(options)
    assert (options.patience, options.epochs) == (None, 100)
