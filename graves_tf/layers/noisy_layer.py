"""What every layer whose weights may be noisy has in common."""

import keras

from graves_tf.layers.reading import Reading
from graves_tf.layers.weight_noise import get_weight_noise
from graves_tf.layers.weight_noise import serialize_weight_noise


class NoisyLayer(keras.layers.Layer):
    """A layer that takes a `weight_noise` strategy.

    A subclass calls `build_noise` at the end of its `build`, and takes
    `drawn_weights` in place of its weights in `call`. What the
    noise needs lies behind the ordinary weights, in `layer.weights` and in a
    saved file: without noise both are as they were.

    The state of the noise's random numbers is saved with the weights, so a
    run that goes on from a file draws what it would have drawn.

    Args:
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, a
            `VariationalDropout`, the serialized form of one, or None.

    Attributes:
        kernels: names of the weights that are only ever multiplied with what
            a `drawn_reading` makes of the layer's inputs and cells.
        noise_seed: the layer's `SeedGenerator`, or None without noise. It
            starts from `keras.utils.set_random_seed`.
    """

    kernels = ()

    def __init__(self, weight_noise=None, **kwargs):
        kwargs.setdefault("autocast", False)
        super().__init__(**kwargs)
        self.weight_noise = get_weight_noise(weight_noise)
        self.noise_seed = None

    def build_noise(self):
        """Make what the noise needs, once the ordinary weights are there."""
        self._ordinary = len(self.weights)
        if self.weight_noise is not None:
            self.noise_seed = keras.random.SeedGenerator()
            self.weight_noise.build(self)

    @property
    def ordinary_weights(self):
        """The weights by themselves: the posterior's mean, where there is one.

        A list of variables.
        """
        return self.weights[: self._ordinary]

    @property
    def log_stds(self):
        """log σ of each ordinary weight; empty without adaptive noise."""
        return self.weights[self._ordinary :]

    def drawn_weights(self, training, batch_size):
        """The ordinary weights, or in training with noise a draw of them.

        Those in `kernels` may have twice the rows: `drawn_reading` knows.

        Args:
            training: as a layer's `call` gets it.
            batch_size: B, of the sequences that the loss is a mean over.
        """
        if self.weight_noise is None or not training:
            return self.ordinary_weights
        return self.weight_noise.draw(self, batch_size)

    def drawn_reading(self, training, batch_size, units, inputs=False):
        """How a kernel of `drawn_weights` reads: a `Reading`.

        Args:
            training, batch_size: as in `drawn_weights`.
            units: how many units it reads.
            inputs: whether they are a hidden layer's inputs, of which none
                is left out.
        """
        if self.weight_noise is None or not training:
            return Reading()
        return self.weight_noise.draw_reading(self, batch_size, units, inputs)

    def save_own_variables(self, store):
        super().save_own_variables(store)
        if self.noise_seed is not None:
            store["noise_seed"] = self.noise_seed.state

    def load_own_variables(self, store):
        store = {key: store[key] for key in store.keys()}
        state = store.pop("noise_seed", None)
        super().load_own_variables(store)
        if state is not None and self.noise_seed is not None:
            self.noise_seed.state.assign(state)

    def get_config(self):
        return {
            **super().get_config(),
            "weight_noise": serialize_weight_noise(self.weight_noise),
        }
