"""A SavedModel as TensorFlow Serving holds it: tests only.

It is loaded by `LoadSavedModel` into a session, warmed up by its own requests,
and run by the names that its signatures give to tensors.
"""

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

DEFAULT = "serving_default"
WARMUP = "assets.extra/tf_serving_warmup_requests"


class ServedModel:
    """The newest version in a model's folder.

    Args:
        folder: of versions.

    Attributes:
        version: int.
        signatures: dict of name to `SignatureDef`.
        warmed_up: names of the signatures that ran before any request.
    """

    def __init__(self, folder):
        versions = [p for p in folder.iterdir() if p.name.isdigit()]
        path = max(versions, key=lambda p: int(p.name))
        self.version = int(path.name)
        self._session = tf.compat.v1.Session(graph=tf.Graph())
        with self._session.graph.as_default():
            meta = tf.compat.v1.saved_model.load(
                self._session, ["serve"], str(path)
            )
        self.signatures = dict(meta.signature_def)
        self.warmed_up = []
        if (path / WARMUP).exists():
            self._warm_up(path / WARMUP)

    def run(self, signature, inputs):
        """Outputs by name; `tf.errors.OpError` where it fails."""
        definition = self.signature(signature)
        if set(inputs) != set(definition.inputs):
            missing = sorted(set(definition.inputs) - set(inputs))
            extra = sorted(set(inputs) - set(definition.inputs))
            raise tf.errors.InvalidArgumentError(
                None,
                None,
                "input size does not match signature. Sent extra: "
                f"{extra}. Missing but required: {missing}.",
            )
        for name, array in inputs.items():
            _fits(name, array, definition.inputs[name])
        return self._session.run(
            {n: info.name for n, info in definition.outputs.items()},
            {definition.inputs[n].name: a for n, a in inputs.items()},
        )

    def signature(self, name):
        """A `SignatureDef`; NOT that there is none: `tf.errors.OpError`."""
        if (name or DEFAULT) not in self.signatures:
            raise tf.errors.FailedPreconditionError(
                None, None, f'Serving signature key "{name}" not found.'
            )
        return self.signatures[name or DEFAULT]

    def close(self):
        self._session.close()

    def _warm_up(self, path):
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            log = prediction_log_pb2.PredictionLog.FromString(record)
            request = log.predict_log.request
            name = request.model_spec.signature_name
            self.run(
                name, {n: tf.make_ndarray(t) for n, t in request.inputs.items()}
            )
            self.warmed_up.append(name)


def _fits(name, array, info):
    """Type and shape, as a session in C++ checks them."""
    wanted = tf.as_dtype(info.dtype)
    shape = tf.TensorShape(info.tensor_shape)
    if array.dtype != wanted.as_numpy_dtype:
        problem = f"type {array.dtype}, expected {wanted.name}"
    elif not shape.is_compatible_with(np.shape(array)):
        problem = f"shape {np.shape(array)}, expected {shape}"
    else:
        return
    raise tf.errors.InvalidArgumentError(
        None, None, f"Input {name} has {problem}"
    )
