import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

import graves_tf.networks
from graves_tf import packed
from graves_tf import pictures
from graves_tf import train
from graves_tf import weights
from graves_tf.ink.line import Line
from graves_tf.interruption import noted_signals
from graves_tf.networks import presets

SMALL = {
    "small": {
        "task": "synthesis",
        "hidden": (4, 3),
        "num_mixtures": 2,
        "num_gaussians": 2,
        "reported": {},
    },
    "small_prediction": {
        "task": "prediction",
        "hidden": (4,),
        "num_mixtures": 2,
        "reported": {},
    },
}
# The learning rate of an update is the same however long the run: neither a
# warm-up nor a descent.
STEADY = ["--warm-up", "1", "--descent", "1e-9"]
# XLA takes long to compile; `test_prediction` has it.
QUICK = ["--no-jit"] if keras.backend.backend() == "tensorflow" else []


class NoPictures:
    def __init__(self, *arguments):
        pass

    def __call__(self, updates):
        pass


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Presets of a few cells, and no time spent on pictures."""
    for name, preset in SMALL.items():
        monkeypatch.setitem(presets.PRESETS, name, preset)
    monkeypatch.setattr(pictures, "Pictures", NoPictures)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A packed file: 10 lines to train on, 3 to validate on."""
    rng = np.random.default_rng(0)

    def lines(count):
        return [
            Line(
                np.column_stack(
                    [
                        rng.normal(size=(12, 2)).cumsum(axis=0).round(1),
                        rng.random(12) < 0.2,
                    ]
                ).astype("float32"),
                "abc",
                f"line-{i}",
            )
            for i in range(count)
        ]

    path = tmp_path_factory.mktemp("data") / "lines.npz"
    splits = {"train": 6, "validation_2": 2, "test": 2, "validation_1": 3}
    packed.save(
        path,
        {name: lines(count) for name, count in splits.items()},
        name="synthetic",
        config="clean",
    )
    return path


def command(data, folder, *more, preset="small"):
    """Batches of 4: an epoch is 3 updates. A round after each update."""
    return [
        *("--data", str(data), "--run-dir", str(folder), "--preset", preset),
        *("--batch-size", "4", "--buckets", "1", "--round-minutes", "0"),
        *("--learning-rate", "0.02"),
        *STEADY,
        *more,
    ]


def read_log(folder):
    with (folder / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def state(path):
    """Weights, and the optimizer's variables, of a checkpoint."""
    model = keras.saving.load_model(path)
    return [
        keras.ops.convert_to_numpy(v)
        for v in (*model.weights, *model.optimizer.variables)
    ]


@pytest.fixture(scope="module")
def whole_run(data, tmp_path_factory):
    """The folder of a run of 8 updates that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    with pytest.MonkeyPatch.context() as patch:
        for name, preset in SMALL.items():
            patch.setitem(presets.PRESETS, name, preset)
        patch.setattr(pictures, "Pictures", NoPictures)
        assert (
            train.main(command(data, folder, *QUICK, "--epochs", "2.67")) == 0
        )
    return folder


def test_files(whole_run, data):
    assert {path.name for path in whole_run.iterdir()} >= {
        "config.json",
        "log.csv",
        "best.keras",
        "last.keras",
    }
    config = json.loads((whole_run / "config.json").read_text())
    assert config["preset"] == "small"
    assert config["data"] == str(data)
    rows = read_log(whole_run)
    assert [int(row["updates"]) for row in rows] == list(range(1, 9))
    assert [float(row["learning_rate"]) for row in rows] == pytest.approx(
        [float(rows[0]["learning_rate"])] * 8
    )
    best = keras.saving.load_model(whole_run / "best.keras")
    assert best.task == "synthesis"
    assert best.dtype_policy.name == "float32"
    # The lines are in tenths.
    assert not best.whole_offsets
    # Fitted to the lines to train on.
    strokes = [
        line.strokes for line in packed.load(data, "train+validation_2+test")
    ]
    offsets = np.concatenate([np.diff(s[:, :2], axis=0) for s in strokes])
    np.testing.assert_allclose(
        best.offset_mean, offsets.mean(axis=0), atol=1e-5
    )
    np.testing.assert_allclose(best.offset_std, offsets.std(axis=0), rtol=1e-5)
    assert updates_in(whole_run / "last.keras") == 8


def test_the_best_is_what_was_logged(whole_run, data):
    from graves_tf.batches import HandwritingBatches
    from graves_tf.scoring import Scorer

    best = keras.saving.load_model(whole_run / "best.keras")
    held_out = HandwritingBatches(
        packed.load(data, "validation_1"),
        best.offset_mean,
        best.offset_std,
        alphabet=best.alphabet,
    )
    logged = [float(row["val_nats_per_point"]) for row in read_log(whole_run)]
    assert len(set(logged)) > 1
    scores = Scorer(best).score(held_out)
    assert scores["sequences"] == 3
    assert scores["nats_per_point"] == pytest.approx(min(logged), abs=2e-5)


KILLED = """
import signal
import sys
from graves_tf import pictures, train
from graves_tf.networks import presets

# Ignored where the tests run in the background of a shell.
signal.signal(signal.SIGINT, signal.default_int_handler)
presets.PRESETS["small"] = {preset!r}
pictures.Pictures = lambda *arguments: lambda updates: None
sys.exit(train.main(sys.argv[1:]))
"""


def start_and_signal(number, arguments, there):
    """Start a run; signal it once there is `there`; what it printed, status."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-c"),
            KILLED.format(preset=SMALL["small"]),
            *arguments,
        ],
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 200
        while not there.exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        printed, _ = process.communicate(timeout=100)
    finally:
        process.kill()
    return printed, process.returncode


