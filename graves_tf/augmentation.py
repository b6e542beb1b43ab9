"""Lines of handwriting as other hands might have written them."""

import numpy as np


def deformed(offsets, std, rng, whole=False):
    """Offsets of a line that is stretched and slanted, all of it alike.

    x' = e^(std·a) x + std·b y, y' = e^(std·c) y, where a, b and c are drawn
    from normal distributions.

    Args:
        offsets: `(T, 3)`: dx, dy, end-of-stroke, in the recording's units.
        std: how much, e.g. 0.1: two lines in three are at most a tenth wider
            or narrower, and as much higher or lower, than they were.
        rng: `np.random.Generator`.
        whole: put the points on whole units, as a whiteboard records them.

    Returns:
        `(T, 3)` float32.
    """
    wider, slant, higher = std * rng.standard_normal(3)
    matrix = [[np.exp(wider), 0.0], [slant, np.exp(higher)]]
    steps = offsets[:, :2].astype(np.float64) @ matrix
    if whole:
        points = np.rint(np.cumsum(steps, axis=0))
        steps = np.diff(points, axis=0, prepend=0.0)
    return np.concatenate([steps, offsets[:, 2:]], 1).astype(np.float32)
