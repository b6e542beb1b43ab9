"""What a signature refuses: checks that are a part of the exported graph.

A request that fails one is answered by the status INVALID_ARGUMENT (400 over
HTTP), with a message that names the input, and is not computed.
"""

import tensorflow as tf

from graves_tf.export.serving_limits import MAX_BIAS
from graves_tf.export.serving_limits import MAX_CHARACTERS
from graves_tf.export.serving_limits import MAX_POINTS


def checked(function, size, names):
    """A function that checks its inputs, then computes on them.

    A row's text ends at its first -1: what stands behind it, such as what a
    server's batching fills rows up with, turns into padding.

    Args:
        function: of tensors.
        size: classes of its `characters`, or of its `symbol`.
        names: of its inputs, in order.

    Returns:
        A function of the same inputs; it takes them by position or by name.
    """

    def run(*values, **named):
        inputs = dict(zip(names, values, strict=False)) | named
        with tf.control_dependencies(list(_checks(inputs, size))):
            values = [tf.identity(inputs[name]) for name in names]
        inputs = dict(zip(names, values, strict=True))
        if "characters" in inputs:
            inputs["characters"] = _ended(inputs["characters"])
        return function(*inputs.values())

    return run


def _checks(inputs, size):
    """The assertions on the inputs that are there."""
    rows = [tf.shape(value)[0] for value in inputs.values()]
    yield _must(
        tf.reduce_all(tf.equal(rows, rows[0])),
        f"All inputs must have as many rows. Received, of {', '.join(inputs)}:",
        rows,
        shown=len(rows),
    )
    for name, value in inputs.items():
        if name in _CHECKS:
            yield from _CHECKS[name](value, size, inputs)
        elif not name.startswith("state_"):
            raise ValueError(f"There is no check of the input {name!r}.")
    carried = [v for n, v in inputs.items() if n.startswith("state_")]
    if carried:
        finite = tf.reduce_all([_finite(value) for value in carried])
        yield _must(
            finite,
            "state_0, state_1, ... must be finite, as init, prime or step gave "
            "them; one is NaN or infinite.",
        )


def _must(condition, message, *received, shown=8):
    # TensorFlow escapes what is not ASCII, and apostrophes.
    return tf.debugging.Assert(condition, [message, *received], summarize=shown)


def _finite(values):
    return tf.reduce_all(tf.math.is_finite(values))


def _one_to(limit, size, what, remedy):
    return _must(
        (size >= 1) & (size <= limit),
        f"{what} must be 1 to {limit}; {remedy}. Received:",
        size,
    )


def _characters(characters, size, _):
    yield _one_to(
        MAX_CHARACTERS,
        tf.shape(characters)[1],
        "The width of characters",
        "write line by line",
    )
    yield _must(
        tf.reduce_all((characters >= -1) & (characters < size)),
        f"characters must be numbers of the alphabet, 0 to {size - 1}, or "
        "-1 at padding. Received from, to:",
        tf.reduce_min(characters),
        tf.reduce_max(characters),
    )
    yield _must(
        # Of a slice: there may be no first.
        tf.reduce_all(tf.reduce_any(characters[:, :1] >= 0, axis=1)),
        "A row of characters is empty, or begins with padding: give each row "
        "a text, and put its padding behind it.",
    )


def _bias(bias, *_):
    yield _must(
        # False of NaN.
        tf.reduce_all((bias >= 0.0) & (bias <= MAX_BIAS)),
        f"bias must be 0 to {MAX_BIAS:g}. Received:",
        bias,
    )


def _uniforms(uniforms, *_):
    if uniforms.shape.rank == 3:
        yield _one_to(
            MAX_POINTS,
            tf.shape(uniforms)[1],
            "The steps of the draws",
            "a line has no more points than that",
        )
    yield _must(
        tf.reduce_all((uniforms >= 0.0) & (uniforms < 1.0)),
        "uniforms must be 0 or more, and below 1. Received from, to:",
        tf.reduce_min(uniforms),
        tf.reduce_max(uniforms),
    )


def _normals(normals, _, inputs):
    yield _must(
        tf.reduce_all(tf.equal(tf.shape(normals), tf.shape(inputs["uniforms"])))
        & _finite(normals),
        "normals must be finite, and as many as uniforms. Received the shape:",
        tf.shape(normals),
    )


def _pen(pen, *_):
    yield _must(_finite(pen), "pen must be finite. Received:", pen)


def _offsets(offsets, *_):
    yield _one_to(
        MAX_POINTS,
        tf.shape(offsets)[1],
        "The steps of the style",
        "take one line of writing, of two points or more",
    )
    yield _must(
        _finite(offsets),
        "offsets must be finite; one is NaN or infinite. Leave such points "
        "out of the strokes of the style.",
    )


def _lengths(lengths, _, inputs):
    steps = tf.shape(inputs["offsets"])[1]
    yield _must(
        tf.reduce_all((lengths >= 1) & (lengths <= steps)),
        "lengths must be 1 or more, and no more than there are offsets: "
        "a style without strokes is none. Received:",
        lengths,
    )


def _symbol(symbol, size, _):
    yield _must(
        tf.reduce_all((symbol >= -1) & (symbol < size)),
        f"symbol must be numbers of the vocabulary, 0 to {size - 1}, or -1 "
        "where a text starts. Received:",
        symbol,
    )


def _temperature(temperature, *_):
    yield _must(
        tf.reduce_all(temperature > 0.0) & _finite(temperature),
        "temperature must be positive and finite. Received:",
        temperature,
    )


def _ended(characters):
    """-1 from each row's first -1 on."""
    ends = tf.cumsum(tf.cast(characters < 0, "int32"), axis=1)
    return tf.where(ends > 0, -1, characters)


_CHECKS = {
    "characters": _characters,
    "bias": _bias,
    "uniforms": _uniforms,
    "uniform": _uniforms,
    "normals": _normals,
    "pen": _pen,
    "offsets": _offsets,
    "lengths": _lengths,
    "symbol": _symbol,
    "temperature": _temperature,
}
