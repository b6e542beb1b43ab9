import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.losses import SequenceLoss
from graves_tf.metrics import nats_per_sequence
from graves_tf.networks import HandwritingSynthesizer
from graves_tf.optimizers import adam
from graves_tf.scoring import Scorer


def call(network, inputs):
    return network.predict_on_batch(inputs)


@pytest.mark.parametrize(
    "alphabet, weights", [("full", 3_778_551), ("paper", 3_653_751)]
)
def test_preset(quick_start, alphabet, weights):
    """The paper has "approximately 3.7M" (Sec. 5.2)."""
    network = HandwritingSynthesizer.from_preset("synthesis", alphabet=alphabet)
    assert network.alphabet == ALPHABETS[alphabet]
    assert network.count_params() == weights
    assert network.num_gaussians == 10
    assert network.head.get_weights()[1].shape == (121,)


def test_tiny_preset(quick_start):
    network = HandwritingSynthesizer.from_preset("tiny", offset_std=(2.0, 2.0))
    assert network.preset == "tiny"
    assert network.offset_std == (2.0, 2.0)
    assert network.count_params() < 200_000


@pytest.mark.parametrize("hidden", [(4, 5, 6), (5,), (4, 3)])
def test_equations(tiny, by_equations, hidden):
    network = tiny.synthesizer(hidden=hidden)
    inputs = tiny.inputs()
    outputs = call(network, inputs)
    assert outputs.shape == (*inputs["offsets"].shape[:2], 13)
    for b, row in enumerate(outputs):
        text = inputs["characters"][b]
        expected = by_equations(network, inputs["offsets"][b], text[text >= 0])
        np.testing.assert_allclose(row, expected, atol=5e-5)


def test_layers_2_and_3_see_the_window_at_once(tiny):
    """At t = 1 the text has reached ŷ, but by them alone."""
    inputs = tiny.inputs()
    other = {**inputs, "characters": (inputs["characters"] + 1) % 3}

    def changes(hidden):
        network = tiny.synthesizer(hidden=hidden)
        difference = call(network, inputs) - call(network, other)
        return np.abs(difference).max(axis=(0, 2))

    assert (changes((4, 5, 6)) > 1e-3).all()
    alone = changes((4,))
    assert alone[0] == 0
    assert (alone[1:] > 1e-3).all()


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_output_sees_every_layer(tiny, layer):
    network = tiny.synthesizer()
    inputs = tiny.inputs()
    before = call(network, inputs)
    kernel, bias = network.head.get_weights()
    start = sum(network.hidden[: layer - 1])
    kernel[start : start + network.hidden[layer - 1]] = 0
    network.head.set_weights([kernel, bias])
    assert (np.abs(call(network, inputs) - before).max(axis=-1) > 1e-3).all()


def test_step_is_call(tiny):
    network = tiny.synthesizer()
    inputs = tiny.inputs()
    offsets, characters = inputs["offsets"], inputs["characters"]
    outputs = call(network, inputs)
    state = network.initial_state(len(offsets))
    for t in range(offsets.shape[1]):
        y, phi, state = network.step(
            ops.convert_to_tensor(offsets[:, t]),
            ops.convert_to_tensor(characters),
            state,
        )
        np.testing.assert_allclose(
            ops.convert_to_numpy(y), outputs[:, t], atol=1e-5
        )
        assert phi.shape == (2, characters.shape[1] + 1)
        # Row 1 is shorter by one: nothing at its padding.
        assert ops.convert_to_numpy(phi)[1, -2] == 0


def test_bfloat16_step_is_near_float32(tiny):
    wide = tiny.synthesizer()
    narrow = tiny.synthesizer(dtype="mixed_bfloat16")
    inputs = tiny.inputs()
    exact, near = call(wide, inputs), call(narrow, inputs)
    assert 0 < np.linalg.norm(near - exact) < 0.05 * np.linalg.norm(exact)
    state = narrow.initial_state(len(exact))
    for t in range(exact.shape[1]):
        y, _, state = narrow.step(
            ops.convert_to_tensor(inputs["offsets"][:, t]),
            ops.convert_to_tensor(inputs["characters"]),
            state,
        )
        assert keras.backend.standardize_dtype(y.dtype) == "float32"
        np.testing.assert_allclose(
            ops.convert_to_numpy(y), exact[:, t], atol=0.1
        )


