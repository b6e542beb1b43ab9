import json

import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import AdaptiveWeightNoise
from graves_tf.layers import MDNHead
from graves_tf.layers import PeepholeLSTM
from graves_tf.layers import SoftWindow
from graves_tf.layers import WeightNoise
from graves_tf.layers import WindowedLSTM
from graves_tf.layers.weight_noise import get_weight_noise
from graves_tf.layers.weight_noise import serialize_weight_noise

B, T, D, H, A, U, K = 3, 5, 4, 6, 3, 4, 2
SHAPES = {
    "lstm": [(B, T, D)],
    "windowed": [(B, T, D), (B, U, A)],
    "window": [(B, H), (B, U, A), (B, K)],
    "head": [(B, T, D)],
}


def make(kind, noise, seed=0):
    """A built layer with random weights, and inputs for it."""
    rng = np.random.default_rng(seed)
    if kind == "lstm":
        layer = PeepholeLSTM(H, weight_noise=noise, return_sequences=True)
        layer.build((None, None, D))
    elif kind == "windowed":
        layer = WindowedLSTM(H, K, weight_noise=noise)
        layer.build((None, None, D), (None, None, A))
    elif kind == "window":
        layer = SoftWindow(K, weight_noise=noise)
        layer.build((None, H))
    else:
        layer = MDNHead(2, weight_noise=noise)
        layer.build((None, None, D))
    for weight in ordinary(layer):
        weight.assign(0.5 * rng.normal(size=weight.shape))
    inputs = [rng.normal(size=s).astype("float32") for s in SHAPES[kind]]
    return layer, inputs


def parts(layer):
    """The layers that hold the weights."""
    both = [getattr(layer, name, None) for name in ("lstm", "window")]
    return both if all(both) else [layer]


def ordinary(layer):
    return [w for part in parts(layer) for w in part.ordinary_weights]


def arrays(outputs):
    return [ops.convert_to_numpy(y) for y in keras.tree.flatten(outputs)]


def same(ours, theirs):
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


def draws(layer):
    return arrays(layer.drawn_weights(True, B))


@pytest.mark.parametrize("kind", SHAPES)
def test_zero_noise_is_no_noise_to_the_bit(differentiate, kind):
    def run(noise):
        layer, inputs = make(kind, noise)

        def loss(x):
            outputs = layer(x, *inputs[1:], training=True)
            return sum(
                ops.sum(ops.square(y)) for y in keras.tree.flatten(outputs)
            )

        value, *gradients = differentiate(loss, inputs[:1], ordinary(layer))
        outputs = arrays(layer(*inputs, training=True))
        return outputs, [value], *gradients

    for ours, theirs in zip(run(WeightNoise(0.0)), run(None), strict=True):
        same(ours, theirs)


def test_noise_too_small_to_see_is_none_to_the_bit():
    layer, _ = make("lstm", WeightNoise(1e-30))
    same(draws(layer), layer.get_weights())


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize(
    "noise", [WeightNoise(0.5), AdaptiveWeightNoise(0.5, sequences=7)]
)
def test_there_is_none_without_training(kind, noise):
    quiet, inputs = make(kind, None)
    noisy, _ = make(kind, noise)
    expected = arrays(quiet(*inputs))
    for training in (False, None):
        same(arrays(noisy(*inputs, training=training)), expected)
        assert noisy.losses == []
    if kind == "lstm":
        state = noisy.initial_state(B)
        same(
            arrays(noisy.step(inputs[0][:, 0], state)),
            arrays(quiet.step(inputs[0][:, 0], state)),
        )
    # No random number was drawn for that.
    for part in parts(noisy):
        assert ops.convert_to_numpy(part.noise_seed.state)[1] == 0
    changed = arrays(noisy(*inputs, training=True))
    for a, b in zip(changed, expected, strict=True):
        assert np.abs(a - b).max() > 1e-3


@pytest.mark.parametrize("kind", SHAPES)
def test_one_draw_for_all_steps_and_sequences(kind):
    """With the drawn weights for its own, a layer says the same."""
    noisy, inputs = make(kind, WeightNoise(0.5))
    quiet, _ = make(kind, None)
    seeds = [arrays(part.noise_seed.state)[0] for part in parts(noisy)]
    outputs = arrays(noisy(*inputs, training=True))
    for part, seed in zip(parts(noisy), seeds, strict=True):
        part.noise_seed.state.assign(seed)
    drawn = [w for part in parts(noisy) for w in draws(part)]
    for weight, value in zip(ordinary(quiet), drawn, strict=True):
        weight.assign(value)
    for a, b in zip(outputs, arrays(quiet(*inputs)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_the_std_of_the_noise():
    """Normal, of the size that was asked for, whatever the weight."""
    layer = PeepholeLSTM(100, weight_noise=WeightNoise(0.075))
    layer.build((None, None, 50))
    noise = [
        (drawn - weight).astype("float64").ravel()
        for _ in range(3)
        for drawn, weight in zip(draws(layer), layer.get_weights(), strict=True)
    ]
    for part in noise:
        error = 5 / np.sqrt(len(part))
        assert part.std() == pytest.approx(0.075, rel=error)
        assert abs(part.mean()) < 0.075 * error
    whole = np.concatenate(noise) / 0.075
    assert np.mean(np.abs(whole) < 1) == pytest.approx(0.6827, abs=4e-3)
    assert np.mean(np.abs(whole) < 2) == pytest.approx(0.9545, abs=2e-3)
    # No two weights have theirs in common.
    assert len(np.unique(whole)) > 0.95 * len(whole)


def test_every_batch_and_every_layer_has_its_own():
    noise = WeightNoise(1.0)
    layers = [make("head", noise)[0] for _ in range(2)]
    drawn = [draws(layer) for layer in layers for _ in range(3)]
    for i, a in enumerate(drawn):
        for b in drawn[:i]:
            for x, y in zip(a, b, strict=True):
                assert (x != y).all()


def test_the_seed_is_keras_own():
    """`keras.utils.set_random_seed` before, and the noise is the same."""
    drawn = []
    for _ in range(2):
        keras.utils.set_random_seed(3)
        drawn.append(draws(make("lstm", WeightNoise(1.0))[0]))
    same(*drawn)


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize(
    "noise",
    [
        WeightNoise(0.5),
        AdaptiveWeightNoise(0.5, sequences=7, std_gradient="sampled"),
    ],
)
def test_config(kind, noise):
    layer, inputs = make(kind, noise)
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer).from_config(config)
    assert type(again.weight_noise) is type(noise)
    assert again.weight_noise.get_config() == noise.get_config()
    assert again.get_config() == layer.get_config()
    again(*inputs)
    assert [w.name for w in again.weights] == [w.name for w in layer.weights]


def test_serialized():
    noise = AdaptiveWeightNoise(0.1, sequences=9)
    config = json.loads(json.dumps(serialize_weight_noise(noise)))
    again = get_weight_noise(config)
    assert type(again) is AdaptiveWeightNoise
    assert again.get_config() == noise.get_config()
    assert get_weight_noise(noise) is noise
    assert get_weight_noise(None) is serialize_weight_noise(None) is None


def test_fixed_noise_adds_no_weights():
    quiet, _ = make("windowed", None)
    noisy, _ = make("windowed", WeightNoise())
    assert [w.name for w in noisy.weights] == [w.name for w in quiet.weights]
    assert noisy.count_params() == quiet.count_params()


@pytest.mark.parametrize("std", [-0.1, float("nan"), float("inf")])
def test_bad_std(std):
    with pytest.raises(ValueError, match="std"):
        WeightNoise(std)
