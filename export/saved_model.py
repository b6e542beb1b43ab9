"""Export as a SavedModel, for TensorFlow Serving, C++, Java, Go or Python."""

import pathlib

import keras

from graves_tf.export.endpoints import endpoints
from graves_tf.export.loading import exportable
from graves_tf.export.metadata import FILE_NAME
from graves_tf.export.metadata import as_json
from graves_tf.export.metadata import metadata

# SavedModel's own place for files that belong to no graph.
EXTRA_ASSETS = "assets.extra"
DEFAULT_ORDER = ("write", "step", "init")


def export_saved_model(network, directory, signatures=None):
    """Write a network as a SavedModel.

    Its signatures are those of `graves_tf.export.endpoints`. What else a
    client needs, the alphabet first of all, is in
    `assets.extra/graves_tf.json`.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`.
        directory: the SavedModel's; TensorFlow Serving wants it to be a
            number within the model's, such as `writer/1`.
        signatures: names of those to write, by default all; the first,
            `write` or a text's `step`, is also `serving_default`, what a
            request without a name gets.

    Returns:
        The directory.

    Raises:
        ValueError: another kind of network, or not the TensorFlow backend.
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "Export runs on TensorFlow: set KERAS_BACKEND=tensorflow. "
            "Weights trained on JAX load there as they are."
        )
    directory = pathlib.Path(directory)
    network = exportable(network)
    available = endpoints(network)
    # Not a bare tf.Module: one that holds Keras layers loads in Python and
    # nowhere else.
    archive = keras.export.ExportArchive()
    if signatures is None:
        signatures = sorted(available, key=DEFAULT_ORDER.index)
    for name in signatures:
        function, inputs = available[name]
        archive.add_endpoint(name, function, input_signature=inputs)
    archive.write_out(str(directory), verbose=False)
    extra = directory / EXTRA_ASSETS
    extra.mkdir(exist_ok=True)
    (extra / FILE_NAME).write_bytes(as_json(metadata(network)))
    return directory
