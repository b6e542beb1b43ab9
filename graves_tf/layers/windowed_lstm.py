"""The first hidden layer of the synthesis network, with its window."""

import keras
from keras import ops

from graves_tf.layers.clip_gradient import per_sequence
from graves_tf.layers.compiled import compiled
from graves_tf.layers.custom_gradient import custom_gradient
from graves_tf.layers.joining import one_step_late
from graves_tf.layers.joining import side_by_side
from graves_tf.layers.lstm_step import lstm_step
from graves_tf.layers.lstm_step import lstm_step_backward
from graves_tf.layers.lstm_step import peephole_gradient
from graves_tf.layers.peephole_lstm import PeepholeLSTM
from graves_tf.layers.products import outer_sum
from graves_tf.layers.products import repeated_product
from graves_tf.layers.soft_window import SoftWindow
from graves_tf.layers.soft_window import character_positions
from graves_tf.layers.soft_window import read_window
from graves_tf.layers.soft_window import window_backward
from graves_tf.layers.soft_window import window_parameters
from graves_tf.layers.soft_window import window_weights
from graves_tf.layers.time_scan import compiled_scan
from graves_tf.layers.weight_noise import folded
from graves_tf.layers.weight_noise import get_weight_noise
from graves_tf.layers.weight_noise import serialize_weight_noise


@keras.saving.register_keras_serializable(package="graves_tf")
class WindowedLSTM(keras.layers.Layer):
    """A `PeepholeLSTM` and a `SoftWindow` in one recurrence (Eq. 52).

    The window reads h_t; what it reads, w_t, is an input of the LSTM at
    t + 1. The whole sequence's derivative is written out, the window's by
    Eqs. 56 to 60.

    It owns a `PeepholeLSTM`, `lstm`, whose inputs are x_t and w_{t-1} side by
    side, and a `SoftWindow`, `window`; a step runs just those two.

    Args:
        units: H, the LSTM's cells.
        num_gaussians: K, the window's Gaussians.
        clip_gradient: as in `PeepholeLSTM`.
        characters_per_point: as in `SoftWindow`.
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, a
            `VariationalDropout`, or None: that of `lstm` and of `window`.
        time_major: as in `PeepholeLSTM`.

    Call arguments:
        inputs: `(B, T, D)`.
        characters: `(B, U, A)`, one-hot; padding is all zeros.
        training: whether the weights get their noise.

    Returns:
        `h (B, T, H)`, `w (B, T, A)` and `kappa (B, T, K)`.
    """

    def __init__(
        self,
        units,
        num_gaussians=10,
        clip_gradient=None,
        characters_per_point=0.04,
        weight_noise=None,
        time_major=False,
        **kwargs,
    ):
        kwargs.setdefault("autocast", False)
        super().__init__(**kwargs)
        self.units = units
        self.num_gaussians = num_gaussians
        self.clip_gradient = clip_gradient
        self.characters_per_point = characters_per_point
        self.weight_noise = get_weight_noise(weight_noise)
        self.time_major = time_major
        self.lstm = PeepholeLSTM(
            units,
            clip_gradient=clip_gradient,
            weight_noise=self.weight_noise,
            dtype=self.dtype_policy,
            name="lstm",
        )
        self.window = SoftWindow(
            num_gaussians,
            characters_per_point=characters_per_point,
            weight_noise=self.weight_noise,
            dtype=self.dtype_policy,
            name="window",
        )

    def build(self, inputs_shape, characters_shape):
        batch, length, dimension = inputs_shape
        self.lstm.build((batch, length, dimension + characters_shape[-1]))
        self.window.build((batch, self.units))

    def initial_state(self, batch_size, alphabet_size):
        """Zeros: a list of h, c, w `(B, A)` and κ."""
        return [
            *self.lstm.initial_state(batch_size),
            ops.zeros((batch_size, alphabet_size), self.variable_dtype),
            self.window.initial_state(batch_size),
        ]

    def step(self, inputs, characters, state, mask=None):
        """One step: `(B, D)`, `(B, U, A)`, state -> h, w, φ, state."""
        h, c, w, kappa = state
        both = ops.concatenate([inputs, w], axis=-1)
        h, (_, c) = self.lstm.step(both, [h, c])
        w, kappa, phi = self.window(
            h, characters, kappa, mask=mask, training=False
        )
        return h, w, phi, [h, c, w, kappa]

    def call(self, inputs, characters, training=None):
        inputs = ops.cast(inputs, self.variable_dtype)
        if not self.time_major:
            inputs = ops.transpose(inputs, (1, 0, 2))
        batch_size = ops.shape(inputs)[1]
        kernel, *weights = self.lstm.drawn_weights(training, batch_size)
        weights += self.window.drawn_weights(training, batch_size)
        reading = self.lstm.drawn_reading(training, batch_size, self.units)
        window_reading = self.lstm.drawn_reading(
            training, batch_size, characters.shape[-1], inputs=True
        )
        kernel = folded(kernel, inputs.shape[-1], window_reading.copies)
        outputs = _whole_sequence(
            inputs,
            ops.cast(characters, self.variable_dtype),
            *(w + 0.0 for w in (kernel, *weights)),
            reading=reading,
            window_reading=window_reading,
            limit=self.clip_gradient,
            dtype=self.compute_dtype,
            training=training,
        )
        if self.time_major:
            return outputs
        return tuple(ops.transpose(y, (1, 0, 2)) for y in outputs)

    def compute_output_spec(self, inputs, characters, training=None):
        sizes = (self.units, characters.shape[-1], self.num_gaussians)
        return tuple(
            keras.KerasTensor(
                (*inputs.shape[:2], size), dtype=self.variable_dtype
            )
            for size in sizes
        )

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "num_gaussians": self.num_gaussians,
            "clip_gradient": self.clip_gradient,
            "characters_per_point": self.characters_per_point,
            "weight_noise": serialize_weight_noise(self.weight_noise),
            "time_major": self.time_major,
        }


