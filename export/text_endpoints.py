"""A text network's signatures: what an exported sampler can be asked.

Axes: B texts, K classes. All is float32 but symbols, int32 class numbers.

| signature | inputs | outputs |
|---|---|---|
| `init` | `symbol (B,)`, which says how many texts | `state_0`, … |
| `step` | `symbol (B,)`, `uniform (B,)`, `temperature (B,)`, `state_0`, … | \
`symbol (B,)`, `log_probabilities (B, K)`, `state_0`, … |

A text starts with the symbol -1, the null vector. `uniform`, in [0, 1), draws
the next symbol from ŷ / temperature; `log_probabilities` are the network's
own, log Pr(x_{t+1} | y_t), whatever the temperature. To prime it with a text,
put in its symbols and drop what is drawn. States go in as they came out: h of
each layer, then c of each.
"""

import keras
from keras import ops

from graves_tf.sampling.text_sampler import pick_symbol


def text_endpoints(network, states):
    """The functions to export, each with the signature of its inputs.

    Args:
        network: a `TextPredictor`, computing in float32.
        states: shapes of its state by name.

    Returns:
        dict of name to `(function, [keras.InputSpec, …])`.
    """

    def named(state):
        return dict(zip(states, state, strict=True))

    def init(symbol):
        return named(network.initial_state(ops.shape(symbol)[0]))

    def step(symbol, uniform, temperature, *state):
        outputs, state = network.step(symbol, list(state))
        return {
            "symbol": pick_symbol(outputs, uniform, temperature[:, None]),
            "log_probabilities": ops.log_softmax(outputs, axis=-1),
            **named(state),
        }

    def spec(name, shape=(None,), dtype="float32"):
        return keras.InputSpec(dtype=dtype, shape=shape, name=name)

    symbol = spec("symbol", dtype="int32")
    return {
        "step": (
            step,
            [symbol, spec("uniform"), spec("temperature")]
            + [spec(name, shape) for name, shape in states.items()],
        ),
        "init": (init, [symbol]),
    }
