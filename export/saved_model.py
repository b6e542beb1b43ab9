"""Export as a SavedModel, for TensorFlow Serving, C++, Java, Go or Python."""

import pathlib

import keras
import tensorflow as tf

from graves_tf.export.endpoints import endpoints
from graves_tf.export.loading import exportable
from graves_tf.export.metadata import FILE_NAME
from graves_tf.export.metadata import as_json
from graves_tf.export.metadata import metadata
from graves_tf.export.serving_warmup import FILE_NAME as WARMUP_FILE_NAME
from graves_tf.export.serving_warmup import write_warmup

# SavedModel's own place for files that belong to no graph.
EXTRA_ASSETS = "assets.extra"
DEFAULT_ORDER = ("write", "step", "init", "prime", "write_on")
# The name of the first signature's second, for requests that name none.
DEFAULT = "serving_default"


def export_saved_model(network, directory, signatures=None, check=None):
    """Write a network as a SavedModel.

    Its signatures are those of `graves_tf.export.endpoints`. What else a
    client needs, the alphabet first of all, is in
    `assets.extra/graves_tf.json`; what warms a server up, a request for each
    signature, is in `assets.extra/tf_serving_warmup_requests`.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`.
        directory: the SavedModel's; TensorFlow Serving wants it to be a
            number within the model's, such as `writer/1`; see
            `graves_tf.export.serving_folder`.
        signatures: names of those to write, by default all; the first,
            `write` or a text's `step`, is also `serving_default`, what a
            request without a name gets.
        check: whether they refuse bad inputs (`serving_checks`). By default
            they do where all are written: what is picked by `signatures` is
            for converting further, where there is no such refusal.

    Returns:
        The directory.

    Raises:
        ValueError: another kind of network, or not the TensorFlow backend.
        OSError: it cannot be written there.
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "Export runs on TensorFlow: set KERAS_BACKEND=tensorflow. "
            "Weights trained on JAX load there as they are."
        )
    directory = pathlib.Path(directory)
    network = exportable(network)
    if check is None:
        check = signatures is None
    available = endpoints(network, check)
    # Not a bare tf.Module: one that holds Keras layers loads in Python and
    # nowhere else.
    archive = keras.export.ExportArchive()
    if signatures is None:
        signatures = sorted(available, key=DEFAULT_ORDER.index)
    written = {}
    for name in signatures:
        function, written[name] = available[name]
        archive.add_endpoint(name, function, input_signature=written[name])
    try:
        archive.write_out(str(directory), verbose=False)
    except tf.errors.OpError as error:
        raise OSError(f"{directory}: {error.message}") from error
    extra = directory / EXTRA_ASSETS
    extra.mkdir(exist_ok=True)
    (extra / FILE_NAME).write_bytes(as_json(metadata(network)))
    written[DEFAULT] = next(iter(written.values()))
    write_warmup(extra / WARMUP_FILE_NAME, written)
    return directory
