"""Sequences joined into one, when their memory is to be had."""

import numpy as np
from keras import ops


def one_step_late(sequence, first, after):
    """`sequence` one step later, `first` in front; not before `after`.

    Args:
        sequence: `(T, B, n)`.
        first: `(B, n)`.
        after: `(B, m)`, as `_wait` has it.

    Returns:
        `(T, B, n)`.
    """
    return ops.concatenate([first[None] + _wait(after), sequence[:-1]], axis=0)


def side_by_side(parts, after=None):
    """The parts `(T, B, n_i)` as one `(T, B, Σ n_i)`; not before `after`."""
    if len(parts) == 1:
        return parts[0]
    first, *others = parts
    if after is not None:
        first = first + _wait(after)
    return ops.concatenate([first, *others], axis=-1)


def apart(x, parts):
    """`x (T, B, Σ n_i)` as a list, in the widths of the parts."""
    if len(parts) == 1:
        return [x]
    ends = np.cumsum([part.shape[-1] for part in parts])[:-1]
    return ops.split(x, ends.tolist(), axis=-1)


def _wait(after):
    """Zero, `(B, 1)`, that takes `after (B, m)`, finite, to compute.

    XLA makes a copy that only the backward pass needs as soon as it can, or
    keeps the forward pass's, and so holds it through the peak of memory.
    """
    return 0.0 * after[:, :1]
