"""Graves (2013), "Generating Sequences With Recurrent Neural Networks".

Handwriting prediction and synthesis, in Keras 3: train, write, export.
Importing this package imports neither Keras nor TensorFlow; its modules do,
as they need them.
"""

__version__ = "0.1.0"
