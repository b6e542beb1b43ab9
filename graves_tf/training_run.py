"""What a training run is made of, whatever its task."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class TrainingRun:
    """The parts that `graves_tf.train` puts together.

    Attributes:
        model: the network, compiled.
        batches: what it trains on, a `keras.utils.PyDataset`; batch `i` of
            the whole run is the same, whenever it is asked for.
        validate: function without arguments, the scores of the held-out data
            by name, lower being better.
        logged: names of the scores that the log keeps; the first decides
            which weights are the best.
        scale: what makes that first score of nats per sequence.
        summary: some lines that say what is trained on what.
        reported: the paper's figure for the first score, or None.
        sample: function of a folder and the number of updates, which draws
            or writes what the network makes; or None.
    """

    model: Any
    batches: Any
    validate: Callable
    logged: tuple
    summary: str
    scale: float = 1.0
    reported: float | None = None
    sample: Callable | None = None
