"""The handwriting prediction network (Sec. 4)."""

import keras
from keras import ops

from graves_tf.networks.handwriting_network import HandwritingNetwork


@keras.saving.register_keras_serializable(package="graves_tf")
class HandwritingPredictor(HandwritingNetwork):
    """Predicts the next point of the pen from all before it (Fig. 1).

    Hidden layers of peephole LSTM, skip connections from the input to every
    layer and from every layer to the output (Eqs. 1-4), and a mixture of
    bivariate Gaussians with an end-of-stroke probability at the top.

    Args:
        hidden: cells of each hidden layer.
        **kwargs: as in `HandwritingNetwork`.

    Call arguments:
        inputs: dict of `offsets (B, T, 3)`: normalised x1, x2, and x3; the
            first is the null vector.

    Returns:
        ŷ `(B, T, 1 + 6M)`.
    """

    task = "prediction"

    def __init__(self, hidden=(400, 400, 400), **kwargs):
        super().__init__(hidden=hidden, **kwargs)
        self.lstms = [self._lstm(n + 1) for n in range(len(self.hidden))]
        self.build()

    @classmethod
    def from_synthesizer(cls, network, preset=None):
        """The prediction network that a synthesis network is without a text.

        Its predictions are those of `network` with an empty window: a place
        to start the training from. Its weights have the same noise.

        Args:
            network: a `HandwritingSynthesizer`.
            preset: the preset's name, kept for the record.
        """
        names = ("hidden", "num_mixtures", "clip_lstm", "clip_output")
        names += ("offset_mean", "offset_std", "whole_offsets", "rest")
        names += ("weight_noise",)
        copy = cls(preset=preset, **{n: getattr(network, n) for n in names})
        first, *others = network.lstms
        layers = [*copy.lstms, copy.head]
        sources = [first.lstm, *others, network.head]
        for layer, source in zip(layers, sources, strict=True):
            values = {variable.name: variable for variable in source.weights}
            for variable in layer.weights:
                # By way of NumPy: JAX gives the memory of what it trains away.
                value = ops.convert_to_numpy(values[variable.name])
                # What the window reads is the last of a layer's inputs
                # (Eqs. 52, 53).
                variable.assign(value[: variable.shape[0]])
        return copy

    def build(self, input_shape=None):
        below = 0
        for lstm, units in zip(self.lstms, self.hidden, strict=True):
            lstm.build((None, None, 3 + below))
            below = units
        self.head.build((None, None, sum(self.hidden)))
        self.built = True

    def call(self, inputs, training=None):
        x = ops.transpose(inputs["offsets"], (1, 0, 2))
        outputs = []
        for lstm in self.lstms:
            outputs.append(lstm([x, *outputs[-1:]], training=training))
        return self._outputs(outputs, training)

    def initial_state(self, batch_size):
        """Zeros: a flat list, h and c of each layer."""
        return [s for n in self.lstms for s in n.initial_state(batch_size)]

    def step(self, offsets, state):
        """One time step: `(B, 3)`, state -> ŷ `(B, 1 + 6M)`, state."""
        outputs, new_state = [], []
        for i, lstm in enumerate(self.lstms):
            both = ops.concatenate([offsets, *outputs[-1:]], axis=-1)
            h, new = lstm.step(both, state[2 * i : 2 * i + 2])
            outputs.append(h)
            new_state += new
        return self.head(ops.concatenate(outputs, axis=-1)), new_state