def _whole_sequence(
    x,
    characters,
    kernel,
    recurrent,
    peepholes,
    bias,
    window_kernel,
    window_bias,
    *,
    reading,
    window_reading,
    limit,
    dtype,
    training,
):
    """h, w and κ at every step, `(T, B, ·)`, the derivative written out."""
    units, alphabet = peepholes.shape[1], characters.shape[-1]
    dimension = kernel.shape[0] - window_reading.copies * alphabet
    # Rows of the recurrent kernel, above those for the window.
    above = recurrent.shape[0]
    count = window_bias.shape[0] // 3
    batch, rows = x.shape[1], ops.shape(x)[1]
    exact = keras.backend.standardize_dtype(x.dtype)
    positions = character_positions(ops.shape(characters)[1], x.dtype)
    # The carry: h, c, w, κ.
    sizes = (units, units, alphabet, count)
    zeros = tuple(ops.zeros((rows, size), x.dtype) for size in sizes)

    def read(h, w):
        """What comes from the step before."""
        return [reading(h), window_reading(w)]

    @custom_gradient
    def run(x, kernel, recurrent, peepholes, bias, window_kernel, window_bias):
        # One product for h and w.
        delayed = ops.concatenate([recurrent, kernel[dimension:]], axis=0)
        times_delayed = repeated_product(delayed, batch, dtype)
        # D is 3: this product is cheap, and exact pen offsets are worth it.
        z = ops.matmul(x, kernel[:dimension])

        def forward(carry, inputs):
            h, c_before, w, kappa = carry
            before = ops.concatenate(read(h, w), axis=-1)
            h, c, activations = lstm_step(
                inputs[0] + times_delayed(before) + bias,
                c_before,
                peepholes,
            )
            parameters = ops.matmul(h, window_kernel) + window_bias
            alpha, beta, kappa = window_parameters(parameters, kappa)
            phi = window_weights(alpha, beta, kappa, positions)
            w = read_window(phi, characters)
            emitted = (*activations, h, c_before, w, kappa, parameters)
            return (h, c, w, kappa), emitted

        sizes = (4 * units, units, units, alphabet, count, 3 * count)
        (_, c_last, *_), emitted = compiled_scan(
            forward,
            zeros,
            (z,),
            [(batch, size) for size in sizes],
            training=training,
            over=0,
        )
        *activations, h, c_before, w, kappa, parameters = emitted

        def grad(dh_all, dw_all, dkappa_all):
            bound = limit and per_sequence(limit, ops.shape(x)[1], x.dtype)
            back = repeated_product(delayed, batch, dtype, transpose=True)
            window_back = ops.transpose(window_kernel)
            characters_back = ops.transpose(characters, (0, 2, 1))

            def backward(carry, inputs):
                dh, dc, dw, dkappa = carry
                *window, dh_t, c_before = inputs[:6]
                dw_t, dkappa_t, parameters, kappa = window
                dparameters, dkappa = window_backward(
                    dw + dw_t,
                    dkappa + dkappa_t,
                    parameters,
                    kappa,
                    positions,
                    characters_back,
                )
                dh = dh + dh_t + ops.matmul(dparameters, window_back)
                dz, dc = lstm_step_backward(
                    dh, dc, c_before, inputs[6:], peepholes, bound
                )
                before = back(dz)
                dh = reading.back(before[:, :above])
                dw = window_reading.back(before[:, above:])
                carry = (dh, dc, dw, dkappa)
                return carry, (dz, dparameters)

            (after, *_), (dz, dparameters) = compiled_scan(
                backward,
                zeros,
                (
                    *(dw_all, dkappa_all, parameters, kappa),
                    *(dh_all, c_before, *activations),
                ),
                [(batch, 4 * units), (batch, 3 * count)],
                reverse=True,
                over=6,
            )
            # In one shape for all: XLA makes a copy for each.
            dz = ops.reshape(dz, (-1, 4 * units))
            h0, _, w0, _ = zeros
            before = read(
                one_step_late(h, h0, after), one_step_late(w, w0, after)
            )
            from_before = compiled(outer_sum)(side_by_side(before), dz, dtype)
            dx = ops.matmul(dz, ops.transpose(kernel[:dimension]))
            return (
                ops.reshape(dx, ops.shape(x)),
                ops.concatenate(
                    [outer_sum(x, dz, exact), from_before[above:]], axis=0
                ),
                from_before[:above],
                peephole_gradient(dz, c_before, c_last),
                ops.sum(dz, axis=0),
                outer_sum(h, dparameters, exact),
                ops.sum(dparameters, axis=(0, 1)),
            )

        return (h, w, kappa), grad

    return run(
        x, kernel, recurrent, peepholes, bias, window_kernel, window_bias
    )
