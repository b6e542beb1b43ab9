"""A network as LiteRT.js takes it: fixed shapes, few tensors, int8 weights."""

import itertools
import tempfile
import zlib

import keras
from keras import ops

from graves_tf.export.metadata import metadata
from graves_tf.export.tflite import convert
from graves_tf.export.tflite import packed
from graves_tf.sampling.pen_step import first_pen
from graves_tf.sampling.pen_step import first_state
from graves_tf.sampling.pen_step import pen_step

# Of a line with the example before it: two lines of 40, and some.
MAX_CHARACTERS = 96
FORMAT = "web 1"


def web_model(network, **more):
    """A network's `.tflite` file for the page, with its metadata.

    LiteRT.js refuses free shapes, and every tensor that goes in or comes out
    of a step costs it time. So a file holds one line of `MAX_CHARACTERS`, and
    the tensors of `graves_tf.export.endpoints` come side by side:

    | signature | inputs | outputs |
    |---|---|---|
    | `init` | `characters (1, U)` int32 | `pen (1, 3)`, `state (1, S)` |
    | `step` | `characters (1, U)`, `given (1, 8)`: pen, bias, uniforms and \
    normals, `state (1, S)` | `drawn (1, 3 + 1 + U + 1)`: pen, stop and φ, \
    `state (1, S)` |

    Args:
        network: a `HandwritingSynthesizer`, computing in float32.
        **more: entries of the metadata.

    Returns:
        The file's bytes.

    Raises:
        ValueError: not the TensorFlow backend.
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "Export runs on TensorFlow: set KERAS_BACKEND=tensorflow. "
            "Weights trained on JAX load there as they are."
        )
    init, step, state_size = functions(network)
    characters = _spec("characters", MAX_CHARACTERS, "int32")
    archive = keras.export.ExportArchive()
    archive.add_endpoint("init", init, input_signature=[characters])
    archive.add_endpoint(
        "step",
        step,
        input_signature=[
            characters,
            _spec("given", 8),
            _spec("state", state_size),
        ],
    )
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        model = convert(folder, "int8")
    entries = metadata(
        network,
        format=FORMAT,
        precision="int8",
        max_characters=MAX_CHARACTERS,
        model_bytes=len(model),
        model_crc32=zlib.crc32(model),
        **more,
    )
    return model + packed(entries)


def functions(network):
    """`init` and `step` of `web_model`, and the size S of the state."""
    sizes = [tensor.shape[-1] for tensor in first_state(network, 1)]
    *ends, size = itertools.accumulate(sizes)

    def init(characters):
        rows = ops.shape(characters)[0]
        return {
            "pen": first_pen(network, rows),
            "state": ops.concatenate(first_state(network, rows), axis=-1),
        }

    def step(characters, given, state):
        pen, bias, uniforms, normals = ops.split(given, [3, 4, 6], axis=-1)
        pen, stop, phi, state = pen_step(
            network,
            pen,
            characters,
            bias[:, 0],
            uniforms,
            normals,
            ops.split(state, ends, axis=-1),
        )
        return {
            "drawn": ops.concatenate([pen, stop[:, None], phi], axis=-1),
            "state": ops.concatenate(state, axis=-1),
        }

    return init, step, size


def _spec(name, size, dtype="float32"):
    return keras.InputSpec(dtype=dtype, shape=(1, size), name=name)
