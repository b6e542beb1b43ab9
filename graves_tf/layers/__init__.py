"""The paper's layers."""

from graves_tf.layers.adaptive_weight_noise import AdaptiveWeightNoise
from graves_tf.layers.clip_gradient import clip_gradient
from graves_tf.layers.drop_connect import DropConnect
from graves_tf.layers.mdn_head import MDNHead
from graves_tf.layers.peephole_lstm import PeepholeLSTM
from graves_tf.layers.soft_window import SoftWindow
from graves_tf.layers.softmax_head import SoftmaxHead
from graves_tf.layers.weight_noise import WeightNoise
from graves_tf.layers.windowed_lstm import WindowedLSTM

__all__ = [
    "AdaptiveWeightNoise",
    "DropConnect",
    "MDNHead",
    "PeepholeLSTM",
    "SoftWindow",
    "SoftmaxHead",
    "WeightNoise",
    "WindowedLSTM",
    "clip_gradient",
]
