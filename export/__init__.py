"""Samplers for elsewhere: SavedModel, TFLite, and the runtime of a device.

Importing this package imports neither Keras nor TensorFlow.
"""

import os
import sys

# The types that a TFLite file's weights may have.
PRECISIONS = ("float32", "float16", "int8")


def on_tensorflow():
    """Have Keras run on TensorFlow, where it is not imported yet.

    Whatever trained the weights, TensorFlow exports them.
    """
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
