"""The random numbers of a line, the same on every runtime."""

import numpy as np


class Draws:
    """The random numbers of one line, as many as it takes.

    They are NumPy's PCG64, seeded by `seed`, the line's number and the
    attempt's: a line's ink does not depend on its neighbours in a batch.

    Args:
        seed: non-negative int.
        line: number of the line.
        attempt: how many times the line was drawn before.
    """

    def __init__(self, seed, line=0, attempt=0):
        self._rng = np.random.default_rng([seed, line, attempt])

    def take(self, count):
        """Uniforms and normals for `count` more steps, each `(count, 2)`."""
        block = np.empty((count, 4), "float32")
        for row in block:
            row[:2] = self._rng.random(2, "float32")
            row[2:] = self._rng.standard_normal(2, "float32")
        return block[:, :2], block[:, 2:]
