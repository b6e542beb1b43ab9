"""Nats and squared errors of whole sequences."""

import keras
import numpy as np
from keras import ops

from graves_tf.losses import is_point
from graves_tf.losses import mdn_nll
from graves_tf.losses import mixture_mean


class Scorer(keras.Model):
    """A network with its loss at the top, one number a sequence.

    Args:
        network: a handwriting network.

    Call arguments:
        inputs: the network's inputs, and `targets (B, T, 3)` beside them.

    Returns:
        `(B, 3)`: L(x) in nats, the sum of the squared errors of E[x1, x2]
        in normalised offsets, and the number of points.
    """

    def __init__(self, network):
        super().__init__(autocast=False, name="scorer")
        self.network = network
        self.built = True

    def call(self, inputs):
        targets = inputs["targets"]
        outputs = self.network(
            {k: v for k, v in inputs.items() if k != "targets"}
        )
        return sequence_figures(targets, outputs)

    def score(self, batches, progress=None):
        """Every sequence of some `HandwritingBatches(seed=None)`.

        Args:
            batches: the batches.
            progress: wraps the iterable of batch numbers, e.g. `tqdm`.

        Returns:
            `figures` of all sequences.
        """
        numbers = range(len(batches))
        rows = []
        for i in progress(numbers) if progress else numbers:
            inputs, targets = batches[i]
            rows.append(self.predict_on_batch({**inputs, "targets": targets}))
        return figures(np.concatenate(rows))


def sequence_figures(targets, outputs):
    """What each sequence of a batch comes to.

    Args:
        targets: `(B, T, 3)`, x3 = -1 at padding.
        outputs: ŷ `(B, T, 1 + 6M)`.

    Returns:
        `(B, 3)`, as a `Scorer` gives it.
    """
    points = is_point(targets)
    safe = ops.where(points[..., None], targets, ops.zeros_like(targets))
    nll = mdn_nll(safe, outputs)
    error = ops.sum(ops.square(safe[..., :2] - mixture_mean(outputs)), axis=-1)
    zero = ops.zeros_like(nll)
    columns = [nll, error, zero + 1.0]
    return ops.stack(
        [ops.sum(ops.where(points, c, zero), axis=-1) for c in columns],
        axis=-1,
    )


def figures(rows):
    """What is reported of all sequences.

    Args:
        rows: `(N, 3)` of `sequence_figures`; those without points are none.

    Returns:
        Dict of `nats_per_sequence`, `nats_per_point`, `sse` (a point),
        `sequences` and `points`.
    """
    rows = rows.astype("float64")
    rows = rows[rows[:, 2] > 0]
    nats, error, points = rows.sum(axis=0)
    return {
        "nats_per_sequence": nats / len(rows),
        "nats_per_point": nats / points,
        "sse": error / points,
        "sequences": len(rows),
        "points": int(points),
    }
