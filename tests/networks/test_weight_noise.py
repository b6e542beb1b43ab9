"""Whole networks under weight noise: trained, saved, copied."""

import json

import keras
import numpy as np
import pytest

from graves_tf.layers import AdaptiveWeightNoise
from graves_tf.layers import WeightNoise
from graves_tf.losses import SequenceLoss
from graves_tf.metrics import nats_per_sequence
from graves_tf.optimizers import make_optimizer
from graves_tf.regularization import count_weights
from graves_tf.regularization import weight_costs
from graves_tf.run_folder import copy_of

NOISES = [None, WeightNoise(0.3), AdaptiveWeightNoise(0.3, sequences=20)]


# Without is slow on JAX, and compiling is on TensorFlow.
JIT = keras.backend.backend() == "jax"


def values(network):
    return {
        w.path: keras.ops.convert_to_numpy(w)
        for w in network.weights
        if not w.path.endswith("log_std")
    }


def targets(inputs):
    offsets = np.roll(inputs["offsets"], -1, axis=1)
    offsets[..., 2] = np.abs(offsets[..., 2]) > 1
    return offsets.astype("float32")


def compiled(network, optimizer="adam", jit_compile=JIT, rate=0.01):
    network.compile(
        make_optimizer(optimizer, rate),
        SequenceLoss(),
        metrics=[nats_per_sequence],
        jit_compile=jit_compile,
    )
    return network


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("kind", ["predictor", "synthesizer"])
def test_config_and_file(tiny, tmp_path, kind, noise):
    network = getattr(tiny, kind)(weight_noise=noise)
    config = json.loads(json.dumps(network.get_config()))
    again = type(network).from_config(config)
    assert again.get_config() == network.get_config()
    network.save(tmp_path / "a.keras")
    again = keras.saving.load_model(tmp_path / "a.keras")
    assert type(again.weight_noise) is type(noise)
    for a, b in zip(again.weights, network.weights, strict=True):
        assert a.path == b.path
        np.testing.assert_array_equal(a, b)
    inputs = tiny.inputs()
    np.testing.assert_array_equal(
        again.predict_on_batch(inputs), network.predict_on_batch(inputs)
    )
    quiet = getattr(tiny, kind)()
    copy = copy_of(network, "float32", weight_noise=None)
    assert [w.path for w in copy.weights] == [
        w.path.replace(quiet.name, copy.name) for w in quiet.weights
    ]
    assert count_weights(network) == quiet.count_params()
    np.testing.assert_array_equal(
        copy.predict_on_batch(inputs), network.predict_on_batch(inputs)
    )


def test_a_copy_carries_over_what_both_have(tiny):
    adaptive = tiny.synthesizer(weight_noise=NOISES[2])
    for noise in NOISES:
        copy = copy_of(adaptive, "float32", weight_noise=noise)
        ours, theirs = values(copy), values(adaptive)
        assert ours.keys() == theirs.keys()
        for path in ours:
            np.testing.assert_array_equal(ours[path], theirs[path])
    # Another stage of the same kind goes on with the stds as they are.
    more = copy_of(
        adaptive,
        "float32",
        weight_noise=AdaptiveWeightNoise(0.01, sequences=30),
    )
    for a, b in zip(more.weights, adaptive.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    fresh = copy_of(tiny.synthesizer(), "float32", weight_noise=NOISES[2])
    np.testing.assert_allclose(
        fresh.lstms[1].log_stds[0], np.log(0.3), rtol=1e-6
    )


def test_the_loss_is_the_description_length(tiny):
    network = compiled(tiny.synthesizer(hidden=(4,), weight_noise=NOISES[2]))
    inputs = tiny.inputs()
    expected = weight_costs(network)
    logs = network.train_on_batch(inputs, targets(inputs), return_dict=True)
    assert logs["loss"] - logs["nats_per_sequence"] == pytest.approx(
        expected["kl_nats_per_sequence"], rel=1e-3
    )
    kl = expected["kl_nats_per_sequence"] * 20
    assert expected["kl_bits_per_weight"] == pytest.approx(
        kl / np.log(2) / count_weights(network)
    )
    # Evaluation is of the data alone, at the posterior's mean.
    logs = network.test_on_batch(inputs, targets(inputs), return_dict=True)
    quiet = compiled(copy_of(network, "float32", weight_noise=None))
    assert logs["loss"] == pytest.approx(logs["nats_per_sequence"])
    assert logs["loss"] == pytest.approx(
        quiet.test_on_batch(inputs, targets(inputs))[0], rel=1e-6
    )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_training(tiny, jit_compile):
    """As far as the data lets them, the weights get cheaper."""
    noise = AdaptiveWeightNoise(0.01, sequences=2)
    network = compiled(
        tiny.predictor(hidden=(4,), weight_noise=noise),
        jit_compile=jit_compile,
        rate=0.1,
    )
    inputs = tiny.inputs()
    before = weight_costs(network)["kl_nats_per_sequence"]
    losses = [
        network.train_on_batch(inputs, targets(inputs))[0] for _ in range(10)
    ]
    assert np.isfinite(losses).all()
    after = weight_costs(network)["kl_nats_per_sequence"]
    assert 0 < after < 0.9 * before
    assert losses[-1] < losses[0]
    assert all(np.isfinite(w).all() for w in network.get_weights())


def test_muon_leaves_the_log_stds_to_adam(tiny):
    network = tiny.synthesizer(weight_noise=NOISES[2])
    optimizer = make_optimizer("muon")
    optimizer.build(network.trainable_variables)
    by_adam = {
        variable.path
        for variable, velocity in zip(
            network.trainable_variables, optimizer.adam_velocities, strict=True
        )
        if velocity is not None
    }
    for variable in network.trainable_variables:
        if variable.path.endswith("log_std"):
            assert variable.path in by_adam
    assert network.lstms[1].recurrent_kernel.path not in by_adam


@pytest.mark.parametrize("noise", NOISES[1:])
def test_a_saved_run_goes_on_with_the_same_noise(tiny, tmp_path, noise):
    """At a learning rate of 0 the noise is all that differs."""
    inputs = tiny.inputs()
    network = tiny.predictor(hidden=(4,), weight_noise=noise)
    network = compiled(network, "graves_rmsprop", rate=0.0)
    losses = [network.train_on_batch(inputs, targets(inputs))[1]]
    network.save(tmp_path / "a.keras")
    again = keras.saving.load_model(tmp_path / "a.keras")
    for _ in range(2):
        for n in (network, again):
            losses.append(n.train_on_batch(inputs, targets(inputs))[1])
    first, *rest = np.float64(losses)
    np.testing.assert_allclose(rest[::2], rest[1::2], rtol=1e-6)
    assert len({first, *rest[::2]}) == 3
