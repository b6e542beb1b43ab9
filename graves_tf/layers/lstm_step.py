"""One step of the LSTM with peepholes (Eqs. 7-11), and its derivative."""

import keras
from keras import ops

from graves_tf.layers.compiled import at_once


def sigmoid(x):
    """σ by way of tanh, which vectorises better."""
    return 0.5 * ops.tanh(0.5 * x) + 0.5


def lstm_step(z, c, peepholes):
    """Eqs. 7 to 11, after the products with the weights.

    Args:
        z: `(B, 4H)`: the gates' inputs without their peepholes, i, f, c, o.
        c: `(B, H)`: the cells before this step.
        peepholes: `(3, H)`: rows i, f, o.

    Returns:
        `h (B, H)`, `c (B, H)` and the activations, to be kept for
        `lstm_step_backward`: a list of tensors, as the backend best stores
        them from within a scan. On TensorFlow it is one, in the shape of z.
    """
    zi, zf, zc, zo = ops.split(z, 4, axis=-1)
    i = sigmoid(zi + c * peepholes[0])
    f = sigmoid(zf + c * peepholes[1])
    g = ops.tanh(zc)
    i, f, g, c = at_once((i, f, g, f * c + i * g))
    o = sigmoid(zo + c * peepholes[2])
    activations = [i, f, g, o]
    if keras.backend.backend() == "tensorflow":
        activations = [ops.concatenate(activations, axis=-1)]
    return o * ops.tanh(c), c, activations


def lstm_step_backward(dh, dc, c_before, activations, peepholes, bound):
    """Derivatives of one step, clipped at the gates' inputs (Sec. 2.1).

    Args:
        dh: `(B, H)`: derivative with respect to this step's h.
        dc: `(B, H)`: the same for c, as far as the next step gives it.
        c_before: `(B, H)`: the cells that `lstm_step` got.
        activations: what it returned.
        peepholes: `(3, H)`.
        bound: scalar, or None for no clipping.

    Returns:
        `dz (B, 4H)`, and `dc_before (B, H)`.
    """

    def clip(d):
        return d if bound is None else ops.clip(d, -bound, bound)

    if len(activations) == 1:
        activations = at_once(tuple(ops.split(activations[0], 4, axis=-1)))
    i, f, g, o = activations
    tanh_c = ops.tanh(f * c_before + i * g)
    do = clip(dh * tanh_c * o * (1.0 - o))
    dc = dc + dh * o * (1.0 - tanh_c * tanh_c) + do * peepholes[2]
    di = clip(dc * g * i * (1.0 - i))
    df = clip(dc * c_before * f * (1.0 - f))
    dg = clip(dc * i * (1.0 - g * g))
    dc_before = dc * f + di * peepholes[0] + df * peepholes[1]
    *dz, dc_before = at_once((di, df, dg, do, dc_before))
    return ops.concatenate(dz, axis=-1), dc_before


def peephole_gradient(dz, c_before, c_last):
    """The peepholes' gradient `(3, H)` from all steps.

    Args:
        dz: `(TB, 4H)`.
        c_before: `(T, B, H)`: the cells before each step, which i and f saw.
            Those that o saw are the same, one step on.
        c_last: `(B, H)`: the cells after the last step.
    """
    rows, units = ops.shape(c_last)
    c_before = ops.reshape(c_before, (-1, units))
    di, df, _, do = ops.split(dz, 4, axis=-1)
    return ops.stack(
        [
            ops.sum(di * c_before, axis=0),
            ops.sum(df * c_before, axis=0),
            ops.sum(do[:-rows] * c_before[rows:], axis=0)
            + ops.sum(do[-rows:] * c_last, axis=0),
        ]
    )
