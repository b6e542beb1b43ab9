"""One step of the LSTM with peepholes (Eqs. 7-11), and its derivative."""

import keras
from keras import ops


def at_once(tensors):
    """The same tensors, as they are to be computed: once, and together.

    Within a scan XLA copies cheap arithmetic into each of its users; in a
    step's derivative that doubles the time. TensorFlow's own XLA gains
    nothing by this.
    """
    if keras.backend.backend() == "jax":
        import jax

        return jax.lax.optimization_barrier(tensors)
    return tensors


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
        `h (B, H)`, `c (B, H)` and the activations, four `(B, H)`.
    """
    zi, zf, zc, zo = ops.split(z, 4, axis=-1)
    i = sigmoid(zi + c * peepholes[0])
    f = sigmoid(zf + c * peepholes[1])
    g = ops.tanh(zc)
    i, f, g, c = at_once((i, f, g, f * c + i * g))
    o = sigmoid(zo + c * peepholes[2])
    return o * ops.tanh(c), c, (i, f, g, o)


def lstm_step_backward(dh, dc, saved, peepholes, bound):
    """Derivatives of one step, clipped at the gates' inputs (Sec. 2.1).

    Args:
        dh: `(B, H)`: derivative with respect to this step's h.
        dc: `(B, H)`: the same for c, as far as the next step gives it.
        saved: the cells that `lstm_step` got, and the activations that it
            returned: five `(B, H)`.
        peepholes: `(3, H)`.
        bound: scalar, or None for no clipping.

    Returns:
        `dz (B, 4H)`, and `dc_before (B, H)`.
    """

    def clip(d):
        return d if bound is None else ops.clip(d, -bound, bound)

    c_before, i, f, g, o = saved
    tanh_c = ops.tanh(f * c_before + i * g)
    do = clip(dh * tanh_c * o * (1.0 - o))
    dc = dc + dh * o * (1.0 - tanh_c * tanh_c) + do * peepholes[2]
    di = clip(dc * g * i * (1.0 - i))
    df = clip(dc * c_before * f * (1.0 - f))
    dg = clip(dc * i * (1.0 - g * g))
    dc_before = dc * f + di * peepholes[0] + df * peepholes[1]
    *dz, dc_before = at_once((di, df, dg, do, dc_before))
    return ops.concatenate(dz, axis=-1), dc_before


def peephole_gradient(dz, saved):
    """The peepholes' gradient `(3, H)` from all steps.

    Args:
        dz: `(T, B, 4H)`.
        saved: as in `lstm_step_backward`, of all steps: `(T, B, H)` each. The
            cells that o saw are those that i and f saw, one step on.
    """
    c_before, i, f, g, _ = saved
    di, df, _, do = ops.split(dz, 4, axis=-1)
    seen = ((di, c_before), (df, c_before), (do, f * c_before + i * g))
    return ops.stack([ops.sum(d * cells, axis=(0, 1)) for d, cells in seen])
