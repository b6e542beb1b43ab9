"""Noise of a fixed size on a layer's weights (Secs. 3.1, 4.2)."""

import keras
from keras import ops

from graves_tf.layers.reading import Reading
from graves_tf.layers.reading import WithSigns


@keras.saving.register_keras_serializable(package="graves_tf")
class WeightNoise:
    """Gaussian noise on every weight of a layer: w + std · ε, ε ~ N(0, 1).

    A strategy for a layer's `weight_noise`: it holds no state, and one may be
    handed to any number of layers. Every weight gets noise, biases and
    peepholes too.

    The noise is drawn at the start of each training batch, once for all of
    its time steps, and for all of its sequences too unless `per_sequence`. It
    is there where `training=True` alone: a step, evaluation, writing and
    export use the weights as they are.

    Args:
        std: the noise's standard deviation; the paper's is 0.075. 0 is no
            noise, to the bit.
        per_sequence: whether each sequence has noise of its own, as the paper
            has it: see `noisy`.

    Example:
    >>> layer = PeepholeLSTM(400, weight_noise=WeightNoise(0.075))
    """

    def __init__(self, std=0.075, per_sequence=False):
        if not 0 <= std < float("inf"):
            raise ValueError(
                f"`std` must be finite and not negative. Received: std={std}"
            )
        self.std = std
        self.per_sequence = bool(per_sequence)

    def build(self, layer):
        """Make the variables that the layer needs for this noise: none."""

    def draw(self, layer, batch_size):
        """The layer's weights with noise on them: a list of tensors."""
        if self.std == 0:
            return layer.ordinary_weights
        deviations = [
            self.std * standard_normal(weight, layer.noise_seed)
            for weight in layer.ordinary_weights
        ]
        return noisy(layer, deviations, self.per_sequence)

    def draw_reading(self, layer, batch_size, units, inputs):
        """How the layer's kernels read so many units: a `Reading`."""
        if self.per_sequence and self.std:
            return with_signs(layer, batch_size, units)
        return Reading()

    def get_config(self):
        return {"std": self.std, "per_sequence": self.per_sequence}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def get_weight_noise(noise):
    """A strategy from itself, from its serialized form, or None from None."""
    if isinstance(noise, dict):
        return keras.saving.deserialize_keras_object(noise)
    return noise


def serialize_weight_noise(noise):
    """What `get_weight_noise` makes the same strategy of: a dict, or None."""
    return noise and keras.saving.serialize_keras_object(noise)


def noisy(layer, deviations, per_sequence):
    """A layer's weights with noise on them.

    Args:
        layer: a `NoisyLayer`.
        deviations: a draw of the noise for each of its ordinary weights.
        per_sequence: as in `WeightNoise`. For each sequence and each unit
            that a kernel reads a sign is drawn (`with_signs`), which that
            row's noise is multiplied with. Each sequence then has weights of
            the same distribution, and no two sequences' are correlated: to
            first order a batch's gradient has as little of the noise in it
            as if each had drawn its own (Wen et al. 2018, "Flipout"; here
            with signs for the rows alone). The products take twice as long.
            All else has the batch's noise: peepholes, biases, rows that are
            looked up, the soft window's kernel, and in the layer below it
            the pen's three rows.

    Returns:
        List of tensors: w + ε. With `per_sequence` those in `layer.kernels`
        have twice the rows: w, and below it ε.
    """
    weights = layer.ordinary_weights
    if not per_sequence:
        return [w + e for w, e in zip(weights, deviations, strict=True)]
    return [
        ops.concatenate([w, e]) if w.name in layer.kernels else w + e
        for w, e in zip(weights, deviations, strict=True)
    ]


def folded(kernel, rows, copies):
    """A kernel of `noisy`, its first rows' noise that of the batch.

    Args:
        kernel: `(copies · n, m)`.
        rows: how many of the n are not read with signs.
        copies: 2, or 1 for a kernel that is as it was.

    Returns:
        `(rows + copies · (n - rows), m)`.
    """
    if copies == 1 or not rows:
        return kernel
    half = kernel.shape[0] // 2
    first = kernel[:rows] + kernel[half : half + rows]
    return ops.concatenate([first, kernel[rows:half], kernel[half + rows :]])


def with_signs(layer, batch_size, units):
    """The reading with signs drawn for a batch's sequences."""
    uniform = standard_uniform(
        (batch_size, units), layer.variable_dtype, layer.noise_seed
    )
    return WithSigns(ops.where(uniform < 0.5, -1.0, 1.0))


def standard_normal(weight, seed):
    """ε ~ N(0, 1) in a weight's shape and type.

    Args:
        weight: a variable.
        seed: a `keras.random.SeedGenerator`, moved on by one.
    """
    return _random("normal", tuple(weight.shape), weight.dtype, seed)


def standard_uniform(shape, dtype, seed):
    """Uniform in [0, 1), of a shape and a type; `seed` as above."""
    return _random("uniform", shape, dtype, seed)


def _random(kind, shape, dtype, seed):
    if keras.backend.backend() != "tensorflow":
        return getattr(keras.random, kind)(shape, dtype=dtype, seed=seed)
    import tensorflow as tf

    # As Keras would, but it leaves the generator to TensorFlow, which takes
    # one for XLA on CPUs that is 40 times slower.
    return getattr(tf.random, f"stateless_{kind}")(
        shape, tf.cast(seed.next(), "int32"), dtype=dtype, alg="philox"
    )
