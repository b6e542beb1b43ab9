"""The handwriting synthesis network (Sec. 5)."""

import keras
import numpy as np
from keras import ops

from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.alphabet import Alphabet
from graves_tf.layers.windowed_lstm import WindowedLSTM
from graves_tf.networks.handwriting_network import HandwritingNetwork


@keras.saving.register_keras_serializable(package="graves_tf")
class HandwritingSynthesizer(HandwritingNetwork):
    """Writes a given text, a point at a time (Fig. 12).

    The prediction network with a soft window on the text: the first hidden
    layer moves it and sees it a step later, the others see it at once
    (Eqs. 52, 53).

    Args:
        alphabet: an `Alphabet`, its config, or a name in `ALPHABETS`.
        num_gaussians: K, Gaussians of the window.
        characters_per_point: how far the window moves a step before training.
        **kwargs: as in `HandwritingNetwork`.

    Call arguments:
        inputs: dict of `offsets (B, T, 3)` and `characters (B, U)`: the
            alphabet's numbers, -1 at padding.

    Returns:
        ŷ `(B, T, 1 + 6M)`.
    """

    task = "synthesis"

    def __init__(
        self,
        hidden=(400, 400, 400),
        alphabet="full",
        num_gaussians=10,
        characters_per_point=0.04,
        **kwargs,
    ):
        super().__init__(hidden=hidden, **kwargs)
        if isinstance(alphabet, str):
            if alphabet not in ALPHABETS:
                raise ValueError(
                    f"No alphabet is called {alphabet!r}. There are: "
                    f"{', '.join(ALPHABETS)}; or give an `Alphabet`."
                )
            alphabet = ALPHABETS[alphabet]
        elif isinstance(alphabet, dict):
            alphabet = Alphabet.from_config(alphabet)
        self.alphabet = alphabet
        self.num_gaussians = num_gaussians
        self.characters_per_point = characters_per_point
        first = WindowedLSTM(
            self.hidden[0],
            num_gaussians=num_gaussians,
            clip_gradient=self.clip_lstm,
            weight_noise=self.weight_noise,
            characters_per_point=characters_per_point,
            time_major=True,
            dtype=self.dtype_policy,
            name="hidden_1",
        )
        others = range(2, len(self.hidden) + 1)
        self.lstms = [first, *(self._lstm(n) for n in others)]
        self.build()

    def build(self, input_shape=None):
        size = self.alphabet.size
        self.lstms[0].build((None, None, 3), (None, None, size))
        for lstm, below in zip(self.lstms[1:], self.hidden, strict=False):
            lstm.build((None, None, 3 + below + size))
        self.head.build((None, None, sum(self.hidden)))
        self.built = True

    def one_hot(self, characters):
        """`(B, U)` numbers -> `(B, U, A)`; -1, padding, gives zeros."""
        # Looked up: TFLite's own one-hot takes a tenth of a step's time, and
        # of a batch's a fifth.
        size = self.alphabet.size
        table = np.eye(size + 1, size, k=-1)
        table = ops.convert_to_tensor(table, self.variable_dtype)
        return ops.take(table, characters + 1, axis=0)

    def call(self, inputs, training=None):
        x = ops.transpose(inputs["offsets"], (1, 0, 2))
        # Keras tells the layers by itself that it trains, but not on JAX.
        h, w, _ = self.lstms[0](
            x, self.one_hot(inputs["characters"]), training=training
        )
        outputs = [h]
        for lstm in self.lstms[1:]:
            outputs.append(lstm([x, outputs[-1], w], training=training))
        return self._outputs(outputs, training)

    def initial_state(self, batch_size):
        """Zeros: a flat list: h, c, w, κ of layer 1; h, c of the others."""
        first, *others = self.lstms
        state = first.initial_state(batch_size, self.alphabet.size)
        return state + [s for n in others for s in n.initial_state(batch_size)]

    def step(self, offsets, characters, state):
        """One time step.

        Args:
            offsets: `(B, 3)`, normalised.
            characters: `(B, U)`, -1 at padding.
            state: a list, as `initial_state` gives it.

        Returns:
            ŷ `(B, 1 + 6M)`, `phi (B, U + 1)` and the next state.
        """
        first, *others = self.lstms
        h, w, phi, new_state = first.step(
            offsets,
            self.one_hot(characters),
            state[:4],
            mask=characters >= 0,
        )
        outputs = [h]
        for i, lstm in enumerate(others):
            both = ops.concatenate([offsets, outputs[-1], w], axis=-1)
            h, new = lstm.step(both, state[4 + 2 * i : 6 + 2 * i])
            outputs.append(h)
            new_state = new_state + new
        y = self.head(ops.concatenate(outputs, axis=-1))
        return y, phi, new_state

    def get_config(self):
        return {
            **super().get_config(),
            "alphabet": self.alphabet.get_config(),
            "num_gaussians": self.num_gaussians,
            "characters_per_point": self.characters_per_point,
        }
