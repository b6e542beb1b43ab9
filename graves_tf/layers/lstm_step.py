"""One step of the LSTM with peepholes (Eqs. 7-11), and its derivative.

The four gates are rows of one tensor, `(B, 4, H)` in the order i, f, c, o,
and every operation works on whole rows: nothing is cut up and put together
again inside of a scan, which compilers do slowly.
"""

import numpy as np
from keras import ops

# σ(z) = ½ tanh(½ z) + ½: one function serves all rows.
_SCALE = np.array([0.5, 0.5, 1.0, 0.5], "float32")[None, :, None]
_SHIFT = np.array([0.5, 0.5, 0.0, 0.5], "float32")[None, :, None]


def _row(index):
    return (np.arange(4) == index)[None, :, None].astype("float32")


_I, _F, _C, _O = (_row(index) for index in range(4))


def gate_peepholes(peepholes):
    """`(3, H)`, rows i, f, o, as `(1, 4, H)` for c_{t-1}, and o's `(H,)`."""
    zero = ops.zeros_like(peepholes[:1])
    return ops.concatenate([peepholes[:2], zero, zero], axis=0)[
        None
    ], peepholes[2]


def lstm_step(z, c, peepholes):
    """Eqs. 7 to 11, after the products with the weights.

    Args:
        z: `(B, 4H)`: the gates' inputs without their peepholes, i, f, c, o.
        c: `(B, H)`: the cells before this step.
        peepholes: what `gate_peepholes` gives.

    Returns:
        `h (B, H)`, `c (B, H)` and the activations `(B, 4, H)`.
    """
    before, after = peepholes
    z = ops.reshape(z, (-1, 4, c.shape[-1]))
    rows = ops.tanh((z + c[:, None, :] * before) * _SCALE) * _SCALE + _SHIFT
    c = rows[:, 1] * c + rows[:, 0] * rows[:, 2]
    o = 0.5 * ops.tanh((z[:, 3] + c * after) * 0.5) + 0.5
    activations = ops.where(_O > 0, o[:, None, :], rows)
    return o * ops.tanh(c), c, activations


def lstm_step_backward(dh, dc, activations, c, c_before, peepholes, bound):
    """Derivatives of one step, clipped at the gates' inputs (Sec. 2.1).

    Args:
        dh: `(B, H)`: derivative with respect to this step's h.
        dc: `(B, H)`: the same for c, as far as the next step gives it.
        activations, c: what `lstm_step` returned. `c_before`: what it got.
        peepholes: what `gate_peepholes` gives.
        bound: scalar, or None for no clipping.

    Returns:
        `dz (B, 4H)`, and `dc_before (B, H)`.
    """

    def clip(d):
        return d if bound is None else ops.clip(d, -bound, bound)

    before, after = peepholes
    i, f, g, o = (activations[:, row] for row in range(4))
    tanh_c = ops.tanh(c)
    do = clip(dh * tanh_c * o * (1.0 - o))
    dc = dc + dh * o * (1.0 - tanh_c * tanh_c) + do * after
    # What each gate is multiplied with, and its own slope: a (1 - a) for σ,
    # (1 + a)(1 - a) for tanh.
    factor = (
        g[:, None, :] * _I + c_before[:, None, :] * _F + i[:, None, :] * _C
    )
    slope = (activations + _C) * (1.0 - activations)
    rows = clip(dc[:, None, :] * factor * slope)
    dc_before = dc * f + rows[:, 0] * before[0, 0] + rows[:, 1] * before[0, 1]
    dz = ops.where(_O > 0, do[:, None, :], rows)
    return ops.reshape(dz, (-1, 4 * c.shape[-1])), dc_before
