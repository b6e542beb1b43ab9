"""A scan over time whose outputs need not look like its carry."""

import keras

from graves_tf.layers.compiled import compiled


def time_scan(step, initial, inputs, shapes, reverse=False, over=None):
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
        over: which of `inputs` the first of the outputs, of its shape and
            type, may be written over: one less to be held. TensorFlow's XLA
            then wants no room for it, if nobody else reads that input.

    Returns:
        The last carry, and a tuple of tensors `(T, ...)`.
    """
    if keras.backend.backend() == "jax":
        import jax

        return jax.lax.scan(step, initial, inputs, reverse=reverse)
    import tensorflow as tf

    length = tf.shape(inputs[0])[0]
    arrays = [
        tf.TensorArray(
            x.dtype,
            length,
            # Of `over`, what is read ahead of the end is an output already.
            clear_after_read=i != over,
            element_shape=x.shape[1:],
        ).unstack(x)
        for i, x in enumerate(inputs)
    ]
    room = [
        _room(tf, inputs[0], length, shape, initial[0].dtype)
        for shape in shapes[over is not None :]
    ]

    def time(count):
        return length - 1 - count if reverse else count

    def body(count, carry, emitted, shared):
        t = time(count)
        now = [None if i == over else x.read(t) for i, x in enumerate(arrays)]
        if shared:
            array, now[over] = shared
        carry, outputs = step(carry, tuple(now))
        if shared:
            # Read ahead from where this step has written: in no other order
            # is XLA sure that it need not copy all of it at every step.
            array = array.write(t, outputs[0])
            ahead = array.read(time(tf.minimum(count + 1, length - 1)))
            shared, outputs = (array, ahead), outputs[1:]
        emitted = [e.write(t, y) for e, y in zip(emitted, outputs, strict=True)]
        return count + 1, carry, emitted, shared

    shared = ()
    if over is not None:
        shared = (arrays[over], arrays[over].read(time(0)))
    _, carry, emitted, shared = tf.while_loop(
        lambda count, *_: count < length,
        body,
        (0, tuple(initial), room, shared),
        parallel_iterations=1,
    )
    if shared:
        emitted = [shared[0], *emitted]
    return carry, tuple(e.stack() for e in emitted)


def compiled_scan(step, initial, inputs, shapes, training=True, **options):
    """`time_scan`, `compiled`: for use within a `custom_gradient`."""

    def scan(initial, inputs):
        return time_scan(step, initial, inputs, shapes, **options)

    return compiled(scan, training)(initial, inputs)


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
