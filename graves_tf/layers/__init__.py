"""The paper's layers."""

from graves_tf.layers.clip_gradient import clip_gradient
from graves_tf.layers.mdn_head import MDNHead
from graves_tf.layers.peephole_lstm import PeepholeLSTM
from graves_tf.layers.soft_window import SoftWindow
from graves_tf.layers.windowed_lstm import WindowedLSTM

__all__ = [
    "MDNHead",
    "PeepholeLSTM",
    "SoftWindow",
    "WindowedLSTM",
    "clip_gradient",
]
