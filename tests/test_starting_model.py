"""What a run may start from."""

import argparse

import pytest

from graves_tf.networks import HandwritingPredictor
from graves_tf.networks import HandwritingSynthesizer
from graves_tf.networks import presets
from graves_tf.starting_model import starting_weights


@pytest.fixture
def options(tmp_path, monkeypatch):
    """To predict, from a synthesis network of two layers."""
    preset = {"task": "prediction", "hidden": (4, 3)}
    monkeypatch.setitem(presets.PRESETS, "small", preset)
    path = tmp_path / "synthesis.keras"
    HandwritingSynthesizer(hidden=(4, 3), num_mixtures=2).save(path)
    return argparse.Namespace(
        task="prediction",
        preset="small",
        preset_named=False,
        alphabet=None,
        init_from=str(path),
    )


def test_prediction_from_synthesis(options):
    network = starting_weights(options)
    assert isinstance(network, HandwritingPredictor)
    assert (network.hidden, network.preset) == ((4, 3), "small")


def test_prediction_from_prediction(options, tmp_path):
    options.init_from = str(tmp_path / "prediction.keras")
    HandwritingPredictor(hidden=(5,), preset="own").save(options.init_from)
    network = starting_weights(options)
    assert (network.hidden, network.preset) == ((5,), "own")


def test_another_shape(options):
    options.preset = "prediction_1x900"
    with pytest.raises(ValueError, match=r"\(4, 3\) cells.*\(900,\)"):
        starting_weights(options)


def test_synthesis_from_prediction(options, tmp_path):
    options.init_from = str(tmp_path / "prediction.keras")
    HandwritingPredictor(hidden=(5,)).save(options.init_from)
    options.task = "synthesis"
    with pytest.raises(ValueError, match="prediction.*synthesis is needed"):
        starting_weights(options)
