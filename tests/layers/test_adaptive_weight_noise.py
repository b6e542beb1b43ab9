import numpy as np
import pytest
from keras import ops

from graves_tf.layers import AdaptiveWeightNoise
from graves_tf.layers import MDNHead
from graves_tf.layers import PeepholeLSTM
from graves_tf.layers import WindowedLSTM
from graves_tf.layers.adaptive_weight_noise import kl_to_prior
from graves_tf.layers.weight_noise import serialize_weight_noise

B, T, D, M = 3, 5, 4, 2
SHAPES = [(6, 8), (2, 8), (8,)]


def posterior(seed=0):
    """Means far from 0 and log stds, of three weights, in float32."""
    rng = np.random.default_rng(seed)
    means = [0.3 + 0.4 * rng.normal(size=s) for s in SHAPES]
    log_stds = [-2 + 0.7 * rng.normal(size=s) for s in SHAPES]
    return [x.astype("float32") for x in means + log_stds]


def flat(arrays):
    return np.concatenate([np.ravel(x) for x in arrays]).astype("float64")


def numpy_kl(mean, log_std, center, variance):
    """KL of N(mean, std²) to N(center, variance), a weight, in float64."""
    std = np.exp(log_std)
    return (
        0.5 * np.log(variance)
        - log_std
        + ((mean - center) ** 2 + std**2 - variance) / (2 * variance)
    )


def best_prior(mean, log_std):
    center = mean.mean()
    return center, np.mean((mean - center) ** 2 + np.exp(2 * log_std))


def test_kl_is_that_to_the_best_prior():
    arrays = posterior()
    mean, log_std = flat(arrays[:3]), flat(arrays[3:])
    center, variance = best_prior(mean, log_std)
    expected = numpy_kl(mean, log_std, center, variance).sum()
    ours = float(kl_to_prior(arrays[:3], arrays[3:]))
    assert ours == pytest.approx(expected, rel=1e-6)
    for c, v in [(0.05, 0), (-0.05, 0), (0, 0.02), (0, -0.02)]:
        assert (
            numpy_kl(mean, log_std, center + c, variance + v).sum() > expected
        )


def test_kl_of_a_posterior_that_is_a_prior_is_nothing():
    mean, log_std = np.full((2, 5, 7), [[[0.25]], [[-1.5]]], "float32")
    assert float(kl_to_prior([mean], [log_std])) == pytest.approx(0, abs=1e-4)


def test_gradient_of_the_kl(differentiate):
    """∂/∂μ = (μ - m) / s²,  ∂/∂log σ = σ² / s² - 1."""
    arrays = posterior()
    mean, log_std = flat(arrays[:3]), flat(arrays[3:])
    center, variance = best_prior(mean, log_std)
    _, gradients, _ = differentiate(
        lambda *x: kl_to_prior(x[:3], x[3:]), arrays
    )
    np.testing.assert_allclose(
        flat(gradients[:3]), (mean - center) / variance, atol=1e-5
    )
    np.testing.assert_allclose(
        flat(gradients[3:]), np.exp(2 * log_std) / variance - 1, atol=1e-5
    )


def make_head(std_gradient, sequences=11):
    noise = AdaptiveWeightNoise(
        0.3, sequences=sequences, std_gradient=std_gradient
    )
    layer = MDNHead(M, clip_gradient=None, weight_noise=noise)
    layer.build((None, None, D))
    rng = np.random.default_rng(1)
    for weight in layer.ordinary_weights:
        weight.assign(0.2 + rng.normal(size=weight.shape))
    for log_std in layer.log_stds:
        log_std.assign(-1 + 0.5 * rng.normal(size=log_std.shape))
    x = rng.normal(size=(B, T, D)).astype("float32")
    upstream = rng.normal(size=(B, T, 1 + 6 * M)).astype("float32")
    return layer, x, upstream


