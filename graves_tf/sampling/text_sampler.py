"""Text from a text network, a symbol at a time (Eq. 12)."""

import numpy as np
from keras import ops

from graves_tf.sampling.compiled import compiled


class TextSampler:
    """Draws texts, several at once.

    Args:
        network: a `TextPredictor`.
    """

    def __init__(self, network):
        self.network = network
        self._step = compiled(network, self._draw)

    def _draw(self, symbols, state, uniform, temperature):
        outputs, state = self.network.step(symbols, state)
        return pick_symbol(outputs, uniform, temperature), state

    def symbols(self, prime=None, temperature=1.0, seed=None, batch_size=1):
        """Symbols without end.

        Args:
            prime: `(N,)` class numbers that the network reads first; None or
                empty: it starts from the null vector, as training does.
            temperature: T; the probabilities are those of ŷ / T. 1 is the
                network's own, near 0 its first choice.
            seed: of the random numbers; None: another text each time.
            batch_size: B, texts at once.

        Yields:
            `(B,)` int arrays.

        Raises:
            ValueError: the temperature is not positive.
        """
        if not temperature > 0:
            raise ValueError(
                f"The temperature must be positive, not {temperature:g}."
            )
        rng = np.random.default_rng(seed)
        state = self.network.initial_state(batch_size)
        read = [-1, *([] if prime is None else prime)]
        temperature = np.float32(temperature)
        for number in read[:-1]:
            symbols = np.full(batch_size, number, "int32")
            unused = np.zeros(batch_size, "float32")
            _, state = self._step(symbols, state, unused, temperature)
        symbols = np.full(batch_size, read[-1], "int32")
        while True:
            uniform = rng.random(batch_size, dtype="float32")
            drawn, state = self._step(symbols, state, uniform, temperature)
            symbols = ops.convert_to_numpy(drawn)
            yield symbols


def pick_symbol(outputs, uniform, temperature):
    """The symbol at which the cumulative distribution passes `uniform`.

    Args:
        outputs: ŷ `(B, K)`.
        uniform: `(B,)`, in [0, 1).
        temperature: scalar, positive.

    Returns:
        `(B,)` int32.
    """
    # Of the differences, lest a small temperature overflow.
    outputs = outputs - ops.max(outputs, axis=-1, keepdims=True)
    weights = ops.exp(outputs / temperature)
    below = ops.cumsum(weights, axis=-1)
    passed = below <= uniform[:, None] * below[:, -1:]
    last = outputs.shape[-1] - 1
    count = ops.sum(ops.cast(passed, "int32"), axis=-1)
    return ops.minimum(count, last)
