"""Figs. 15, 17: a real line, and below it the same text, generated."""

from graves_tf.figures.rows import Row
from graves_tf.figures.rows import draw_rows

# The paper's, from the smaller validation set.
TEXTS = ("from his travels it might have been", "more of national temperament")
SPLIT = "validation_1"
COUNT = 5


def draw(material, bias):
    """A `Figure` of two blocks: the first line of each is real.

    Args:
        material: a `Material`.
        bias: b of Sec. 5.4.
    """
    lines = material.lines_saying(TEXTS, SPLIT)
    texts = [line.text for line in lines for _ in range(COUNT)]
    samples = iter(material.write(texts, bias=bias))
    return draw_rows(
        [
            [
                Row(line.strokes, "real"),
                *(Row(next(samples).strokes) for _ in range(COUNT)),
            ]
            for line in lines
        ]
    )
