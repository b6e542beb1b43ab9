"""The paper's layers."""

from graves_tf.layers.adaptive_weight_noise import AdaptiveWeightNoise
from graves_tf.layers.clip_gradient import clip_gradient
from graves_tf.layers.mdn_head import MDNHead
from graves_tf.layers.peephole_lstm import PeepholeLSTM
from graves_tf.layers.soft_window import SoftWindow
from graves_tf.layers.softmax_head import SoftmaxHead
from graves_tf.layers.variational_dropout import VariationalDropout
from graves_tf.layers.weight_noise import WeightNoise
from graves_tf.layers.windowed_lstm import WindowedLSTM

__all__ = [
    "AdaptiveWeightNoise",
    "MDNHead",
    "PeepholeLSTM",
    "SoftWindow",
    "SoftmaxHead",
    "VariationalDropout",
    "WeightNoise",
    "WindowedLSTM",
    "clip_gradient",
]
