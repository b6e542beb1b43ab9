"""The paper's schedule of regularisation, from the command line."""

import csv
import json

import keras
import numpy as np
import pytest

from graves_tf import packed
from graves_tf import pictures
from graves_tf import train
from graves_tf import weights
from graves_tf.ink.line import Line
from graves_tf.layers import AdaptiveWeightNoise
from graves_tf.layers import VariationalDropout
from graves_tf.layers import WeightNoise
from graves_tf.networks import TextPredictor
from graves_tf.networks import presets
from graves_tf.regularization import REGULARIZATIONS
from graves_tf.regularization import count_weights
from graves_tf.regularization import make_weight_noise
from graves_tf.text.vocabulary import Vocabulary

SMALL = {
    "task": "prediction",
    "hidden": (4,),
    "num_mixtures": 2,
    "reported": {"none": -1.5, "adaptive_weight_noise": -2.5},
}
# XLA takes long to compile on TensorFlow.
QUICK = ["--no-jit"] if keras.backend.backend() == "tensorflow" else []


def test_by_name():
    none, fixed, adaptive, drop = (
        make_weight_noise(name, 0.125, 50, 0.25) for name in REGULARIZATIONS
    )
    assert none is None
    assert isinstance(fixed, WeightNoise) and fixed.std == 0.125
    assert isinstance(adaptive, AdaptiveWeightNoise)
    assert (adaptive.initial_std, adaptive.sequences) == (0.125, 50)
    assert isinstance(drop, VariationalDropout) and drop.rate == 0.25
    assert not (fixed.per_sequence or adaptive.per_sequence)
    for name in REGULARIZATIONS[1:3]:
        noise = make_weight_noise(name, sequences=50, per_sequence=True)
        assert noise.per_sequence and noise.get_config()["per_sequence"]
    with pytest.raises(ValueError, match="'dropout'.*weight_noise"):
        make_weight_noise("dropout")


def test_the_default_std_is_the_papers():
    options = train.make_parser().parse_args([])
    assert options.regularization == "none"
    assert options.weight_noise_std == 0.075


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """The folder of a stage of each, one after the other."""
    folder = tmp_path_factory.mktemp("stages")
    rng = np.random.default_rng(0)

    def lines(count):
        return [
            Line(
                np.column_stack(
                    [
                        rng.normal(size=(9, 2)).cumsum(axis=0).round(1),
                        rng.random(9) < 0.2,
                    ]
                ).astype("float32"),
                "abc",
                f"line-{i}",
            )
            for i in range(count)
        ]

    splits = {"train": 6, "validation_2": 2, "test": 1, "validation_1": 3}
    packed.save(
        folder / "lines.npz",
        {name: lines(count) for name, count in splits.items()},
        name="synthetic",
        config="clean",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets.PRESETS, "small", SMALL)
        patch.setattr(pictures, "Pictures", no_pictures)
        before = []
        for name in REGULARIZATIONS:
            arguments = command(folder, name, "--epochs", "0.67")
            assert train.main([*arguments, *before]) == 0
            before = ["--init-from", str(folder / name / "best.keras")]
    return folder


def command(folder, name, *more):
    """Batches of 4: an epoch is 3 updates. A round after each update."""
    return [
        *("--task", "prediction", "--preset", "small"),
        *("--data", str(folder / "lines.npz"), "--run-dir", str(folder / name)),
        *("--batch-size", "4", "--buckets", "1", "--round-minutes", "0"),
        *("--regularization", name, "--weight-noise-std", "0.5"),
        *("--warm-up", "1", "--descent", "1e-9"),
        *("--optimizer", "adam", "--learning-rate", "0.001"),
        *QUICK,
        *more,
    ]


def no_pictures(*arguments):
    return lambda updates: None


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setitem(presets.PRESETS, "small", SMALL)
    monkeypatch.setattr(pictures, "Pictures", no_pictures)


