import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.losses import split_outputs
from graves_tf.networks import HandwritingPredictor
from graves_tf.networks.pen_at_rest import with_rest

MEAN, STD = (0.25, -0.5), (2.0, 3.0)


def batch_of(inputs, rests):
    """Targets of whole units, at rest where `rests`; the last is padding."""
    targets = np.random.default_rng(2).integers(1, 9, inputs["offsets"].shape)
    targets[rests, :2] = 0
    targets = targets.astype("float32")
    targets[..., :2] = (targets[..., :2] - MEAN) / STD
    targets[..., 2] = 0
    targets[1, -1] = [0, 0, -1]
    return inputs, targets


def gaussians(network, inputs):
    """π of each Gaussian, and (μ1, μ2, σ1, σ2, ρ̂), `(..., M)` and `(5, …)`."""
    outputs = network.predict_on_batch(inputs)
    _, pi, *others = map(ops.convert_to_numpy, split_outputs(outputs))
    pi = np.exp(pi)
    return pi / pi.sum(axis=-1, keepdims=True), np.array(others)


@pytest.mark.parametrize("kind", ["predictor", "synthesizer"])
def test_the_last_gaussian_is_a_pen_at_rest(tiny, kind, tmp_path):
    network = getattr(tiny, kind)(rest=True)
    inputs = tiny.inputs()
    _, shapes = gaussians(network, inputs)
    mean, std = np.array(MEAN), np.array(STD)
    expected = [*(-mean / std), *np.log(12**-0.5 / std), 0.0]
    for got, value in zip(shapes, expected, strict=True):
        np.testing.assert_allclose(got[..., -1], value, atol=1e-6)
        assert np.ptp(got[..., 0]) > 0.1
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    assert again.rest
    np.testing.assert_array_equal(
        again.predict_on_batch(inputs), network.predict_on_batch(inputs)
    )


def test_the_least_used_gaussian_becomes_it(tiny):
    network = tiny.synthesizer(num_mixtures=4)
    kernel, bias = network.head.get_weights()
    # The second is hardly used, and the third is nearest to a rest: there a
    # normalised offset is -0.125, 0.167.
    kernel[:, [2, 3]] = 0.0
    bias[[2, 3]] = [-20.0, 0.5]
    kernel[:, [5, 6, 7, 8, 9, 10, 11, 12]] = 0.0
    bias[5:9] = [3.0, 3.0, -0.125, 3.0]
    bias[9:13] = [3.0, 3.0, 0.167, 3.0]
    kernel[:, 13:21] = 0.0
    bias[13:21] = -1.0
    network.head.set_weights([kernel, bias])
    inputs = tiny.inputs()
    rests = np.zeros(inputs["offsets"].shape[:2], bool)
    rests[0, 2] = rests[1, 1] = True
    changed = with_rest(network, batch_of(inputs, rests))
    assert changed.rest and not network.rest
    before, shapes = gaussians(network, inputs)
    after, changed_shapes = gaussians(changed, inputs)
    known = np.ones(rests.shape, bool)
    known[1, -1] = False
    share = (2 / 9) / before[known][:, 2].mean()
    expected = before[..., [0, 3, 2, 2]] * [1, 1, 1, share]
    expected /= expected.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(after, expected, atol=1e-4)
    np.testing.assert_allclose(
        changed_shapes[..., :3], shapes[..., [0, 3, 2]], atol=1e-4
    )


def test_a_pen_that_never_rests(tiny):
    inputs = tiny.inputs()
    none = np.zeros(inputs["offsets"].shape[:2], bool)
    with pytest.raises(ValueError, match="In 9 points the pen never rests"):
        with_rest(tiny.synthesizer(), batch_of(inputs, none))


def test_without_a_text_it_stays(tiny):
    source = tiny.synthesizer(rest=True)
    network = HandwritingPredictor.from_synthesizer(source)
    assert network.rest and network.head.held == source.head.held
