"""Keras's `ops.custom_gradient` with one calling convention."""

import keras
from keras import ops


def custom_gradient(f):
    """A function whose derivative is written out.

    The backends hand a gradient function its arguments in three ways; here
    it always gets one positional argument for each output of `f`.

    Args:
        f: `f(*args) -> (outputs, grad)`; `grad(*upstream)` returns the
            derivatives with respect to `args`.

    Returns:
        A function of `args` that returns `outputs`.
    """

    @ops.custom_gradient
    def wrapped(*args):
        outputs, grad = f(*args)

        def unified(*args, upstream=None):
            return grad(
                *keras.tree.flatten(args if upstream is None else upstream)
            )

        return outputs, unified

    return wrapped
