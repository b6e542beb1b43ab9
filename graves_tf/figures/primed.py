"""Figs. 18-21: a real line, and below it more in the same hand."""

from graves_tf.figures.rows import Row
from graves_tf.figures.rows import draw_rows

# Lines of the paper's Figs. 18-21, from the training set.
STYLES = (
    "He dismissed the idea",
    "prison welfare Officer complement",
    "She looked closely as she",
    "take the breath away when they are",
)
SPLIT = "train"
UNBIASED = (
    "when the network is primed",
    "with a real sequence",
    "the samples mimic",
    "the writer's style",
)
BIASED = (
    "when the network is primed",
    "and biased, it writes",
    "in a cleaned up version",
    "of the original style",
)


def draw(material, texts, bias):
    """A `Figure` of blocks: the first line of each is real, and primes.

    Args:
        material: a `Material`.
        texts: what is written in each style.
        bias: b of Sec. 5.4.
    """
    styles = material.lines_saying(STYLES, SPLIT)
    samples = iter(
        material.write(
            [text for _ in styles for text in texts],
            bias=bias,
            styles=[style for style in styles for _ in texts],
        )
    )
    return draw_rows(
        [
            [
                Row(style.strokes, "real"),
                *(Row(next(samples).strokes) for _ in texts),
            ]
            for style in styles
        ]
    )
