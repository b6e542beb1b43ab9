"""What both handwriting networks share."""

import keras
from keras import ops

from graves_tf.layers.mdn_head import MDNHead
from graves_tf.layers.peephole_lstm import PeepholeLSTM
from graves_tf.layers.weight_noise import get_weight_noise
from graves_tf.layers.weight_noise import serialize_weight_noise
from graves_tf.networks.presets import network_arguments

# Deviation of a pen at rest, in the recording's units: that of rounding.
REST_STD = 12**-0.5


class HandwritingNetwork(keras.Model):
    """Hidden layers of peephole LSTM below a mixture density output.

    A network's weights exist from its construction on, and its config holds
    all that its use needs: a `.keras` file is self-contained.

    Args:
        hidden: cells of each hidden layer.
        num_mixtures: M, Gaussians of the output.
        clip_lstm: limit of the derivatives at the gates' inputs (Sec. 4.2).
        clip_output: the same at the outputs.
        offset_mean: mean of the training offsets, in the recording's units.
        offset_std: their standard deviation. Offsets come in normalised:
            `(offset - mean) / std` (Sec. 4.2).
        whole_offsets: whether the training offsets are whole numbers of the
            recording's units, and so are to be those that are drawn.
        rest: whether the last Gaussian is a pen at rest, of which only the
            weight is learned: an offset of 0, and a deviation of 1/√12
            units, that of rounding to whole ones.
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise` or a
            `VariationalDropout` for the training of all layers, or None.
        preset: the preset's name, kept for the record.
    """

    def __init__(
        self,
        hidden=(400, 400, 400),
        num_mixtures=20,
        clip_lstm=10.0,
        clip_output=100.0,
        offset_mean=(0.0, 0.0),
        offset_std=(1.0, 1.0),
        whole_offsets=False,
        rest=False,
        weight_noise=None,
        preset=None,
        **kwargs,
    ):
        kwargs.setdefault("autocast", False)
        super().__init__(**kwargs)
        self.hidden = tuple(int(units) for units in hidden)
        if not self.hidden or min(self.hidden) < 1:
            raise ValueError(
                "`hidden` must hold the number of cells of each hidden layer. "
                f"Received: hidden={hidden}"
            )
        self.num_mixtures = num_mixtures
        self.clip_lstm = clip_lstm
        self.clip_output = clip_output
        self.offset_mean = tuple(float(x) for x in offset_mean)
        self.offset_std = tuple(float(x) for x in offset_std)
        self.whole_offsets = bool(whole_offsets)
        self.rest = bool(rest)
        self.weight_noise = get_weight_noise(weight_noise)
        self.preset = preset
        self.head = MDNHead(
            num_mixtures,
            clip_gradient=clip_output,
            weight_noise=self.weight_noise,
            time_major=True,
            held=self._pen_at_rest() if self.rest else None,
            dtype=self.dtype_policy,
            name="head",
        )

    @classmethod
    def from_preset(cls, preset, **kwargs):
        """A fresh network of a preset, e.g. `from_preset("prediction_1x900")`.

        Args:
            preset: a name in `graves_tf.networks.presets.PRESETS`.
            **kwargs: constructor's arguments that go before the preset's.
        """
        return cls(**{**network_arguments(preset), "preset": preset, **kwargs})

    def _pen_at_rest(self):
        """μ1, μ2, σ1, σ2 of a pen that stands, in normalised offsets."""
        mean, std = self.offset_mean, self.offset_std
        return (
            *(-m / s for m, s in zip(mean, std, strict=True)),
            *(REST_STD / s for s in std),
        )

    def _lstm(self, number):
        return PeepholeLSTM(
            self.hidden[number - 1],
            clip_gradient=self.clip_lstm,
            weight_noise=self.weight_noise,
            return_sequences=True,
            time_major=True,
            dtype=self.dtype_policy,
            name=f"hidden_{number}",
        )

    def _outputs(self, hidden, training):
        """ŷ `(B, T, 1 + 6M)` from every layer's h `(T, B, H)`."""
        outputs = self.head(hidden, training=training)
        return ops.transpose(outputs, (1, 0, 2))

    def get_config(self):
        return {
            **super().get_config(),
            "hidden": list(self.hidden),
            "num_mixtures": self.num_mixtures,
            "clip_lstm": self.clip_lstm,
            "clip_output": self.clip_output,
            "offset_mean": list(self.offset_mean),
            "offset_std": list(self.offset_std),
            "whole_offsets": self.whole_offsets,
            "rest": self.rest,
            "weight_noise": serialize_weight_noise(self.weight_noise),
            "preset": self.preset,
        }
