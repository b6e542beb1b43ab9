"""A network's signatures: what an exported sampler can be asked.

`init` starts lines, `step` moves the pen once, `write` writes whole lines.
Axes: B lines, U characters, T steps. All is float32 but `characters`, which is
int32: the alphabet's numbers, -1 at padding.

| signature | inputs | outputs |
|---|---|---|
| `init` | `characters (B, U)` | `pen`, `state_0`, … |
| `prime` | `offsets (B, P, 3)`, `lengths (B,)` int32, `characters (B, U)` | \
`pen`, `state_0`, … |
| `step` | `pen (B, 3)`, `characters (B, U)`, `bias (B,)`, `uniforms (B, 2)`, \
`normals (B, 2)`, `state_0`, … | `pen (B, 3)`, `stop (B,)`, `phi (B, U + 1)`, \
`density (B, 1 + 6M)`, `state_0`, … |
| `write` | `characters (B, U)`, `bias (B,)`, `uniforms (B, T, 2)`, \
`normals (B, T, 2)` | `pens (B, T, 3)`, `phi (B, T, U + 1)`, `length (B,)` \
int32, `finished (B,)` bool |
| `write_on` | those of `write`, `pen (B, 3)`, `state_0`, … | those of `write` |

A pen is the offset that led to the last point, in the recording's units, and
its end-of-stroke. `uniforms` are in [0, 1), `normals` are standard normal:
`graves_tf.sampling.draws` makes them. Where `stop` is 1 the text ended with
the pen that went in. `density` is ŷ of Eq. 17, that the pen was drawn from,
in normalised offsets. `state_0`, … go in as they came out; in a synthesis
network they are h, c, w and κ of the first layer, then h and c of each other,
and last, side by side, how far the pen is to the left of its rightmost ink and
for how many steps it has rested.
A text network's are in `text_endpoints.py`.

`prime` reads someone's line (Sec. 5.5): its offsets, padded behind, how many
of them there are, and as `characters` its text, a space, and the text to write
on. From the pen and the state that it gives, `step` goes on a point at a time
and `write_on` to the line's end, both with the same `characters`. `write` is
`write_on` from what `init` gives.
"""

import keras
from keras import ops

from graves_tf.export.serving_checks import checked
from graves_tf.export.serving_prime import read_styles
from graves_tf.export.text_endpoints import text_endpoints
from graves_tf.export.write_line import write_line
from graves_tf.sampling.pen_step import bias_of
from graves_tf.sampling.pen_step import density_step
from graves_tf.sampling.pen_step import draw_pen
from graves_tf.sampling.pen_step import first_pen
from graves_tf.sampling.pen_step import first_state
from graves_tf.sampling.pen_step import text_ends

# Shapes by name of the axis; None is free.
_SHAPES = {
    "pen": (None, 3),
    "characters": (None, None),
    "bias": (None,),
    "uniforms": (None, 2),
    "normals": (None, 2),
    "offsets": (None, None, 3),
    "lengths": (None,),
}
_WHOLE = {"uniforms": (None, None, 2), "normals": (None, None, 2)}
_INTEGERS = ("characters", "lengths")


def state_shapes(network):
    """The state's tensors by name, in order: `state_0`: `(None, n)`, …."""
    if network.task == "text":
        state = network.initial_state(1)
    else:
        state = first_state(network, 1)
    return {
        f"state_{i}": (None, tensor.shape[-1]) for i, tensor in enumerate(state)
    }


def endpoints(network, check=True):
    """The functions to export, each with the signature of its inputs.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`, computing in
            float32.
        check: refuse bad inputs, as `serving_checks` says: for a server.

    Returns:
        dict of name to `(function, [keras.InputSpec, …])`.
    """
    states = state_shapes(network)
    if network.task == "text":
        available = text_endpoints(network, states)
        size = network.vocabulary.size
    else:
        available = _handwriting_endpoints(network, states)
        size = network.alphabet.size
    if not check:
        return available
    return {
        name: (checked(function, size, [s.name for s in specs]), specs)
        for name, (function, specs) in available.items()
    }


def _handwriting_endpoints(network, states):
    def spec(name, shape):
        dtype = "int32" if name in _INTEGERS else "float32"
        return keras.InputSpec(dtype=dtype, shape=shape, name=name)

    def specs(*names, **shapes):
        return [spec(n, shapes.get(n, _SHAPES[n])) for n in names]

    def named(pen, state, **others):
        return {"pen": pen, **others, **dict(zip(states, state, strict=True))}

    def start(characters):
        rows = ops.shape(characters)[0]
        return first_pen(network, rows), first_state(network, rows)

    def init(characters):
        return named(*start(characters))

    def prime(offsets, lengths, characters):
        return named(*read_styles(network, offsets, lengths, characters))

    def step(pen, characters, bias, uniforms, normals, *state):
        y, phi, state = density_step(network, pen, characters, list(state))
        bias = bias_of(network, bias, state)
        drawn = draw_pen(network, y, bias, uniforms, normals)
        stop = text_ends(network, pen, drawn, phi, state)
        return named(drawn, state, stop=stop, phi=phi, density=y)

    def write(characters, bias, uniforms, normals):
        return write_line(
            network, characters, bias, uniforms, normals, *start(characters)
        )

    def write_on(characters, bias, uniforms, normals, pen, *state):
        return write_line(
            network, characters, bias, uniforms, normals, pen, state
        )

    carried = [spec(name, shape) for name, shape in states.items()]
    line = specs("characters", "bias", "uniforms", "normals", **_WHOLE)
    return {
        "init": (init, specs("characters")),
        "prime": (prime, specs("offsets", "lengths", "characters")),
        "step": (
            step,
            specs("pen", "characters", "bias", "uniforms", "normals") + carried,
        ),
        "write": (write, line),
        "write_on": (write_on, line + specs("pen") + carried),
    }