def read_log(folder):
    with (folder / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_stage_starts_from_the_one_before(stages):
    networks = [
        weights.load(stages / name / "best.keras") for name in REGULARIZATIONS
    ]
    noises = [network.weight_noise for network in networks]
    assert noises[0] is None
    assert noises[1].std == 0.5
    # All nine lines that it trained on count.
    assert (noises[2].initial_std, noises[2].sequences) == (0.5, 9)
    for before, after in zip(networks, networks[1:], strict=False):
        assert after.offset_std == before.offset_std
        for a, b in zip(
            before.lstms[0].ordinary_weights,
            after.lstms[0].ordinary_weights,
            strict=True,
        ):
            # Two updates of a thousandth.
            np.testing.assert_allclose(a, b, atol=4e-3)
    log_std = keras.ops.convert_to_numpy(networks[2].lstms[0].log_stds[0])
    assert 0 < np.abs(log_std - np.log(0.5)).max() < 4e-3


def test_the_log_tells_what_the_weights_cost(stages):
    none, fixed, adaptive, drop = (
        read_log(stages / name) for name in REGULARIZATIONS
    )
    assert list(none[0]) == list(fixed[0]) == list(drop[0])
    extra = ["kl_nats_per_sequence", "kl_bits_per_weight"]
    assert list(adaptive[0]) == [*none[0], *extra]
    assert all(float(row[key]) > 0 for row in adaptive for key in extra)


def test_it_is_validated_without_noise(stages, capsys):
    from graves_tf import evaluate

    for name in REGULARIZATIONS:
        row = read_log(stages / name)
        best = min(float(r["val_nats_per_sequence"]) for r in row)
        arguments = [str(stages / name / "best.keras"), "--json"]
        arguments += ["--data", str(stages / "lines.npz")]
        assert evaluate.main(arguments) == 0
        scores = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert scores["nats_per_sequence"] == pytest.approx(best, rel=1e-4)


def test_resuming_keeps_it(stages, capsys):
    name = "adaptive_weight_noise"
    more = ["--resume", "--run-dir", str(stages / name), *QUICK]
    assert train.main([*more, "--epochs", "1"]) == 0
    assert "reports -2.5" in capsys.readouterr().out
    rows = read_log(stages / name)
    assert [int(row["updates"]) for row in rows] == [1, 2, 3]
    last = keras.saving.load_model(stages / name / "last.keras")
    assert isinstance(last.weight_noise, AdaptiveWeightNoise)
    # Four weights of the layer, drawn in each of three updates.
    seed = keras.ops.convert_to_numpy(last.lstms[0].noise_seed.state)
    assert seed[1] == 12


def test_noise_of_each_sequence(stages, tmp_path):
    name = "adaptive_weight_noise"
    arguments = command(stages, name, "--noise-per-sequence", "--epochs", "0.3")
    arguments[arguments.index("--run-dir") + 1] = str(tmp_path / "run")
    assert train.main(arguments) == 0
    last = keras.saving.load_model(tmp_path / "run" / "last.keras")
    assert last.weight_noise.per_sequence
    # Four weights, and signs of the inputs and of the cells.
    seed = keras.ops.convert_to_numpy(last.lstms[0].noise_seed.state)
    assert seed[1] == 6


@pytest.mark.parametrize(
    "option, value",
    [("--regularization", "dropout"), ("--weight-noise-std", "-1")],
)
def test_what_cannot_be(stages, tmp_path, capsys, option, value):
    arguments = command(stages, "weight_noise", option, value)
    arguments[arguments.index("--run-dir") + 1] = str(tmp_path / "run")
    assert train.main(arguments) == 2
    error = capsys.readouterr().err
    assert value in error and "Traceback" not in error


def test_what_streams_carry_is_no_weight():
    vocabulary = Vocabulary(("a", "b"), "character")
    alone = TextPredictor(vocabulary, hidden=(5,))
    counts = {count_weights(alone), sum(w.size for w in alone.get_weights())}
    carrying = TextPredictor(
        vocabulary,
        hidden=(5,),
        streams=64,
        weight_noise=make_weight_noise("adaptive_weight_noise", sequences=9),
    )
    assert {count_weights(carrying)} == counts
