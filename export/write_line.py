"""Whole lines in one call of an exported sampler."""

import tensorflow as tf

from graves_tf.sampling.pen_step import pen_step


def write_line(network, characters, bias, uniforms, normals, pen, state):
    """Whole lines in one call, a step for each of the draws at most.

    Args:
        network: a `HandwritingSynthesizer`.
        characters: `(B, U)` int32, -1 at padding.
        bias: `(B,)`.
        uniforms, normals: `(B, T, 2)`.
        pen: `(B, 3)`: where the lines go on from, in the recording's units;
            `first_pen` where they begin.
        state: flat list that goes with it.

    Returns:
        dict of `pens (B, T, 3)` and `phi (B, T, U + 1)`, both zero from a
        row's length on; `length (B,)` int32, T where the line did not finish;
        `finished (B,)` bool.
    """
    rows, bound = tf.shape(uniforms)[0], tf.shape(uniforms)[1]
    by_step = [tf.transpose(x, (1, 0, 2)) for x in (uniforms, normals)]
    pens = tf.TensorArray("float32", bound, element_shape=(None, 3))
    phis = tf.TensorArray("float32", bound, element_shape=(None, None))
    width = tf.shape(characters)[1] + 1

    def unfinished(t, length, *_):
        return (t < bound) & tf.reduce_any(length == bound)

    def body(t, length, pen, state, pens, phis):
        drawn, stop, phi, state = pen_step(
            network, pen, characters, bias, by_step[0][t], by_step[1][t], state
        )
        # The stop rule speaks of the pen that came in: at the first step
        # that one is not the line's.
        stops = (stop > 0) & (t > 0) & (length == bound)
        length = tf.where(stops, t, length)
        writes = tf.cast(length == bound, "float32")[:, None]
        return (
            t + 1,
            length,
            drawn,
            state,
            pens.write(t, drawn * writes),
            phis.write(t, phi * writes),
        )

    steps, length, _, _, pens, phis = tf.while_loop(
        unfinished,
        body,
        (0, tf.fill([rows], bound), pen, list(state), pens, phis),
        parallel_iterations=1,
    )

    def stacked(array, size):
        # Steps that did not run wrote nothing, not even their shape.
        written = tf.transpose(array.gather(tf.range(steps)), (1, 0, 2))
        rest = tf.zeros((rows, bound - steps, size))
        return tf.concat([written, rest], axis=1)

    return {
        "pens": tf.ensure_shape(stacked(pens, 3), (None, None, 3)),
        "phi": stacked(phis, width),
        "length": length,
        "finished": length < bound,
    }
