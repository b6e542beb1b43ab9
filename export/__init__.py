"""Samplers for elsewhere: SavedModel, TFLite, and the runtime of a device.

Importing this package imports neither Keras nor TensorFlow.
"""

# The types that a TFLite file's weights may have.
PRECISIONS = ("float32", "float16", "int8")