def test_padding_changes_no_loss(tiny):
    network = tiny.synthesizer()
    inputs = tiny.inputs()
    rng = np.random.default_rng(3)
    targets = rng.normal(size=(2, 5, 3)).astype("float32")
    targets[..., 2] = rng.random((2, 5)) < 0.5
    targets[1, 3:] = [0, 0, -1]
    before = call_loss(network, inputs, targets)
    longer = {
        "offsets": np.pad(
            inputs["offsets"], [(0, 0), (0, 4), (0, 0)], constant_values=9.0
        ),
        "characters": np.pad(
            inputs["characters"], [(0, 0), (0, 3)], constant_values=-1
        ),
    }
    longer["offsets"][1, 3:] = -7.0
    padding = np.tile(np.float32([0, 0, -1]), (2, 4, 1))
    after = call_loss(
        network, longer, np.concatenate([targets, padding], axis=1)
    )
    np.testing.assert_allclose(after, before, rtol=1e-5)
    alone = call_loss(
        network,
        {k: v[1:, :3] for k, v in inputs.items()},
        targets[1:, :3],
    )
    np.testing.assert_allclose(alone, before[1:], rtol=1e-5)


def call_loss(network, inputs, targets):
    scores = Scorer(network).predict_on_batch({**inputs, "targets": targets})
    return scores[:, 0]


def test_config_holds_everything(tiny):
    network = tiny.synthesizer(
        preset="tiny", characters_per_point=0.125, whole_offsets=True
    )
    config = json.loads(json.dumps(network.get_config()))
    again = HandwritingSynthesizer.from_config(config)
    assert again.alphabet == network.alphabet
    assert again.offset_mean == (0.25, -0.5)
    assert again.offset_std == (2.0, 3.0)
    assert again.preset == "tiny"
    assert again.whole_offsets
    assert again.hidden == (4, 5, 6)
    assert again.get_config() == network.get_config()
    again.set_weights(network.get_weights())
    inputs = tiny.inputs()
    np.testing.assert_array_equal(call(again, inputs), call(network, inputs))


LOAD = """
import sys
import keras, numpy as np
import graves_tf.networks
network = keras.saving.load_model(sys.argv[1])
inputs = dict(np.load(sys.argv[2]))
assert type(network).__name__ == "HandwritingSynthesizer"
assert network.alphabet.symbols == " abc", network.alphabet
assert network.alphabet.unknown
assert network.offset_std == (2.0, 3.0)
assert int(network.optimizer.iterations) == 7
np.save(sys.argv[3], keras.ops.convert_to_numpy(network(inputs)))
"""


def test_loads_in_a_fresh_process(tiny, tmp_path):
    """A checkpoint of a run: compiled, with its optimizer's state."""
    network = tiny.synthesizer()
    network.compile(adam(), SequenceLoss(), metrics=[nats_per_sequence])
    inputs = tiny.inputs()
    network.optimizer.build(network.trainable_variables)
    network.optimizer.iterations.assign(7)
    network.save(tmp_path / "a.keras")
    np.savez(tmp_path / "inputs.npz", **inputs)
    done = subprocess.run(
        [
            *(sys.executable, "-P", "-W", "error::UserWarning", "-c", LOAD),
            *(tmp_path / n for n in ("a.keras", "inputs.npz", "y.npy")),
        ],
        env={**os.environ, "KERAS_BACKEND": keras.backend.backend()},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    np.testing.assert_allclose(
        np.load(tmp_path / "y.npy"), call(network, inputs), atol=1e-6
    )