def updates_in(path):
    return int(keras.saving.load_model(path).optimizer.iterations)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_and_resumed(whole_run, data, tmp_path, capsys):
    """It ends with the weights of the run that nothing disturbed."""
    folder = tmp_path / "run"
    arguments = command(data, folder, *QUICK, "--epochs", "1000")
    start_and_signal(signal.SIGKILL, arguments, folder / "last.keras")
    before = updates_in(folder / "last.keras")
    assert 1 <= before < 8
    more = command(data, folder, *QUICK, "--resume", "--epochs", "2.67")
    assert train.main(more) == 0
    rows = [int(row["updates"]) for row in read_log(folder)]
    assert rows[-(8 - before) :] == list(range(before + 1, 9))
    resumed = state(folder / "last.keras")
    for a, b in zip(resumed, state(whole_run / "last.keras"), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
    # It has had its epochs.
    assert train.main(more) == 2
    assert "epochs" in capsys.readouterr().err
    # A new run would overwrite it.
    assert train.main(command(data, folder, "--epochs", "9")) == 2
    assert "--resume" in capsys.readouterr().err
    for a, b in zip(resumed, state(folder / "last.keras"), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(data, tmp_path, number):
    """Long before the next round: nothing that was trained is lost."""
    folder = tmp_path / "run"
    arguments = command(data, folder, *QUICK, "--epochs", "100000")
    arguments[arguments.index("--round-minutes") + 1] = "60"
    # From when the config is there, signals are noted.
    printed, status = start_and_signal(
        number, arguments, folder / "config.json"
    )
    assert status == 130, printed
    assert f"--resume --run-dir {folder}" in printed
    updates = updates_in(folder / "last.keras")
    assert updates >= 1
    assert f"after {updates} updates" in printed
    assert not (folder / "log.csv").exists()
    # The first round is that of the end.
    end = ["--resume", "--epochs", str((updates + 2.1) / 3)]
    assert train.main(command(data, folder, *QUICK, *end)) == 0
    assert updates_in(folder / "last.keras") == updates + 2


@pytest.fixture
def interrupts():
    """What handles Ctrl-C may be changed, and is put back."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_a_second_signal_acts_at_once():
    with noted_signals() as noted:
        signal.raise_signal(signal.SIGINT)
        assert noted == [signal.SIGINT]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


@pytest.mark.usefixtures("interrupts")
def test_an_ignored_signal_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with noted_signals() as noted:
        signal.raise_signal(signal.SIGINT)
        assert not noted


def test_resuming_takes_the_runs_own_options(whole_run, data, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("last.keras", "config.json", "log.csv"):
        (folder / name).write_bytes((whole_run / name).read_bytes())
    resume = ["--resume", "--run-dir", str(folder), *QUICK, *STEADY]
    assert train.main([*resume, "--epochs", "3"]) == 0
    rows = read_log(folder)
    assert [int(row["updates"]) for row in rows[:8]] == list(range(1, 9))
    assert int(rows[-1]["updates"]) == 9
    assert float(rows[-1]["learning_rate"]) == pytest.approx(0.02)
    # But for a learning rate that is asked for.
    assert (
        train.main([*resume, "--epochs", "3.34", "--learning-rate", "0.01"])
        == 0
    )
    assert float(read_log(folder)[-1]["learning_rate"]) == pytest.approx(0.01)


def test_a_run_cannot_change_on_its_way(whole_run, tmp_path, capsys):
    folder = tmp_path / "run"
    shutil.copytree(whole_run, folder)
    resume = ["--resume", "--run-dir", str(folder), "--epochs", "9"]
    for option, value, was in (
        ("--batch-size", "5", "with 4"),
        ("--dtype", "mixed_bfloat16", "with float32"),
        ("--regularization", "weight_noise", "with none"),
        ("--init-from", "synthesis", "without it"),
    ):
        assert train.main([*resume, option, value]) == 2
        said = capsys.readouterr().err
        assert f"{option} {value}: the run was started {was}" in said


def test_a_killed_run_begins_as_it_was_to(whole_run, data, tmp_path):
    """There is a config.json and no checkpoint."""
    folder = tmp_path / "run"
    start = ["--init-from", str(whole_run / "best.keras")]
    start += ["--dtype", "mixed_bfloat16", "--ema-momentum", "0.5"]
    arguments = command(data, folder, *QUICK, *start, "--epochs", "0.34")
    assert train.main([*arguments, "--learning-rate", "1e-9"]) == 0
    (folder / "last.keras").unlink()
    (folder / "log.csv").unlink()
    assert train.main(["--resume", "--run-dir", str(folder)]) == 0
    last = keras.saving.load_model(folder / "last.keras")
    assert last.dtype_policy.name == "mixed_bfloat16"
    assert last.optimizer.ema_momentum == 0.5
    # At that rate it is still what it started from.
    best = weights.load(folder / "best.keras")
    for a, b in zip(
        best.get_weights(),
        weights.load(whole_run / "best.keras").get_weights(),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, atol=1e-5)
    # A checkpoint in bfloat16 is evaluated and writes in float32.
    assert weights.load(folder / "last.keras").dtype_policy.name == "float32"


def test_a_resumed_run_keeps_its_length_and_its_rate(data, tmp_path, capsys):
    folder = tmp_path / "run"
    arguments = command(data, folder, *QUICK, "--epochs", "0.67")
    assert train.main([*arguments, "--patience", "7"]) == 0
    resume = ["--resume", "--run-dir", str(folder)]
    assert train.main(resume) == 2
    assert "its 0.67 epochs" in capsys.readouterr().err
    more = ["--epochs", "1", "--learning-rate", "0.01"]
    assert train.main([*resume, *more]) == 0
    config = json.loads((folder / "config.json").read_text())
    assert (config["epochs"], config["learning_rate"]) == (1.0, 0.01)
    assert (config["patience"], config["descent"]) == (7, 1e-9)
    assert train.main([*resume, "--epochs", "1.34"]) == 0
    assert float(read_log(folder)[-1]["learning_rate"]) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--warm-up", "-1"], "--warm-up must be 0 or more"),
        (["--batch-size", "0"], "--batch-size must be 1 or more"),
        (["--patience", "0"], "--patience must be 1 or more"),
        (["--length", "50"], "--length 50 does nothing with --task synthesis"),
        (["--task", "text", "--rest"], "--rest does nothing with --task text"),
        (["--preset", "nonsense"], "nonsense"),
        (["--ema-momentum", "1"], "ema_momentum=1.0"),
        (
            ["--optimizer", "graves_rmsprop", "--ema-momentum", "0.9"],
            "graves_rmsprop keeps no average",
        ),
        (
            ["--init-from", "synthesis", "--preset", "small"],
            "(400, 400, 400) cells, and small of (4, 3)",
        ),
        (
            ["--init-from", "synthesis", "--alphabet", "paper"],
            "not --alphabet paper",
        ),
    ],
)
def test_what_cannot_be_trained(data, tmp_path, capsys, options, words):
    arguments = ["--data", str(data), "--run-dir", str(tmp_path / "run")]
    assert train.main([*arguments, *options]) == 2
    assert words in capsys.readouterr().err
    assert not list((tmp_path / "run").glob("*.keras"))


def test_no_warm_up(data, tmp_path):
    arguments = command(data, tmp_path / "run", *QUICK, "--epochs", "0.34")
    assert train.main([*arguments, "--warm-up", "0"]) == 0
    (row,) = read_log(tmp_path / "run")
    assert float(row["learning_rate"]) == pytest.approx(0.02)


def test_a_loss_that_turns_nan(whole_run, data, tmp_path, capsys):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("last.keras", "config.json"):
        (folder / name).write_bytes((whole_run / name).read_bytes())
    good = state(folder / "last.keras")
    arguments = [*command(data, folder, *QUICK), "--learning-rate", "inf"]
    arguments += ["--resume", "--epochs", "100"]
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert "NaN" in error and "last.keras" in error
    for a, b in zip(state(folder / "last.keras"), good, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_loss_that_is_nan_at_once(data, tmp_path, capsys):
    arguments = command(data, tmp_path / "run", *QUICK, "--round-minutes", "9")
    assert train.main([*arguments, "--learning-rate", "inf"]) == 2
    error = capsys.readouterr().err
    assert "NaN" in error and "no checkpoint yet" in error


def test_prediction(data, tmp_path):
    folder = tmp_path / "run"
    arguments = command(
        data,
        folder,
        *("--task", "prediction", "--epochs", "0.67"),
        *("--optimizer", "graves_rmsprop", "--learning-rate", "0.01"),
        preset="small_prediction",
    )
    assert train.main(arguments) == 0
    best = keras.saving.load_model(folder / "best.keras")
    assert isinstance(best, graves_tf.networks.HandwritingPredictor)
    rows = read_log(folder)
    assert [float(row["learning_rate"]) for row in rows] == [
        pytest.approx(0.01)
    ] * 2


def test_no_data(tmp_path, capsys):
    missing = tmp_path / "missing.npz"
    assert train.main(command(missing, tmp_path / "run", "--epochs", "1")) == 2
    assert "missing.npz" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option, value", [("--optimizer", "sgd"), ("--preset", "huge")]
)
def test_unknown_names(data, tmp_path, capsys, option, value):
    arguments = command(data, tmp_path / "run", option, value)
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert value in error and "Traceback" not in error
    assert not (tmp_path / "run" / "last.keras").exists()


def test_a_preset_brings_its_own_defaults(data, tmp_path):
    parser = train.make_parser()
    options = parser.parse_args(["--preset", "tiny"])
    train.set_defaults(options)
    wanted = presets.PRESETS["tiny"]["training"]
    assert options.max_points == wanted["max_points"]
    assert options.warm_up == wanted["warm_up"]
    options = parser.parse_args(["--preset", "tiny", "--warm-up", "7"])
    train.set_defaults(options)
    assert options.warm_up == 7
    options = parser.parse_args(["--preset", "synthesis"])
    train.set_defaults(options)
    assert (options.batch_size, options.max_points) == (32, None)


def test_another_tasks_preset_is_refused(data, tmp_path, capsys):
    arguments = ["--task", "synthesis", "--preset", "prediction_1x900"]
    arguments += ["--data", str(data), "--run-dir", str(tmp_path / "run")]
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert "--task prediction" in error
    assert "for synthesis: synthesis, tiny" in error


def test_training_on_the_first_points_of_a_line(data, tmp_path, capsys):
    arguments = command(data, tmp_path / "run", "--crop-points", "8")
    assert train.main([*arguments, *QUICK, "--epochs", "0.34"]) == 0
    assert "padding in lengths 8;" in capsys.readouterr().out


def test_lines_with_rare_characters_come_again(data, tmp_path, capsys):
    # 10 lines of "abc".
    arguments = command(data, tmp_path / "run", "--rare", "40")
    assert train.main([*arguments, *QUICK, "--epochs", "0.34"]) == 0
    assert "20 lines, 220 points to train on" in capsys.readouterr().out


def test_augmentation_is_of_what_is_trained_on_alone(
    whole_run, data, tmp_path, monkeypatch
):
    from graves_tf import handwriting_run

    made = []

    class Recorded(handwriting_run.HandwritingBatches):
        def __init__(self, *arguments, **more):
            super().__init__(*arguments, **more)
            made.append(self)

    monkeypatch.setattr(handwriting_run, "HandwritingBatches", Recorded)
    folder = tmp_path / "run"
    arguments = command(data, folder, "--augmentation", "0.2")
    assert train.main([*arguments, *QUICK, "--epochs", "0.34"]) == 0
    resume = ["--resume", "--run-dir", str(folder), *QUICK, *STEADY]
    assert train.main([*resume, "--epochs", "0.67"]) == 0
    # Lines to train on and to validate on, of the run and of the resumed one.
    assert [batches.augmentation for batches in made] == [0.2, 0, 0.2, 0]
    without, with_it = read_log(whole_run)[0], read_log(folder)[0]
    assert without["nats_per_sequence"] != with_it["nats_per_sequence"]


def test_long_lines_are_left_out_on_request(data, tmp_path, capsys):
    arguments = command(data, tmp_path / "run", "--max-points", "5")
    assert train.main(arguments) == 2
    assert "--max-points 5" in capsys.readouterr().err


def test_a_pen_at_rest_is_held(whole_run, tmp_path):
    resting = Line(
        np.array([[0, 0, 0], [3, 4, 0], [3, 4, 0], [9, 6, 1]], "float32"),
        "abc",
        "line",
    )
    splits = dict.fromkeys(("train", "validation_2", "test"), [resting] * 4)
    data = tmp_path / "resting.npz"
    splits["validation_1"] = [resting]
    packed.save(data, splits, name="iam_ondb", config="clean")
    folder = tmp_path / "run"
    init = ["--init-from", str(whole_run / "best.keras")]
    arguments = command(data, folder, "--rest", *init)
    assert train.main([*arguments, *QUICK, "--epochs", "1"]) == 0
    first = keras.saving.load_model(folder / "best.keras")
    assert first.rest
    resume = ["--resume", "--run-dir", str(folder), *QUICK, *STEADY]
    assert train.main([*resume, "--epochs", "2"]) == 0
    assert keras.saving.load_model(folder / "last.keras").rest


def test_weight_decay_outlasts_resuming(data, tmp_path):
    folder = tmp_path / "run"
    arguments = command(data, folder, *QUICK, "--weight-decay", "0.5")
    assert train.main([*arguments, "--epochs", "1"]) == 0
    resume = ["--resume", "--run-dir", str(folder), *QUICK, *STEADY]
    assert train.main([*resume, "--epochs", "2"]) == 0
    last = keras.saving.load_model(folder / "last.keras")
    assert last.optimizer.weight_decay == 0.5


def test_a_pen_that_never_rests_cannot_be_held(data, tmp_path, capsys):
    arguments = command(data, tmp_path / "run", "--rest")
    assert train.main([*arguments, *QUICK]) == 2
    error = capsys.readouterr().err
    assert "the pen never rests" in error and "--rest" in error
    assert not list((tmp_path / "run").glob("*.keras"))
