"""One step of writing: what every sampler and every export runs."""

from keras import ops

from graves_tf.sampling.pick import pick_point

# What every text goes on with, as far as the network is concerned: its last
# letter is finished like any other, bar and dot, before the next word begins.
NEXT_WORD = " the"
# The stop rule's: see `text_ends`.
STOP_SHARE = 0.85
# A pen comes to rest by so many steps shorter than REST, and moves again with
# one longer than MOVE, both in the offsets' deviation. See `bias_of`.
RESTS = 2
REST = 0.03
MOVE = 0.15


def first_pen(network, batch_size):
    """The null vector (Sec. 2) in the recording's units, `(B, 3)`."""
    mean, _ = _normalisation(network)
    return ops.repeat(mean[None], batch_size, axis=0)


def first_state(network, batch_size):
    """The state before the first step, a flat list of `(B, n)`.

    The network's own; of a synthesis network, behind it, `(B, 2)`: how far
    the pen is to the left of its rightmost ink, in the recording's units, and
    for how many steps it has rested.
    """
    state = network.initial_state(batch_size)
    if network.task != "synthesis":
        return state
    return [*state, ops.zeros((batch_size, 2), "float32")]


def pen_step(network, pen, characters, bias, uniforms, normals, state):
    """From the pen's last offset to its next.

    Args:
        network, pen, characters, state: as in `density_step`.
        bias: `(B,)`.
        uniforms: `(B, 2)`. normals: `(B, 2)`. See `pick_point`.

    Returns:
        `pen (B, 3)`; `stop (B,)` of `text_ends`; `phi` and the state of
        `density_step`.
    """
    y, phi, state = density_step(network, pen, characters, state)
    bias = bias_of(network, bias, state)
    drawn = draw_pen(network, y, bias, uniforms, normals)
    return drawn, text_ends(network, pen, drawn, phi, state), phi, state


def density_step(network, pen, characters, state):
    """From the pen's last offset to the density of its next.

    Args:
        network: a `HandwritingSynthesizer`, or a `HandwritingPredictor`.
        pen: `(B, 3)`: the offset that led to the last point, in the
            recording's units, and its end-of-stroke.
        characters: `(B, U)` int32, -1 at padding; None for a predictor. The
            network sees a text and `NEXT_WORD`; a text with -2 behind it,
            alone.
        state: flat list, as `first_state` gives it.

    Returns:
        ŷ `(B, 1 + 6M)` (Eq. 17); `phi (B, U + 1)`, the window's weights at
        the characters, and last the largest beyond the text; the state. A
        predictor's `phi` is `(B, 1)`, zeros.
    """
    mean, std = _normalisation(network)
    inputs = (pen - mean) / std
    if network.task != "synthesis":
        y, state = network.step(inputs, state)
        return y, ops.zeros_like(pen[:, :1]), state
    *state, last = state
    behind = ops.maximum(last[:, :1] - pen[:, :1], 0.0)
    step = ops.sum(ops.square(pen[:, :2] / std[:2]), axis=1, keepdims=True)
    rests = last[:, 1:] + ops.cast(step < REST * REST, "float32")
    rests = rests * ops.cast(step < MOVE * MOVE, "float32")
    seen, added = with_next_word(network.alphabet, characters)
    y, phi, state = network.step(inputs, seen, state)
    known = ops.cast(characters >= 0, phi.dtype)
    here = phi[:, : -1 - added]
    beyond = ops.concatenate([here * (1.0 - known), phi[:, -1 - added :]], -1)
    phi = ops.concatenate(
        [here * known, ops.max(beyond, axis=1, keepdims=True)], axis=-1
    )
    return y, phi, [*state, ops.concatenate([behind, rests], axis=-1)]


