"""Checkpoints of earlier versions load, and compute what they did."""

import pathlib

import keras
import numpy as np
import pytest
from keras import ops

from graves_tf import networks

GOLDEN = pathlib.Path(__file__).parents[1] / "golden"
CHECKPOINTS = sorted(GOLDEN.glob("*.keras"))


def test_there_are_golden_checkpoints():
    assert [path.stem for path in CHECKPOINTS] == [
        "predictor_v1",
        "synthesizer_v1",
    ]


@pytest.mark.parametrize("path", CHECKPOINTS, ids=lambda path: path.stem)
def test_golden(path):
    network = keras.saving.load_model(path)
    with np.load(path.with_suffix(".npz")) as data:
        inputs = {key: data[key] for key in data.files}
    outputs = inputs.pop("outputs")
    np.testing.assert_allclose(
        ops.convert_to_numpy(network(inputs)), outputs, atol=1e-5
    )
    assert network.offset_mean == (8.0, 0.5)
    assert network.offset_std == (40.0, 30.0)
    state = network.initial_state(2)
    offsets = ops.convert_to_tensor(inputs["offsets"])
    for t in range(outputs.shape[1]):
        if isinstance(network, networks.HandwritingSynthesizer):
            assert network.alphabet.symbols == " abc"
            characters = ops.convert_to_tensor(inputs["characters"])
            y, _, state = network.step(offsets[:, t], characters, state)
        else:
            y, state = network.step(offsets[:, t], state)
        np.testing.assert_allclose(
            ops.convert_to_numpy(y), outputs[:, t], atol=1e-5
        )
