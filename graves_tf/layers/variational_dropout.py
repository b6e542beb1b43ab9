"""Cells left out at random, the same at every step (Gal & Ghahramani 2016)."""

import keras
from keras import ops

from graves_tf.layers.reading import Reading
from graves_tf.layers.reading import SomeCells
from graves_tf.layers.weight_noise import standard_uniform


@keras.saving.register_keras_serializable(package="graves_tf")
class VariationalDropout:
    """Dropout of cells that stays the same throughout a sequence.

    Gal and Ghahramani (2016), "A Theoretically Grounded Application of Dropout
    in Recurrent Neural Networks". Not in the paper, whose noise it stands in
    for: like `WeightNoise` a strategy for a layer's `weight_noise` that holds
    no state, and gone without training, so that the trained network is the
    paper's own.

    In training each sequence of a batch has cells of its own that are left
    out: of h_{t-1}, where a hidden layer reads its own (Keras calls it
    `recurrent_dropout`), and of what the output layer reads, drawn apart. A
    cell is 0 there with probability `rate`, else 1 / (1 - rate) of itself.
    For that sequence those are noisy weights: all of a cell's are left out at
    once. That they differ from sequence to sequence, and not only from batch
    to batch as weight noise does, makes the noise's part of a batch's gradient
    smaller, at no cost.

    Args:
        rate: the probability that a cell is left out; 0 is none, to the bit.

    Example:
    >>> layer = PeepholeLSTM(1000, weight_noise=VariationalDropout(0.25))
    """

    def __init__(self, rate=0.25):
        if not 0 <= rate < 1:
            raise ValueError(
                f"`rate` must be at least 0 and below 1. Received: rate={rate}"
            )
        self.rate = rate

    def build(self, layer):
        """Make the variables that the layer needs for this noise: none."""

    def draw(self, layer, batch_size):
        """The layer's weights, as they are: a list of tensors."""
        return layer.ordinary_weights

    def draw_reading(self, layer, batch_size, units, inputs):
        """How the layer reads so many units: a `Reading`."""
        if inputs or not self.rate:
            return Reading()
        uniform = standard_uniform(
            (batch_size, units), layer.variable_dtype, layer.noise_seed
        )
        there = ops.cast(uniform >= self.rate, layer.variable_dtype)
        return SomeCells(there / (1.0 - self.rate))

    def get_config(self):
        return {"rate": self.rate}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
