"""The text prediction network (Secs. 2, 3)."""

import keras
from keras import ops

from graves_tf.layers.peephole_lstm import PeepholeLSTM
from graves_tf.layers.softmax_head import SoftmaxHead
from graves_tf.layers.weight_noise import get_weight_noise
from graves_tf.layers.weight_noise import serialize_weight_noise
from graves_tf.networks.presets import network_arguments
from graves_tf.text.vocabulary import Vocabulary


@keras.saving.register_keras_serializable(package="graves_tf")
class TextPredictor(keras.Model):
    """Predicts the next symbol of a text (Eqs. 1-5, 12).

    Skip connections lead from the input to every hidden layer and from every
    hidden layer to the output. Inputs are one-hot vectors in effect: their
    products are rows of the kernels, looked up.

    Training carries the state from batch to batch: with `streams` the network
    owns it, as weights that are not trained. Without, a call starts anew.

    Args:
        vocabulary: a `graves_tf.text.vocabulary.Vocabulary`, or its config.
        hidden: cells of each hidden layer.
        clip_lstm: limit of the derivatives at the gates' inputs (Sec. 3.1).
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, a
            `VariationalDropout`, or None.
        streams: B, the texts that training reads side by side, or None.
        preset: the preset's name, kept for the record.

    Call arguments:
        inputs: dict of `symbols (B, T)`, whole numbers, -1 for the null
            vector; and with `streams` of `keep (B, 1)`, 0 where a stream's
            state starts anew and else 1.

    Returns:
        ŷ `(B, T, K)`, before the softmax.
    """

    task = "text"

    def __init__(
        self,
        vocabulary,
        hidden=(1000,),
        clip_lstm=1.0,
        weight_noise=None,
        streams=None,
        preset=None,
        **kwargs,
    ):
        kwargs.setdefault("autocast", False)
        super().__init__(**kwargs)
        if isinstance(vocabulary, dict):
            vocabulary = Vocabulary.from_config(vocabulary)
        self.vocabulary = vocabulary
        self.hidden = tuple(int(units) for units in hidden)
        if not self.hidden or min(self.hidden) < 1:
            raise ValueError(
                "`hidden` must hold the number of cells of each hidden layer. "
                f"Received: hidden={hidden}"
            )
        self.clip_lstm = clip_lstm
        self.weight_noise = get_weight_noise(weight_noise)
        self.streams = streams
        self.preset = preset
        self.lstms = [
            PeepholeLSTM(
                units,
                symbols=vocabulary.size,
                clip_gradient=clip_lstm,
                weight_noise=self.weight_noise,
                return_sequences=True,
                return_state=True,
                time_major=True,
                kernel_initializer=keras.initializers.RandomUniform(-0.1, 0.1),
                dtype=self.dtype_policy,
                name=f"hidden_{number}",
            )
            for number, units in enumerate(self.hidden, 1)
        ]
        self.head = SoftmaxHead(
            vocabulary.size,
            weight_noise=self.weight_noise,
            dtype=self.dtype_policy,
            name="head",
        )
        self.build()

    @classmethod
    def from_preset(cls, preset, **kwargs):
        """A fresh network of a preset, e.g. `from_preset("ptb_char", …)`.

        Args:
            preset: a name in `graves_tf.networks.presets.PRESETS`.
            **kwargs: constructor's arguments that go before the preset's;
                `vocabulary` is among them.
        """
        return cls(**{**network_arguments(preset), "preset": preset, **kwargs})

    def build(self, input_shape=None):
        below = []
        for lstm, units in zip(self.lstms, self.hidden, strict=True):
            lstm.build([(None, None), *below])
            below = [(None, None, units)]
        self.head.build((None, None, sum(self.hidden)))
        self.carried = [
            self.add_weight(
                name=f"carried_{n}",
                shape=(self.streams, units),
                initializer="zeros",
                trainable=False,
                autocast=False,
            )
            for n, units in enumerate(self.hidden * 2 if self.streams else ())
        ]
        self.built = True

    @property
    def noisy_layers(self):
        """The layers whose weights are trained, from below."""
        return [*self.lstms, self.head]

    def initial_state(self, batch_size):
        """Zeros: a flat list, h of each layer, then c of each."""
        return [
            ops.zeros((batch_size, units), self.variable_dtype)
            for units in self.hidden * 2
        ]

    def run(self, symbols, state, training=None):
        """Some steps from a given state: what training and sampling share.

        Args:
            symbols: `(B, T)`.
            state: a flat list, as `initial_state` gives it.
            training: whether weight noise, if there is any, is on.

        Returns:
            ŷ `(B, T, K)`, and the state after the last step.
        """
        symbols = ops.transpose(ops.cast(symbols, "int32"))
        count = len(self.lstms)
        outputs, last_h, last_c = [], [], []
        for lstm, h, c in zip(
            self.lstms, state[:count], state[count:], strict=True
        ):
            sequence, h, c = lstm(
                [symbols, *outputs[-1:]],
                initial_state=[h, c],
                training=training,
            )
            outputs.append(sequence)
            last_h.append(h)
            last_c.append(c)
        logits = self.head(
            ops.transpose(ops.concatenate(outputs, axis=-1), (1, 0, 2)),
            training=training,
        )
        return logits, last_h + last_c

    def step(self, symbols, state):
        """One time step: `(B,)`, state -> ŷ `(B, K)`, state."""
        count = len(self.lstms)
        outputs, last_h, last_c = [], [], []
        for lstm, h, c in zip(
            self.lstms, state[:count], state[count:], strict=True
        ):
            output, (h, c) = lstm.step([symbols, *outputs[-1:]], [h, c])
            outputs.append(output)
            last_h.append(h)
            last_c.append(c)
        return self.head(ops.concatenate(outputs, axis=-1)), last_h + last_c

    def call(self, inputs, training=None):
        symbols = inputs["symbols"]
        if not self.streams:
            state = self.initial_state(ops.shape(symbols)[0])
            return self.run(symbols, state, training)[0]
        state = [s * inputs["keep"] for s in self.carried]
        logits, state = self.run(symbols, state, training)
        for variable, value in zip(self.carried, state, strict=True):
            variable.assign(ops.stop_gradient(value))
        return logits

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary": self.vocabulary.get_config(),
            "hidden": list(self.hidden),
            "clip_lstm": self.clip_lstm,
            "weight_noise": serialize_weight_noise(self.weight_noise),
            "streams": self.streams,
            "preset": self.preset,
        }
