"""How sure a measured share is."""

import numpy as np


def ratio_interval(numerators, denominators, confidence=0.95, seed=0):
    """Bootstrap interval of a ratio of sums.

    Args:
        numerators: `(N,)`, one for each independent part of what was
            measured, e.g. a line's errors.
        denominators: `(N,)`, e.g. a line's characters.
        confidence: of the interval.
        seed: of the 2000 resamplings of the N parts.

    Returns:
        `[low, high]`: percentiles of sum(numerators) / sum(denominators).
    """
    numerators = np.asarray(numerators, float)
    denominators = np.asarray(denominators, float)
    count = len(numerators)
    rows = np.random.default_rng(seed).integers(0, count, (2000, count))
    sums = denominators[rows].sum(axis=1)
    ratios = numerators[rows].sum(axis=1)[sums > 0] / sums[sums > 0]
    tail = 50 * (1 - confidence)
    return np.percentile(ratios, [tail, 100 - tail]).tolist()