def bias_of(network, bias, state):
    """b of Sec. 5.4 for the next draw, `(B,)`: 0 where the pen is at rest.

    A pen that rests does so for a step or two: of 17,861 rests in 1438 lines
    of IAM-OnDB two in a hundred are longer than three steps. A bias makes what
    is likely next still likelier, and that is to go on resting: at a bias of 2
    every fourth line came to a stand for hundreds of steps, and never to its
    end. The network's own density finds the way out: from the second step at
    rest on until the pen has picked up speed.

    Args:
        network: as in `density_step`.
        bias: `(B,)`.
        state: what came out of `density_step`.
    """
    if network.task != "synthesis":
        return bias
    return ops.where(state[-1][:, 1] >= RESTS, ops.zeros_like(bias), bias)


def text_ends(network, pen, drawn, phi, state):
    """The stop rule, `(B,)` float32: 1 where the drawn pen counts no more.

    The text ends where the pen was lifted, the window looks beyond the text
    nearly as much as at any of its characters (0.85 φ), and the next stroke
    would begin to the right of all ink: there the next word would be. Over 80
    sentences written with the shipped weights the largest φ beyond the text
    is at most 0.69 of that over the text when a line's last mark begins (once
    0.83, of `!`), and at least 1.02 when the next word does.

    The paper's rule (Sec. 5.3), φ(t, U+1) > φ(t, u) for all u, ends in the
    middle of the last letter: of 128 real lines of IAM-OnDB, read with the
    shipped weights, it cuts 7 points off on the median, and it leaves nearly
    every t at a line's end without its bar.

    Args:
        network: as in `density_step`.
        pen: `(B, 3)`, what went into the step.
        drawn: `(B, 3)`, what was drawn from it.
        phi, state: what came out of `density_step`.
    """
    if network.task != "synthesis":
        return ops.zeros_like(pen[:, 0])
    lifted = pen[:, 2] > 0.5
    over = phi[:, -1] > STOP_SHARE * ops.max(phi[:, :-1], axis=-1)
    onward = drawn[:, 0] > state[-1][:, 0]
    ends = ops.logical_and(ops.logical_and(lifted, over), onward)
    return ops.cast(ends, "float32")


def with_next_word(alphabet, characters):
    """A text with `NEXT_WORD` behind it.

    Args:
        alphabet: an `Alphabet`. One that has not all of the word's characters
            leaves the text as it is.
        characters: `(B, U)` int32, -1 at padding. A row with a -2 stays
            without.

    Returns:
        `(B, U + n)` int32, -1 at padding; and n.
    """
    if not alphabet.unknown and alphabet.unknown_in(NEXT_WORD):
        return ops.maximum(characters, -1), 0
    word = alphabet.encode(NEXT_WORD)
    count = len(word)
    lengths = ops.sum(ops.cast(characters >= 0, "int32"), axis=1)
    goes_on = ops.min(characters, axis=1) > -2
    places = ops.arange(ops.shape(characters)[1] + count)[None]
    places = places - ops.cast(lengths, places.dtype)[:, None]
    # The word's own places are 0 … n - 1; -1 before and behind.
    table = ops.convert_to_tensor([-1, *word.tolist(), -1], "int32")
    added = ops.take(table, ops.clip(places, -1, count) + 1, axis=0)
    wide = ops.pad(
        ops.maximum(characters, -1), [[0, 0], [0, count]], constant_values=-1
    )
    return ops.where(goes_on[:, None], ops.maximum(wide, added), wide), count


def draw_pen(network, outputs, bias, uniforms, normals):
    """A draw of `pick_point`, `(B, 3)`, in the recording's units.

    In whole ones where the network has seen no others: it goes on from what is
    drawn, and from steps such as it was trained on it goes on as from ink.
    """
    mean, std = _normalisation(network)
    pen = pick_point(outputs, bias, uniforms, normals) * std + mean
    return ops.round(pen) if network.whole_offsets else pen


def _normalisation(network):
    """Mean and deviation of a pen, `(3,)`; the end-of-stroke stays itself."""
    return (
        ops.convert_to_tensor([*network.offset_mean, 0.0], "float32"),
        ops.convert_to_tensor([*network.offset_std, 1.0], "float32"),
    )
