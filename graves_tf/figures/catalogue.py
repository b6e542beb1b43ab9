"""The figures by name."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from graves_tf.figures import beside_real
from graves_tf.figures import bias_ladder
from graves_tf.figures import density
from graves_tf.figures import prediction_samples
from graves_tf.figures import primed
from graves_tf.figures import text
from graves_tf.figures import window


class Entry(NamedTuple):
    """One of the paper's figures.

    Attributes:
        number: the paper's, or a range of them.
        about: what it shows.
        task: of the network that it needs.
        draw: function of a `Material`; returns a matplotlib `Figure`.
        real: whether it needs lines of a data set.
    """

    number: str
    about: str
    task: str
    draw: Callable
    real: bool = False


FIGURES = {
    "text": Entry(
        "5-8", "text that a text network makes up", "text", text.draw
    ),
    "prediction_density": Entry(
        "10",
        "the predicted density along a word, and its components",
        "prediction",
        partial(density.draw, task="prediction"),
        real=True,
    ),
    "prediction_samples": Entry(
        "11",
        "700 steps of the prediction network",
        "prediction",
        prediction_samples.draw,
    ),
    "window": Entry(
        "13", "the window's path along the text", "synthesis", window.draw
    ),
    "synthesis_density": Entry(
        "14",
        "as 10, of the network that knows the text",
        "synthesis",
        partial(density.draw, task="synthesis"),
        real=True,
    ),
    "unbiased": Entry(
        "15",
        "generated lines below a real one",
        "synthesis",
        partial(beside_real.draw, bias=0.0),
        real=True,
    ),
    "bias": Entry("16", "a ladder of biases", "synthesis", bias_ladder.draw),
    "slight_bias": Entry(
        "17",
        "as 15, at bias 0.15",
        "synthesis",
        partial(beside_real.draw, bias=0.15),
        real=True,
    ),
    "primed": Entry(
        "18-19",
        "a real line, and its style written on",
        "synthesis",
        partial(primed.draw, texts=primed.UNBIASED, bias=0.0),
        real=True,
    ),
    "primed_biased": Entry(
        "20-21",
        "the same, at bias 1",
        "synthesis",
        partial(primed.draw, texts=primed.BIASED, bias=1.0),
        real=True,
    ),
}
