"""Graves (2013), "Generating Sequences With Recurrent Neural Networks".

Handwriting prediction and synthesis, in Keras 3: train, write, export.
Importing this package imports neither Keras nor TensorFlow; its modules do,
as they need them.
"""

from pathlib import Path

__version__ = "0.1.0"

# In a clone `datasets` and `export` lie beside this folder, and Python finds
# the clone before what is installed when a command is run from there.
if not (Path(__file__).parent / "export").exists():
    __path__.append(str(Path(__file__).parents[1]))
