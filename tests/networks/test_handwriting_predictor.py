import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers.adaptive_weight_noise import AdaptiveWeightNoise
from graves_tf.networks import HandwritingPredictor


def call(network, offsets):
    return network.predict_on_batch({"offsets": offsets})


@pytest.mark.parametrize(
    "preset, weights",
    [("prediction_1x900", 3_366_121), ("prediction_3x400", 3_368_121)],
)
def test_presets(quick_start, preset, weights):
    """The paper has "around 3.4M weights" for both (Sec. 4.2)."""
    network = HandwritingPredictor.from_preset(preset)
    assert network.count_params() == weights
    assert network.preset == preset
    assert network.num_mixtures == 20
    assert network.clip_lstm == 10
    assert network.clip_output == 100


@pytest.mark.parametrize("hidden", [(4, 5, 6), (5,)])
def test_equations(tiny, by_equations, hidden):
    network = tiny.predictor(hidden=hidden)
    offsets = tiny.inputs()["offsets"]
    outputs = call(network, offsets)
    assert outputs.shape == (*offsets.shape[:2], 13)
    for row, x in zip(outputs, offsets, strict=True):
        np.testing.assert_allclose(row, by_equations(network, x), atol=2e-5)


def test_step_is_call(tiny):
    network = tiny.predictor()
    offsets = tiny.inputs()["offsets"]
    outputs = call(network, offsets)
    state = network.initial_state(len(offsets))
    assert [tuple(s.shape[1:]) for s in state] == [
        (n,) for n in network.hidden for _ in range(2)
    ]
    for t in range(offsets.shape[1]):
        y, state = network.step(ops.convert_to_tensor(offsets[:, t]), state)
        np.testing.assert_allclose(
            ops.convert_to_numpy(y), outputs[:, t], atol=1e-5
        )


def test_the_future_is_not_seen(tiny):
    network = tiny.predictor()
    offsets = tiny.inputs()["offsets"]
    before = call(network, offsets)
    offsets[:, 3] += 1.0
    after = call(network, offsets)
    np.testing.assert_array_equal(after[:, :3], before[:, :3])
    assert (np.abs(after[:, 3:] - before[:, 3:]).max(axis=-1) > 1e-3).all()


def test_saved_and_loaded(tiny, tmp_path):
    network = tiny.predictor(preset="prediction_3x400")
    network.save(tmp_path / "a.keras")
    again = keras.saving.load_model(tmp_path / "a.keras")
    assert type(again) is HandwritingPredictor
    assert again.get_config() == network.get_config()
    offsets = tiny.inputs()["offsets"]
    np.testing.assert_array_equal(
        call(again, offsets),
        call(network, offsets),
    )


@pytest.mark.parametrize("hidden", [(), (4, 0)])
def test_bad_hidden(hidden):
    with pytest.raises(ValueError, match="hidden"):
        HandwritingPredictor(hidden=hidden)


def test_unknown_preset():
    with pytest.raises(ValueError, match="'large'.*prediction_1x900"):
        HandwritingPredictor.from_preset("large")


def test_a_synthesizer_without_a_text(tiny):
    source = tiny.synthesizer(
        offset_mean=(8.0, 0.0), offset_std=(40.0, 30.0), whole_offsets=True
    )
    network = HandwritingPredictor.from_synthesizer(source, preset="mine")
    assert network.preset == "mine"
    assert network.offset_std == (40, 30)
    assert network.whole_offsets
    inputs = tiny.inputs()
    outputs = call(network, inputs["offsets"])
    inputs["characters"] = np.full_like(inputs["characters"], -1)
    textless = source.predict_on_batch(inputs)
    np.testing.assert_allclose(outputs, textless, atol=1e-5)


def test_a_synthesizer_without_a_text_keeps_its_noise(tiny):
    noise = AdaptiveWeightNoise(0.075, sequences=100)
    source = tiny.synthesizer(weight_noise=noise)
    sources = [source.lstms[0].lstm, *source.lstms[1:], source.head]
    for layer in sources:
        for log_std in layer.log_stds:
            rows = np.arange(log_std.shape[0], dtype="float32")
            log_std.assign_add(np.broadcast_to(rows, log_std.shape[::-1]).T)
    network = HandwritingPredictor.from_synthesizer(source)
    assert network.weight_noise.get_config() == noise.get_config()
    layers = [*network.lstms, network.head]
    for layer, its in zip(layers, sources, strict=True):
        assert len(layer.log_stds) == len(its.log_stds)
        for log_std, other in zip(layer.log_stds, its.log_stds, strict=True):
            kept = ops.convert_to_numpy(other)[: log_std.shape[0]]
            np.testing.assert_array_equal(ops.convert_to_numpy(log_std), kept)
