"""One step of writing: what every sampler and every export runs."""

from keras import ops

from graves_tf.sampling.pick import pick_point

# The stop rule's: see `density_step`.
STOP_SHARE = 0.7


def first_pen(network, batch_size):
    """The null vector (Sec. 2) in the recording's units, `(B, 3)`."""
    mean, _ = _normalisation(network)
    return ops.repeat(mean[None], batch_size, axis=0)


def pen_step(network, pen, characters, bias, uniforms, normals, state):
    """From the pen's last offset to its next.

    Args:
        network, pen, characters, state: as in `density_step`.
        bias: `(B,)`.
        uniforms: `(B, 2)`. normals: `(B, 2)`. See `pick_point`.

    Returns:
        `pen (B, 3)`, and `stop`, `phi` and the state of `density_step`.
    """
    y, stop, phi, state = density_step(network, pen, characters, state)
    return draw_pen(network, y, bias, uniforms, normals), stop, phi, state


def density_step(network, pen, characters, state):
    """From the pen's last offset to the density of its next.

    Args:
        network: a `HandwritingSynthesizer`, or a `HandwritingPredictor`.
        pen: `(B, 3)`: the offset that led to the last point, in the
            recording's units, and its end-of-stroke.
        characters: `(B, U)` int32, -1 at padding; None for a predictor.
        state: flat list, as the network's `initial_state` gives it.

    Returns:
        ŷ `(B, 1 + 6M)` (Eq. 17); `stop (B,)` float32, 1 where the text ended
        with the pen that came in, and the next one counts no more;
        `phi (B, U + 1)`; the state. A predictor never stops, and its `phi` is
        `(B, 1)`, zeros.

    The text ends where φ(t, U+1) exceeds 0.7 φ(t, u) for every u and the pen
    is up. The paper's rule (Sec. 5.3), 1 φ(t, u) and a pen anywhere, ends in
    the middle of the last letter: of 128 real lines of IAM-OnDB, read with
    the shipped weights, it cuts 7 points off on the median. With the pen up it
    ends 99 of them at their last point, 20 sooner, and 9 never; with the 0.7
    it is 101, 22 and 5, and fewer lines get ink after their full stop.
    """
    mean, std = _normalisation(network)
    inputs = (pen - mean) / std
    if network.task == "synthesis":
        y, phi, state = network.step(inputs, characters, state)
        over = phi[:, -1] > STOP_SHARE * ops.max(phi[:, :-1], axis=-1)
        stop = ops.logical_and(over, pen[:, 2] > 0.5)
    else:
        y, state = network.step(inputs, state)
        phi = ops.zeros_like(pen[:, :1])
        stop = phi[:, 0] > 0
    return y, ops.cast(stop, "float32"), phi, state


def draw_pen(network, outputs, bias, uniforms, normals):
    """A draw of `pick_point`, `(B, 3)`, in the recording's units."""
    mean, std = _normalisation(network)
    return pick_point(outputs, bias, uniforms, normals) * std + mean


def _normalisation(network):
    """Mean and deviation of a pen, `(3,)`; the end-of-stroke stays itself."""
    return (
        ops.convert_to_tensor([*network.offset_mean, 0.0], "float32"),
        ops.convert_to_tensor([*network.offset_std, 1.0], "float32"),
    )
