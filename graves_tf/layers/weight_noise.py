"""Noise of a fixed size on a layer's weights (Secs. 3.1, 4.2)."""

import keras


@keras.saving.register_keras_serializable(package="graves_tf")
class WeightNoise:
    """Gaussian noise on every weight of a layer: w + std · ε, ε ~ N(0, 1).

    A strategy for a layer's `weight_noise`: it holds no state, and one may be
    handed to any number of layers. Every weight gets noise, biases and
    peepholes too.

    The noise is drawn at the start of each training batch (the paper: of each
    training sequence), once for all of its sequences and time steps. It is
    there where `training=True` alone: a step, evaluation, writing and export
    use the weights as they are.

    Args:
        std: the noise's standard deviation; the paper's is 0.075. 0 is no
            noise, to the bit.

    Example:
    >>> layer = PeepholeLSTM(400, weight_noise=WeightNoise(0.075))
    """

    def __init__(self, std=0.075):
        if not 0 <= std < float("inf"):
            raise ValueError(
                f"`std` must be finite and not negative. Received: std={std}"
            )
        self.std = std

    def build(self, layer):
        """Make the variables that the layer needs for this noise: none."""

    def draw(self, layer, batch_size):
        """The layer's weights with noise on them: a list of tensors."""
        if self.std == 0:
            return layer.ordinary_weights
        return [
            weight + self.std * standard_normal(weight, layer.noise_seed)
            for weight in layer.ordinary_weights
        ]

    def draw_cells(self, layer, batch_size, units):
        """None: all cells that the layer reads are as they are."""

    def get_config(self):
        return {"std": self.std}

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
