"""The LSTM with peepholes over a whole sequence, its derivative written out."""

from keras import ops

from graves_tf.layers.clip_gradient import per_sequence
from graves_tf.layers.compiled import compiled
from graves_tf.layers.custom_gradient import custom_gradient
from graves_tf.layers.input_product import input_gradients
from graves_tf.layers.input_product import input_product
from graves_tf.layers.input_product import look_up
from graves_tf.layers.joining import one_step_late
from graves_tf.layers.lstm_step import lstm_step
from graves_tf.layers.lstm_step import lstm_step_backward
from graves_tf.layers.lstm_step import peephole_gradient
from graves_tf.layers.products import outer_sum
from graves_tf.layers.products import repeated_product
from graves_tf.layers.time_scan import compiled_scan


def lstm_sequence(
    symbols,
    parts,
    kernel,
    recurrent,
    peepholes,
    bias,
    h0,
    c0,
    *,
    mask,
    reading,
    limit,
    dtype,
    training,
):
    """`PeepholeLSTM` over all steps.

    From `symbols (T, B)` or None, and the list of the parts of
    `x (T, B, D)`, to `h (T, B, H)`, and the last `h (B, H)` and
    `c (B, H)`. `reading` is a `Reading` of h, for the recurrent product. Only
    operands of products are ever in `dtype`: XLA on CPUs stores narrow types
    from within a scan at half the speed.
    """
    # (T, B, 1), 1 where the step counts.
    mask = () if mask is None else (ops.cast(mask, c0.dtype)[:, :, None],)
    first = parts[0] if symbols is None else symbols
    batch, units = first.shape[1], peepholes.shape[1]

    @custom_gradient
    def run(kernel, recurrent, peepholes, bias, h0, c0, *parts):
        times_recurrent = repeated_product(recurrent, batch, dtype)
        if parts:
            z = compiled(input_product, training)(symbols, parts, kernel, dtype)
        else:
            # Looked up step by step: all steps' rows would be much memory.
            z = symbols

        def forward(carry, inputs):
            h, c = carry
            z, keep = inputs[0], inputs[1:]
            if not parts:
                z = look_up(z, kernel)
            new_h, new_c, activations = lstm_step(
                z + times_recurrent(reading(h)) + bias, c, peepholes
            )
            if keep:
                new_h = h + keep[0] * (new_h - h)
                new_c = c + keep[0] * (new_c - c)
            return (new_h, new_c), (*activations, new_h, c)

        last, (*activations, h, c_before) = compiled_scan(
            forward,
            (h0, c0),
            (z, *mask),
            [(batch, 4 * units), (batch, units), (batch, units)],
            training=training,
            over=0 if parts else None,
        )

        def grad(dh_all, dh_last, dc_last):
            bound = limit and per_sequence(limit, ops.shape(h)[1], h.dtype)
            back = repeated_product(recurrent, batch, dtype, transpose=True)

            def backward(carry, inputs):
                dh, dc = carry
                dh_t, c_before, *activations = inputs[len(mask) :]
                dh = dh + dh_t
                # What a step that does not count hands on untouched.
                past_h = past_c = 0.0
                if mask:
                    keep = inputs[0]
                    past_h, past_c = dh * (1.0 - keep), dc * (1.0 - keep)
                    dh, dc = dh * keep, dc * keep
                dz, dc = lstm_step_backward(
                    dh, dc, c_before, activations, peepholes, bound
                )
                dh = reading.back(back(dz))
                return (dh + past_h, dc + past_c), (dz,)

            (dh0, dc0), (dz,) = compiled_scan(
                backward,
                (dh_last, dc_last),
                (*mask, dh_all, c_before, *activations),
                [(batch, 4 * units)],
                reverse=True,
                over=len(mask) + 2,
            )
            # In one shape for all: XLA makes a copy for each.
            dz = ops.reshape(dz, (-1, 4 * units))
            dkernel, dparts = compiled(input_gradients)(
                symbols, parts, kernel, dz, dtype, dh0
            )
            return (
                dkernel,
                compiled(outer_sum)(
                    reading(one_step_late(h, h0, dh0)), dz, dtype
                ),
                peephole_gradient(dz, c_before, last[1]),
                ops.sum(dz, axis=0),
                dh0,
                dc0,
                *dparts,
            )

        return (h, *last), grad

    return run(kernel, recurrent, peepholes, bias, h0, c0, *parts)
