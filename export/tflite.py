"""Export as TFLite, for phones, small boards and the browser."""

import io
import pathlib
import tempfile
import zipfile
import zlib

import tensorflow as tf
from tensorflow.lite.tools import flatbuffer_utils

from graves_tf.export import PRECISIONS
from graves_tf.export.loading import exportable
from graves_tf.export.metadata import FILE_NAME
from graves_tf.export.metadata import as_json
from graves_tf.export.metadata import metadata
from graves_tf.export.saved_model import export_saved_model

SIGNATURES = ("step", "init")


def export_tflite(network, directory, precisions=PRECISIONS, **more):
    """Write a network as TFLite files, one for each precision.

    Each holds the signatures `step` and `init` of
    `graves_tf.export.endpoints`, of builtin operators only; `step` is the
    primary subgraph. B and U are free: resize the inputs. `float16` and
    `int8` are the weights' types; the arithmetic's are float32, and for
    `int8` that of its products is int8 too.

    `graves_tf.json` is packed into each file, the way TFLite's own metadata
    packs files: as a ZIP archive behind the model.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`.
        directory: made where it is missing.
        precisions: of `PRECISIONS`.
        **more: entries of the metadata.

    Returns:
        The paths written, `sampler_PRECISION.tflite`, in order.

    Raises:
        ValueError: another kind of network, an unknown precision, or not the
            TensorFlow backend.
    """
    if unknown := sorted(set(precisions) - set(PRECISIONS)):
        raise ValueError(
            f"Unknown precisions: {unknown}. Known: {list(PRECISIONS)}"
        )
    network = exportable(network)
    directory = pathlib.Path(directory)
    paths = []
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(network, folder, signatures=SIGNATURES, check=False)
        directory.mkdir(parents=True, exist_ok=True)
        for precision in precisions:
            model = convert(folder, precision)
            entries = metadata(
                network,
                precision=precision,
                model_bytes=len(model),
                model_crc32=zlib.crc32(model),
                **more,
            )
            paths.append(directory / f"sampler_{precision}.tflite")
            paths[-1].write_bytes(model + packed(entries))
    return paths


def convert(saved_model, precision):
    """A SavedModel's `step` and `init` as a TFLite flatbuffer."""
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(saved_model), signature_keys=list(SIGNATURES)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    return _step_first(converter.convert())


def packed(entries):
    """The archive that goes behind a model."""
    archive = io.BytesIO()
    # Stored, not deflated: easily read without a ZIP library.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        # Without the time: the same network gives the same file.
        file.writestr(zipfile.ZipInfo(FILE_NAME), as_json(entries))
    return archive.getvalue()


def _step_first(model):
    """The model with `step` as its primary subgraph.

    The converter sorts signatures by name. An interpreter's fast calls, and
    whatever knows nothing of signatures, only reach the primary subgraph.
    """
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(model))
    primary = next(
        signature.subgraphIndex
        for signature in model.signatureDefs
        if signature.signatureKey == b"step"
    )
    others = [i for i in range(len(model.subgraphs)) if i != primary]
    order = [primary, *others]
    model.subgraphs = [model.subgraphs[i] for i in order]
    for signature in model.signatureDefs:
        signature.subgraphIndex = order.index(signature.subgraphIndex)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))
