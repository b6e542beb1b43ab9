"""A network's signatures: what an exported sampler can be asked.

`init` starts lines, `step` moves the pen once, `write` writes whole lines.
Axes: B lines, U characters, T steps. All is float32 but `characters`, which is
int32: the alphabet's numbers, -1 at padding.

| signature | inputs | outputs |
|---|---|---|
| `init` | `characters (B, U)` | `pen`, `state_0`, … |
| `step` | `pen (B, 3)`, `characters (B, U)`, `bias (B,)`, `uniforms (B, 2)`, \
`normals (B, 2)`, `state_0`, … | `pen (B, 3)`, `stop (B,)`, `phi (B, U + 1)`, \
`state_0`, … |
| `write` | `characters (B, U)`, `bias (B,)`, `uniforms (B, T, 2)`, \
`normals (B, T, 2)` | `pens (B, T, 3)`, `phi (B, T, U + 1)`, `length (B,)` \
int32, `finished (B,)` bool |

A pen is the offset that led to the last point, in the recording's units, and
its end-of-stroke. `uniforms` are in [0, 1), `normals` are standard normal:
`graves_tf.sampling.draws` makes them. Where `stop` is 1 the text ended with
the pen that went in. `state_0`, … go in as they came out; in a synthesis
network they are h, c, w and κ of the first layer, then h and c of each other.
A text network's are in `text_endpoints.py`.
"""

import keras
from keras import ops

from graves_tf.export.text_endpoints import text_endpoints
from graves_tf.export.write_line import write_line
from graves_tf.sampling.pen_step import first_pen
from graves_tf.sampling.pen_step import pen_step

# Shapes by name of the axis; None is free.
_SHAPES = {
    "pen": (None, 3),
    "characters": (None, None),
    "bias": (None,),
    "uniforms": (None, 2),
    "normals": (None, 2),
}


def state_shapes(network):
    """The state's tensors by name, in order: `state_0`: `(None, n)`, …."""
    return {
        f"state_{i}": (None, tensor.shape[-1])
        for i, tensor in enumerate(network.initial_state(1))
    }


def endpoints(network):
    """The functions to export, each with the signature of its inputs.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`, computing in
            float32.

    Returns:
        dict of name to `(function, [keras.InputSpec, …])`.
    """
    states = state_shapes(network)
    if network.task == "text":
        return text_endpoints(network, states)

    def spec(name, shape):
        dtype = "int32" if name == "characters" else "float32"
        return keras.InputSpec(dtype=dtype, shape=shape, name=name)

    def specs(*names, **shapes):
        return [spec(n, shapes.get(n, _SHAPES[n])) for n in names]

    def named(pen, state, **others):
        return {"pen": pen, **others, **dict(zip(states, state, strict=True))}

    def init(characters):
        rows = ops.shape(characters)[0]
        return named(first_pen(network, rows), network.initial_state(rows))

    def step(pen, characters, bias, uniforms, normals, *state):
        pen, stop, phi, state = pen_step(
            network, pen, characters, bias, uniforms, normals, list(state)
        )
        return named(pen, state, stop=stop, phi=phi)

    def write(characters, bias, uniforms, normals):
        return write_line(network, characters, bias, uniforms, normals)

    draws = {"uniforms": (None, None, 2), "normals": (None, None, 2)}
    return {
        "init": (init, specs("characters")),
        "step": (
            step,
            specs("pen", "characters", "bias", "uniforms", "normals")
            + [spec(name, shape) for name, shape in states.items()],
        ),
        "write": (
            write,
            specs("characters", "bias", "uniforms", "normals", **draws),
        ),
    }
