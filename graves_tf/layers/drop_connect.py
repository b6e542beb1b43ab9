"""Recurrent weights left out at random (Wan et al. 2013)."""

import keras
from keras import ops

from graves_tf.layers.weight_noise import standard_uniform


@keras.saving.register_keras_serializable(package="graves_tf")
class DropConnect:
    """DropConnect on the recurrent kernels: each weight is there, or not.

    Wan et al. (2013), "Regularization of Neural Networks using DropConnect";
    on what a layer's cells get from themselves, as Merity et al. (2018),
    "Regularizing and Optimizing LSTM Language Models", have it. Not in the
    paper, whose noise it stands in for: like `WeightNoise` a strategy for a
    layer's `weight_noise` that holds no state, and gone without training, so
    that the trained network is the paper's own.

    In training a recurrent weight is 0 with probability `rate`, else it is
    1 / (1 - rate) of itself: so its mean is the weight that is used without
    training. It is drawn at the start of each training batch, once for all of
    its sequences and time steps. All other weights are as they are.

    Args:
        rate: the probability that a weight is left out; 0 is none, to the
            bit.

    Example:
    >>> layer = PeepholeLSTM(1000, weight_noise=DropConnect(0.5))
    """

    def __init__(self, rate=0.5):
        if not 0 <= rate < 1:
            raise ValueError(
                f"`rate` must be at least 0 and below 1. Received: rate={rate}"
            )
        self.rate = rate

    def build(self, layer):
        """Make the variables that the layer needs for this: none."""

    def draw(self, layer, batch_size):
        """The layer's weights, some left out: a list of tensors."""
        return [
            self._some_of(weight, layer.noise_seed)
            if self.rate and weight.name == "recurrent_kernel"
            else weight
            for weight in layer.ordinary_weights
        ]

    def _some_of(self, weight, seed):
        there = standard_uniform(weight, seed) >= self.rate
        return ops.where(there, weight / (1.0 - self.rate), 0.0)

    def get_config(self):
        return {"rate": self.rate}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
