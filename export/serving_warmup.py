"""Requests that a server answers itself before it takes those of others.

TensorFlow Serving runs what is in `assets.extra/tf_serving_warmup_requests`
as it loads a model, so that the first request finds everything allocated. The
file is a TFRecord of `PredictionLog` protos. They are put together here from
their wire format, a few nested fields around tensors that TensorFlow itself
writes, so that an export needs no `tensorflow-serving-api`.
"""

import numpy as np
import tensorflow as tf

FILE_NAME = "tf_serving_warmup_requests"
# What the free axes are; steps enough to be inside of every loop.
_ROWS, _CHARACTERS, _STEPS = 1, 16, 4

# Numbers of fields, as TensorFlow Serving's protos have them.
_PREDICT_LOG = 6  # of PredictionLog
_REQUEST = 1  # of PredictLog
_MODEL_SPEC, _INPUTS = 1, 2  # of PredictRequest
_SIGNATURE_NAME = 3  # of ModelSpec
_KEY, _VALUE = 1, 2  # of each of a map's entries


def write_warmup(path, signatures):
    """Write the warm-up requests of a SavedModel, one for each signature.

    Args:
        path: of the file.
        signatures: dict of a signature's name to its `[keras.InputSpec, …]`.
    """
    with tf.io.TFRecordWriter(str(path)) as writer:
        for name, specs in signatures.items():
            writer.write(prediction_log(name, request_of(specs)))


def request_of(specs):
    """Inputs of these specs, such as a server's first request may hold.

    Returns:
        dict of name to array.
    """
    arrays = {}
    for spec in specs:
        free = [_ROWS, _CHARACTERS if spec.name == "characters" else _STEPS]
        shape = [
            free[axis] if size is None else size
            for axis, size in enumerate(spec.shape)
        ]
        arrays[spec.name] = np.zeros(shape, spec.dtype)
        if spec.name in ("temperature", "lengths"):
            arrays[spec.name] += 1
    return arrays


def prediction_log(signature, inputs):
    """A `tensorflow.serving.PredictionLog` of a request, serialised.

    Args:
        signature: its name.
        inputs: dict of name to array.

    Returns:
        bytes.
    """
    request = _field(_MODEL_SPEC, _field(_SIGNATURE_NAME, signature.encode()))
    for name, array in inputs.items():
        tensor = tf.make_tensor_proto(array).SerializeToString()
        entry = _field(_KEY, name.encode()) + _field(_VALUE, tensor)
        request += _field(_INPUTS, entry)
    return _field(_PREDICT_LOG, _field(_REQUEST, request))


def _field(number, payload):
    """A field that holds bytes: its number and kind, their count, they."""
    kind = 2
    return _varint(number << 3 | kind) + _varint(len(payload)) + payload


def _varint(value):
    """Seven bits a byte, the lowest first; all but the last have the eighth."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
