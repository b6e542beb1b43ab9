"""Fig. 16: writing that is more and more biased towards the probable."""

from graves_tf.figures.rows import Row
from graves_tf.figures.rows import draw_rows

# The paper's: each line says what the bias to its left does.
LADDER = (
    (0.0, "when the samples are biased"),
    (0.1, "towards more probable sequences"),
    (0.5, "they get easier to read"),
    (2.0, "but less diverse"),
    (5.0, "until they all look"),
    (10.0, "exactly the same"),
    (10.0, "exactly the same"),
    (10.0, "exactly the same"),
)


def draw(material):
    """A `Figure` of one line for each bias."""
    biases, texts = zip(*LADDER, strict=True)
    samples = material.write(list(texts), bias=biases)
    return draw_rows(
        [
            [
                Row(sample.strokes, f"bias {bias:g}")
                for sample, bias in zip(samples, biases, strict=True)
            ]
        ]
    )
