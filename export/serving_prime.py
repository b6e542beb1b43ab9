"""Reading styles in one call of an exported sampler (Sec. 5.5)."""

import tensorflow as tf

from graves_tf.sampling.pen_step import density_step
from graves_tf.sampling.pen_step import first_pen
from graves_tf.sampling.pen_step import first_state


def read_styles(network, offsets, lengths, characters):
    """The pen and the state with which a line goes on from a style.

    Args:
        network: a `HandwritingSynthesizer`.
        offsets: `(B, P, 3)`, in the recording's units: each style's, padded
            with anything finite.
        lengths: `(B,)` int32, 1 to P: how many of a row's offsets count.
        characters: `(B, U)` int32, -1 at padding: the style's text, a space,
            and the text that is to be written on.

    Returns:
        `pen (B, 3)`, each style's last offset, and the flat list of the
        state after all before it, as `pen_step` takes them.
    """
    rows, width = tf.shape(offsets)[0], tf.shape(offsets)[1]
    steps = tf.minimum(tf.reduce_max(lengths), width)
    by_step = tf.transpose(offsets, (1, 0, 2))

    def body(t, pen, state):
        reads = (t < lengths)[:, None]
        # Nothing is drawn: the style's own offset comes next.
        _, _, new = density_step(network, pen, characters, state)
        state = [tf.where(reads, n, s) for n, s in zip(new, state, strict=True)]
        return t + 1, tf.where(reads, by_step[t], pen), state

    _, pen, state = tf.while_loop(
        lambda t, *_: t < steps,
        body,
        (0, first_pen(network, rows), first_state(network, rows)),
        parallel_iterations=1,
    )
    return pen, state
