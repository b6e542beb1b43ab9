"""A text network as SavedModel and as TFLite."""

import itertools

import keras
import numpy as np
import pytest

from graves_tf.layers import WeightNoise
from graves_tf.networks import TextPredictor
from graves_tf.sampling.text_sampler import TextSampler
from graves_tf.text.vocabulary import Vocabulary

if keras.backend.backend() != "tensorflow":
    pytest.skip("export runs on TensorFlow", allow_module_level=True)

from graves_tf.export import __main__ as command
from graves_tf.export.runtime import Sampler
from graves_tf.export.saved_model import export_saved_model
from graves_tf.export.text_runtime import TextSampler as DeviceSampler
from graves_tf.export.tflite import export_tflite

TEXT = "the cat sat\non the mat\n"


def make(kind="character"):
    text = TEXT.encode() if kind == "byte" else TEXT
    network = TextPredictor(
        Vocabulary.fit(text, kind),
        hidden=(9, 8),
        weight_noise=WeightNoise(0.1),
        streams=2,
    )
    rng = np.random.default_rng(0)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(scale=0.7, size=weight.shape))
    return network


@pytest.fixture(scope="module")
def network():
    return make()


@pytest.fixture(scope="module")
def tflite(network, tmp_path_factory):
    return export_tflite(network, tmp_path_factory.mktemp("tflite"))


def test_saved_model_draws_the_networks_symbols(network, tmp_path):
    import tensorflow as tf

    loaded = tf.saved_model.load(str(export_saved_model(network, tmp_path)))
    step, init = loaded.signatures["step"], loaded.signatures["init"]
    assert set(loaded.signatures) == {"step", "init", "serving_default"}
    symbols = np.array([-1, 2, 0], "int32")
    state = init(symbol=symbols)
    expected_state = network.initial_state(3)
    rng = np.random.default_rng(1)
    for _ in range(10):
        uniform = rng.random(3, "float32")
        out = step(
            symbol=symbols,
            uniform=uniform,
            temperature=np.array([1.0, 0.5, 2.0], "float32"),
            **state,
        )
        logits, expected_state = network.step(
            tf.constant(symbols), expected_state
        )
        np.testing.assert_allclose(
            out["log_probabilities"], tf.nn.log_softmax(logits), atol=1e-4
        )
        state = {k: v for k, v in out.items() if k.startswith("state_")}
        for value, other in zip(
            (state[f"state_{i}"] for i in range(4)), expected_state, strict=True
        ):
            np.testing.assert_allclose(value, other, atol=1e-5)
        symbols = out["symbol"].numpy()


def test_the_device_draws_the_same_text(network, tflite):
    expected = [
        int(s[0])
        for s in itertools.islice(
            TextSampler(network).symbols([3, 1], 0.8, seed=4), 60
        )
    ]
    device = DeviceSampler(tflite[0])
    found = list(itertools.islice(device.numbers([3, 1], 0.8, seed=4), 60))
    assert found == expected


@pytest.mark.parametrize("place", [1, 2])
def test_narrow_files_write_too(tflite, place):
    text = "".join(DeviceSampler(tflite[place]).write("the ", length=50))
    assert len(text) == 50
    assert set(text) <= set(TEXT)


@pytest.mark.parametrize("kind", ["word", "byte"])
def test_other_kinds_of_symbols(kind, tmp_path):
    network = make(kind)
    (path,) = export_tflite(network, tmp_path, ["float32"])
    pieces = list(DeviceSampler(path).write("the cat", seed=2, length=30))
    numbers = [
        int(s[0])
        for s in itertools.islice(
            TextSampler(network).symbols(
                network.vocabulary.encode("the cat")[0], seed=2
            ),
            30,
        )
    ]
    last = int(network.vocabulary.encode("the cat")[0][-1])
    joined = pieces[0][:0].join(pieces)
    assert joined == network.vocabulary.decode(numbers, previous=last)


def test_a_prime_that_it_cannot_read(tflite):
    with pytest.raises(ValueError, match="'Z'"):
        next(DeviceSampler(tflite[0]).write("Z"))


def test_a_text_sampler_is_no_pen(tflite):
    with pytest.raises(ValueError, match="sampler of text"):
        Sampler(tflite[0])


def test_from_the_command_line(network, tmp_path, capsys):
    network.save(tmp_path / "text.keras")
    arguments = [str(tmp_path / "text.keras"), "-o", str(tmp_path / "out")]
    assert command.main([*arguments, "--to", "saved_model"]) == 0
    assert (tmp_path / "out" / "saved_model.pb").is_file()
    assert command.main([*arguments, "--to", "tflite"]) == 0
    assert "sampler_int8.tflite" in capsys.readouterr().out
