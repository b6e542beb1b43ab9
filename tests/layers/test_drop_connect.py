import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import DropConnect
from graves_tf.layers import MDNHead
from graves_tf.layers import PeepholeLSTM
from graves_tf.layers import WindowedLSTM

B, T, D, H = 3, 5, 4, 6


def make(rate, seed=0):
    """A built layer with random weights, and inputs for it."""
    rng = np.random.default_rng(seed)
    layer = PeepholeLSTM(
        H, weight_noise=DropConnect(rate), return_sequences=True
    )
    layer.build((None, None, D))
    for weight in layer.weights:
        weight.assign(0.5 * rng.normal(size=weight.shape))
    return layer, rng.normal(size=(B, T, D)).astype("float32")


def drawn(layer):
    return [ops.convert_to_numpy(w) for w in layer.drawn_weights(True, B)]


def test_a_weight_is_left_out_or_larger():
    layer = PeepholeLSTM(200, weight_noise=DropConnect(0.3))
    layer.build((None, None, 2))
    kernel, recurrent, *others = drawn(layer)
    quiet = layer.get_weights()
    for ours, theirs in zip(
        [kernel, *others], [quiet[0], *quiet[2:]], strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    gone = recurrent == 0
    error = 5 * np.sqrt(0.3 * 0.7 / gone.size)
    assert gone.mean() == pytest.approx(0.3, abs=error)
    np.testing.assert_allclose(
        recurrent[~gone], quiet[1][~gone] / 0.7, rtol=1e-6
    )
    # Others are left out the next time, and independently.
    again = drawn(layer)[1] == 0
    assert (gone & again).mean() == pytest.approx(0.09, abs=error)


def test_rate_0_leaves_nothing_out_to_the_bit():
    layer, x = make(0.0)
    np.testing.assert_array_equal(drawn(layer)[1], layer.get_weights()[1])
    np.testing.assert_array_equal(
        ops.convert_to_numpy(layer(x, training=True)),
        ops.convert_to_numpy(layer(x)),
    )


def test_without_training_the_layer_is_the_papers():
    layer, x = make(0.9)
    plain = PeepholeLSTM(H, return_sequences=True)
    plain.build((None, None, D))
    plain.set_weights(layer.get_weights())
    expected = ops.convert_to_numpy(plain(x))
    for training in (False, None):
        np.testing.assert_array_equal(
            ops.convert_to_numpy(layer(x, training=training)), expected
        )
    changed = ops.convert_to_numpy(layer(x, training=True))
    assert np.abs(changed - expected).max() > 1e-3


def test_one_draw_for_all_steps_and_sequences():
    """With the drawn weights for its own, a layer says the same."""
    layer, x = make(0.5)
    seed = ops.convert_to_numpy(layer.noise_seed.state)
    outputs = ops.convert_to_numpy(layer(x, training=True))
    layer.noise_seed.state.assign(seed)
    layer.set_weights(drawn(layer))
    np.testing.assert_allclose(
        outputs, ops.convert_to_numpy(layer(x)), rtol=1e-5, atol=1e-6
    )


def test_what_is_left_out_gets_no_gradient(differentiate):
    layer, x = make(0.5)
    seed = ops.convert_to_numpy(layer.noise_seed.state)
    gone = drawn(layer)[1] == 0
    layer.noise_seed.state.assign(seed)

    def loss(x):
        return ops.sum(ops.square(layer(x, training=True)))

    _, _, gradients = differentiate(loss, [x], layer.weights)
    assert np.all(gradients[1][gone] == 0)
    assert np.all(gradients[1][~gone] != 0)


def test_the_windowed_layer_has_it_too_and_the_head_none():
    layer = WindowedLSTM(H, 2, weight_noise=DropConnect(0.5))
    layer.build((None, None, D), (None, None, 3))
    assert (drawn(layer.lstm)[1] == 0).any()
    head = MDNHead(2, weight_noise=DropConnect(0.5))
    head.build((None, None, D))
    for ours, theirs in zip(drawn(head), head.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_saved_and_loaded(tmp_path):
    network = keras.Sequential([make(0.25)[0]])
    network.build((None, None, D))
    network.save(tmp_path / "drop.keras")
    loaded = keras.saving.load_model(tmp_path / "drop.keras")
    assert loaded.layers[0].weight_noise.rate == 0.25


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_unusable_rates(rate):
    with pytest.raises(ValueError, match=f"rate={rate}"):
        DropConnect(rate)
