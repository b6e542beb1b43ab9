"""Clipping of derivatives on their way back (Secs. 2.1, 4.2)."""

from keras import ops

from graves_tf.layers.custom_gradient import custom_gradient


def per_sequence(limit, batch_size, dtype):
    """The paper's limit, for a loss that is a mean over the batch.

    The paper clips the derivative of L(x), one sequence's loss. `model.fit`
    differentiates the mean over B sequences, in which every derivative is B
    times smaller; so is the limit.
    """
    return limit / ops.cast(batch_size, dtype)


def clip_gradient(x, limit, batch_axis=0):
    """`x` itself, with the derivative of L(x) clipped to [-limit, limit].

    Args:
        x: `(B, ...)`; the training loss is the mean over the B sequences.
        limit: positive number, or None for no clipping.
        batch_axis: the axis of x that is the batch.

    Returns:
        `x`.
    """
    if limit is None:
        return x
    if not limit > 0:
        raise ValueError(f"The limit must be positive. Received: {limit}")

    @custom_gradient
    def identity(x):
        def grad(upstream):
            rows = ops.shape(x)[batch_axis]
            bound = per_sequence(limit, rows, upstream.dtype)
            return ops.clip(upstream, -bound, bound)

        return x + 0.0, grad

    return identity(x)
