"""Noise whose size is learned with the weights (Graves 2011; Sec. 3.1)."""

import functools
import math

import keras
from keras import ops

from graves_tf.layers.custom_gradient import custom_gradient
from graves_tf.layers.reading import Reading
from graves_tf.layers.weight_noise import noisy
from graves_tf.layers.weight_noise import standard_normal
from graves_tf.layers.weight_noise import with_signs


@keras.saving.register_keras_serializable(package="graves_tf")
class AdaptiveWeightNoise:
    """Adaptive weight noise: a variational posterior over a layer's weights.

    Graves (2011), "Practical Variational Inference for Neural Networks". The
    posterior is a Gaussian for every weight, w_i ~ N(μ_i, σ_i²). Its mean is
    the layer's ordinary weight; log σ_i is a weight of its own beside it, in
    `NAME_log_std`. The loss becomes the description length, the expected nats
    of the data and those of the weights:

        E[L(data)] + KL,  KL = Σ_i log(s / σ_i)
                               + ((μ_i - m)² + σ_i² - s²) / 2s²

    with a Gaussian prior N(m, s²) that is learned as well. It is one for each
    layer, since layers differ in scale; its optimum is in closed form, is put
    in, and leaves of the KL what is added to the loss:

        m = mean of μ_i,  s² = mean of (μ_i - m)² + σ_i²
        KL = Σ_i (½ log s² - log σ_i)

    The gradient of this is that of the KL at the prior of the moment.

    The training loss is a mean over sequences, so each weight's term, which
    counts once a pass over the data, comes to `KL / sequences`. In training
    the weights are a draw from the posterior, w_i = μ_i + σ_i ε_i, at the
    start of each batch, as in `WeightNoise`; without training they are its
    mean.

    With g_i, the derivative of a sequence's nats with respect to the drawn
    weight, that of the expected nats is E[g_i] for μ_i, and for log σ_i it is
    σ_i² times the expected curvature. As Graves has it the curvature is taken
    to be E[g_i²]; that is estimated from a batch of B sequences as B times the
    square of their mean g_i. The derivative of the draw itself, E[g_i σ_i ε_i],
    assumes nothing, but says little at a time: where a weight's noise is right
    its size is √(B / N) of its standard deviation.

    Args:
        initial_std: σ_i before training; the paper's is 0.075.
        sequences: N, how many terms the loss is a mean of in one pass over
            the training data: the lines, for nats per sequence.
        std_gradient: "squared", Graves's derivative for log σ, or "sampled",
            that of the draw.
        per_sequence: as in `WeightNoise`. What the squared mean estimates is
            then E[g_i²] of a sequence, without the square of its mean.

    Example:
    >>> noise = AdaptiveWeightNoise(0.075, sequences=10_000)
    >>> layer = PeepholeLSTM(400, weight_noise=noise)
    """

    def __init__(
        self,
        initial_std=0.075,
        *,
        sequences,
        std_gradient="squared",
        per_sequence=False,
    ):
        if not 0 < initial_std < float("inf"):
            raise ValueError(
                "`initial_std` must be finite and positive. Received: "
                f"initial_std={initial_std}"
            )
        if not sequences > 0:
            raise ValueError(
                "`sequences` must be the positive number of training "
                f"sequences in one pass. Received: sequences={sequences}"
            )
        if std_gradient not in ("squared", "sampled"):
            raise ValueError(
                '`std_gradient` must be "squared" or "sampled". Received: '
                f"std_gradient={std_gradient!r}"
            )
        self.initial_std = initial_std
        self.sequences = sequences
        self.std_gradient = std_gradient
        self.per_sequence = bool(per_sequence)

    def build(self, layer):
        """Give the layer a log σ for each of its weights."""
        for weight in layer.ordinary_weights:
            layer.add_weight(
                name=f"{weight.name}_log_std",
                shape=weight.shape,
                initializer=keras.initializers.Constant(
                    math.log(self.initial_std)
                ),
                autocast=False,
            )

    def draw(self, layer, batch_size):
        """The layer's weights drawn from the posterior: a list of tensors.

        Adds the layer's share of the description length to its losses.
        """
        means, log_stds = layer.ordinary_weights, layer.log_stds
        layer.add_loss(kl_to_prior(means, log_stds) / self.sequences)
        deviation = _deviation
        if self.std_gradient == "squared":
            deviation = functools.partial(_deviation_squared, batch_size)
        deviations = [
            deviation(log_std, standard_normal(log_std, layer.noise_seed))
            for log_std in log_stds
        ]
        return noisy(layer, deviations, self.per_sequence)

    def draw_reading(self, layer, batch_size, units, inputs):
        """How the layer's kernels read so many units: a `Reading`."""
        if self.per_sequence:
            return with_signs(layer, batch_size, units)
        return Reading()

    def get_config(self):
        return {
            "initial_std": self.initial_std,
            "sequences": self.sequences,
            "std_gradient": self.std_gradient,
            "per_sequence": self.per_sequence,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def kl_to_prior(means, log_stds):
    """KL of a Gaussian posterior to the best Gaussian prior, in nats.

    Args:
        means: list of tensors, μ.
        log_stds: list of tensors of the same shapes, log σ.

    Returns:
        Scalar, not negative.
    """
    count = sum(math.prod(mean.shape) for mean in means)
    center = sum(ops.sum(mean) for mean in means) / count
    variance = (
        sum(
            ops.sum(ops.square(mean - center) + ops.exp(2.0 * log_std))
            for mean, log_std in zip(means, log_stds, strict=True)
        )
        / count
    )
    # Weight by weight: a difference of two sums would lose digits.
    return sum(
        ops.sum(0.5 * ops.log(variance) - log_std) for log_std in log_stds
    )


def _deviation(log_std, normal):
    return ops.exp(log_std) * normal


def _deviation_squared(batch_size, log_std, normal):
    """`_deviation`, with Graves's derivative for log σ: σ² B (mean of g)²."""

    @custom_gradient
    def draw(log_std):
        def grad(upstream):
            # The loss is a mean over the batch, and so is the upstream.
            scaled = ops.exp(log_std) * upstream
            return batch_size * scaled * scaled

        return _deviation(log_std, normal), grad

    # In eager TensorFlow it wants tensors, not variables.
    batch_size = ops.cast(batch_size, log_std.dtype)
    return draw(log_std + 0.0)
