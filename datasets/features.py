"""What a line of handwriting is in a tfds data set."""

import numpy as np
import tensorflow_datasets as tfds

from graves_tf.ink.line import Line


def line_features() -> tfds.features.FeaturesDict:
    """`strokes` (None, 3) float32: x, y, end-of-stroke; and the texts."""
    return tfds.features.FeaturesDict(
        {
            "strokes": tfds.features.Tensor(shape=(None, 3), dtype=np.float32),
            "text": tfds.features.Text(),
            "line_id": tfds.features.Text(),
            "form_id": tfds.features.Text(),
            "writer_id": tfds.features.Text(),
        }
    )


def to_example(line: Line) -> dict:
    """A line as tfds stores it."""
    return line._asdict()


def from_example(example: dict) -> Line:
    """A line from what tfds reads: its texts are bytes."""
    strokes = np.asarray(example["strokes"], np.float32)
    texts = {field: example[field].decode() for field in Line._fields[1:]}
    return Line(strokes, **texts)