@pytest.mark.parametrize("std_gradient", ["squared", "sampled"])
def test_gradient_of_the_description_length(differentiate, std_gradient):
    """Nats of the data, a mean over sequences, and the weights' KL / N."""
    layer, x, upstream = make_head(std_gradient)
    seed = ops.convert_to_numpy(layer.noise_seed.state)
    drawn = flat(ops.convert_to_numpy(w) for w in layer.drawn_weights(True, B))

    def description_length(x):
        layer.noise_seed.state.assign(seed)
        nats = ops.sum(layer(x, training=True) * upstream) / B
        # What `draw` adds to the losses: `test_a_prior_for_each_layer`.
        kl = kl_to_prior(layer.ordinary_weights, layer.log_stds)
        return nats + kl / layer.weight_noise.sequences

    value, _, gradients = differentiate(description_length, [x], layer.weights)

    mean, log_std = flat(layer.get_weights()[:2]), flat(layer.get_weights()[2:])
    center, variance = best_prior(mean, log_std)
    kl = numpy_kl(mean, log_std, center, variance).sum()
    kernel = drawn[: D * (1 + 6 * M)].reshape(D, -1)
    y = x.astype("float64") @ kernel + drawn[kernel.size :]
    expected = (y * upstream).sum() / B + kl / 11
    assert value == pytest.approx(expected, abs=1e-4)

    # The derivatives of the mean nats with respect to the drawn weights.
    g = flat(
        [
            np.einsum("btd,bty->dy", x, upstream, dtype="float64") / B,
            upstream.sum(axis=(0, 1), dtype="float64") / B,
        ]
    )
    std = np.exp(log_std)
    if std_gradient == "squared":
        of_std = B * (std * g) ** 2
    else:
        of_std = g * (drawn - mean)
    np.testing.assert_allclose(
        flat(gradients[:2]),
        g + (mean - center) / variance / 11,
        rtol=1e-4,
        atol=1e-4,
    )
    np.testing.assert_allclose(
        flat(gradients[2:]),
        of_std + (std**2 / variance - 1) / 11,
        rtol=1e-4,
        atol=1e-4,
    )


def test_the_two_gradients_of_the_std_agree_on_average():
    """For y = w x, x and the noise of y standard normal: σ² E[x²] = σ²."""
    rng = np.random.default_rng(0)
    std, batch = 0.1, 16
    x, error = rng.normal(size=(2, 20_000, batch))
    normal = rng.normal(size=(20_000, 1))
    # The nats of a sequence are ½ (y - w x)²; its derivative for the weight:
    g = ((std * normal * x - error) * x).mean(axis=1, keepdims=True)
    squared = (batch * (std * g) ** 2).mean()
    sampled = (g * std * normal).mean()
    assert sampled == pytest.approx(std**2, rel=0.1)
    assert squared == pytest.approx(std**2, rel=0.25)


def test_a_log_std_beside_every_weight(check_layer):
    noise = serialize_weight_noise(AdaptiveWeightNoise(0.25, sequences=3))
    layer = check_layer(
        PeepholeLSTM,
        {"units": 5, "weight_noise": noise},
        [np.ones((B, T, D), "float32")],
        outputs=[(B, 5)],
        weights=[
            ("kernel", (D, 20)),
            ("recurrent_kernel", (5, 20)),
            ("peephole_kernel", (3, 5)),
            ("bias", (20,)),
            ("kernel_log_std", (D, 20)),
            ("recurrent_kernel_log_std", (5, 20)),
            ("peephole_kernel_log_std", (3, 5)),
            ("bias_log_std", (20,)),
        ],
    )
    for log_std in layer.log_stds:
        np.testing.assert_allclose(
            np.exp(ops.convert_to_numpy(log_std)), 0.25, rtol=1e-6
        )
    layer.log_stds[0].assign(np.full((D, 20), np.log(2.0)))
    noise = [
        ops.convert_to_numpy(drawn) - ops.convert_to_numpy(weight)
        for _ in range(100)
        for drawn, weight in zip(
            layer.drawn_weights(True, B)[:2],
            layer.ordinary_weights[:2],
            strict=True,
        )
    ]
    assert np.std(noise[::2]) == pytest.approx(2.0, rel=0.05)
    assert np.std(noise[1::2]) == pytest.approx(0.25, rel=0.05)


def test_a_prior_for_each_layer():
    """The window's and the LSTM's, though they are one recurrence."""
    layer = WindowedLSTM(
        5, 2, weight_noise=AdaptiveWeightNoise(0.1, sequences=4)
    )
    layer.build((None, None, 3), (None, None, D))
    x = np.ones((B, T, 3), "float32")
    layer(x, np.ones((B, 2, D), "float32"), training=True)
    expected = [
        float(kl_to_prior(part.ordinary_weights, part.log_stds)) / 4
        for part in (layer.lstm, layer.window)
    ]
    assert [float(loss) for loss in layer.losses] == pytest.approx(expected)
    assert min(expected) > 0
    layer(x, np.ones((B, 2, D), "float32"))
    assert layer.losses == []


@pytest.mark.parametrize(
    "name, value",
    [
        ("initial_std", 0.0),
        ("initial_std", float("nan")),
        ("sequences", 0),
        ("std_gradient", "exact"),
    ],
)
def test_bad_arguments(name, value):
    with pytest.raises(ValueError, match=name):
        AdaptiveWeightNoise(**{"sequences": 5, name: value})
