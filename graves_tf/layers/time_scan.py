"""A scan over time whose outputs need not look like its carry."""

import keras


def time_scan(step, initial, inputs, shapes, reverse=False):
    """Run `step` along the leading axis of `inputs`.

    `keras.ops.scan` is this on JAX; on TensorFlow it wants outputs in the
    structure of the carry, which would store every carried tensor at every
    time step. Here each backend stores what `step` emits and no more.

    Args:
        step: `step(carry, inputs_t) -> (carry, outputs_t)`, all tuples.
        initial: tuple of tensors, the first carry.
        inputs: tuple of tensors `(T, ...)`.
        shapes: of each of `outputs_t`; their type is the first carry's.
        reverse: from the last time step to the first; outputs stay in the
            order of the inputs.

    Returns:
        The last carry, and a tuple of tensors `(T, ...)`.
    """
    if keras.backend.backend() == "jax":
        import jax

        return jax.lax.scan(step, initial, inputs, reverse=reverse)
    import tensorflow as tf

    length = tf.shape(inputs[0])[0]
    arrays = [
        tf.TensorArray(x.dtype, length, element_shape=x.shape[1:]).unstack(x)
        for x in inputs
    ]
    emitted = [
        _room(tf, inputs[0], length, shape, initial[0].dtype)
        for shape in shapes
    ]

    def body(count, carry, emitted):
        t = length - 1 - count if reverse else count
        carry, outputs = step(carry, tuple(x.read(t) for x in arrays))
        emitted = [e.write(t, y) for e, y in zip(emitted, outputs, strict=True)]
        return count + 1, carry, emitted

    _, carry, emitted = tf.while_loop(
        lambda count, *_: count < length,
        body,
        (0, tuple(initial), emitted),
        parallel_iterations=1,
    )
    return carry, tuple(e.stack() for e in emitted)


def _room(tf, like, length, shape, dtype):
    """An array to be filled, in memory of its own.

    XLA lets arrays that start as zeros begin as one, and copies each when it
    is first written: all at once, at the peak of memory. A value that is not
    known when compiling keeps them apart.
    """
    start = tf.cast(tf.reshape(like, [-1])[0], dtype)
    rows = tf.shape(like)[1]
    full = [length, *(rows if size is None else size for size in shape)]
    array = tf.TensorArray(dtype, length, element_shape=shape)
    return array.unstack(tf.fill(full, start))
