"""The LSTM layer of the paper: peepholes, and clipped derivatives."""

import keras
from keras import ops

from graves_tf.layers.input_product import input_product
from graves_tf.layers.lstm_sequence import lstm_sequence
from graves_tf.layers.lstm_step import lstm_step
from graves_tf.layers.noisy_layer import NoisyLayer
from graves_tf.layers.products import product
from graves_tf.layers.weight_noise import folded


@keras.saving.register_keras_serializable(package="graves_tf")
class PeepholeLSTM(NoisyLayer):
    """Long short-term memory with peepholes (Sec. 2.1, Eqs. 7-11).

        i_t = σ(W_xi x_t + W_hi h_{t-1} + w_ci ∘ c_{t-1} + b_i)
        f_t = σ(W_xf x_t + W_hf h_{t-1} + w_cf ∘ c_{t-1} + b_f)
        c_t = f_t ∘ c_{t-1} + i_t ∘ tanh(W_xc x_t + W_hc h_{t-1} + b_c)
        o_t = σ(W_xo x_t + W_ho h_{t-1} + w_co ∘ c_t + b_o)
        h_t = o_t ∘ tanh(c_t)

    The input's products are one matrix product over all time steps; the scan
    does only the recurrent one and the gates. The backward pass is written
    out: it scans back through the stored gates and clips there, which is the
    paper's clipping, then forms each kernel's gradient in one product.

    Weights, gates in the order i, f, c, o: `kernel (D, 4H)`,
    `recurrent_kernel (H, 4H)`, `peephole_kernel (3, H)` (rows i, f, o),
    `bias (4H,)`. With zero peepholes this is `keras.layers.LSTM`.

    The layer's `compute_dtype` is that of the products' operands alone: all
    else, the output too, stays in the variables' dtype.

    Args:
        units: H, the number of cells.
        symbols: V: the first V inputs are the one-hot vector of a symbol,
            given by its number; its products are looked up.
        clip_gradient: limit of the derivative of each sequence's loss with
            respect to the gates' inputs; the paper's is 10. None: no limit.
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, a
            `VariationalDropout`, or None.
        return_sequences: return h at every step rather than the last.
        return_state: also return the last h and c.
        time_major: inputs and outputs are `(T, B, ·)` rather than
            `(B, T, ·)`, which is how the scan has them.
        unit_forget_bias: start the forget gates' bias at 1.
        kernel_initializer: of `kernel`.
        recurrent_initializer: of `recurrent_kernel`.
        peephole_initializer: of `peephole_kernel`.

    Call arguments:
        inputs: `(B, T, D)`, or a list of such to be laid side by side, which
            costs less memory here than outside. With `symbols` the first or
            only one is `(B, T)`, whole numbers, -1 for the null vector.
        initial_state: list of `h (B, H)` and `c (B, H)`; zeros by default.
        mask: `(B, T)` bool; where False the state stays as it is.
        training: whether the weights get their noise.

    Returns:
        `(B, H)`, or `(B, T, H)` with `return_sequences`; with `return_state`
        a tuple of that, `h (B, H)` and `c (B, H)`.

    Example:
    >>> layer = PeepholeLSTM(400, clip_gradient=10, return_sequences=True)
    >>> layer(keras.random.normal((2, 700, 3))).shape
    (2, 700, 400)
    """

    kernels = ("kernel", "recurrent_kernel")

    def __init__(
        self,
        units,
        clip_gradient=None,
        weight_noise=None,
        return_sequences=False,
        return_state=False,
        time_major=False,
        symbols=None,
        unit_forget_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        peephole_initializer="zeros",
        **kwargs,
    ):
        super().__init__(weight_noise=weight_noise, **kwargs)
        if not (isinstance(units, int) and units > 0):
            raise ValueError(
                f"`units` must be a positive integer. Received: units={units}"
            )
        if clip_gradient is not None and not clip_gradient > 0:
            raise ValueError(
                "`clip_gradient` must be positive or None. Received: "
                f"clip_gradient={clip_gradient}"
            )
        self.units = units
        self.clip_gradient = clip_gradient
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.time_major = time_major
        self.symbols = symbols
        self.unit_forget_bias = unit_forget_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(
            recurrent_initializer
        )
        self.peephole_initializer = keras.initializers.get(peephole_initializer)
        self.supports_masking = True

    def build(self, input_shape):
        units = self.units
        shapes = _listed(input_shape)
        size = sum(shape[-1] for shape in shapes[bool(self.symbols) :])
        size += self.symbols or 0

        def bias_initializer(shape, dtype=None):
            bias = ops.zeros((4, units), dtype)
            forget = ops.one_hot(1, 4, dtype=bias.dtype)[:, None]
            return ops.reshape(bias + forget * self.unit_forget_bias, shape)

        self.kernel = self.add_weight(
            name="kernel",
            shape=(size, 4 * units),
            initializer=self.kernel_initializer,
            autocast=False,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(units, 4 * units),
            initializer=self.recurrent_initializer,
            autocast=False,
        )
        self.peephole_kernel = self.add_weight(
            name="peephole_kernel",
            shape=(3, units),
            initializer=self.peephole_initializer,
            autocast=False,
        )
        self.bias = self.add_weight(
            name="bias",
            shape=(4 * units,),
            initializer=bias_initializer,
            autocast=False,
        )
        self.build_noise()

    def initial_state(self, batch_size):
        """Zeros: a list of `h (B, H)` and `c (B, H)`."""
        shape = (batch_size, self.units)
        return [ops.zeros(shape, self.variable_dtype) for _ in range(2)]

    def step(self, inputs, state):
        """One time step: `(B, D)`, `[h, c]` -> `h (B, H)`, `[h, c]`.

        With `symbols` the inputs are `[(B,)]` or `[(B,), (B, D - V)]`.
        """
        h, c = state
        kernel = ops.convert_to_tensor(self.kernel)
        recurrent = ops.convert_to_tensor(self.recurrent_kernel)
        if self.symbols:
            symbols, *parts = inputs
            z = input_product(symbols, parts, kernel, self.compute_dtype)
            z = z + product(h, recurrent, self.compute_dtype)
        else:
            kernel = ops.concatenate([kernel, recurrent], axis=0)
            both = ops.concatenate([inputs, h], axis=-1)
            z = product(both, kernel, self.compute_dtype)
        z = z + self.bias
        h, c, _ = lstm_step(z, c, ops.convert_to_tensor(self.peephole_kernel))
        return h, [h, c]

    def call(self, inputs, initial_state=None, mask=None, training=None):
        parts = list(inputs) if isinstance(inputs, list) else [inputs]
        mask = _one_mask(mask)
        batch_size = ops.shape(parts[0])[1 if self.time_major else 0]
        if initial_state is None:
            initial_state = self.initial_state(batch_size)
        symbols = ops.cast(parts.pop(0), "int32") if self.symbols else None
        parts = [ops.cast(x, self.variable_dtype) for x in parts]
        if not self.time_major:
            parts = [ops.transpose(x, (1, 0, 2)) for x in parts]
            mask = None if mask is None else ops.transpose(mask)
            symbols = None if symbols is None else ops.transpose(symbols)
        kernel, *weights = self.drawn_weights(training, batch_size)
        if parts:
            width = sum(part.shape[-1] for part in parts)
            inputs = self.drawn_reading(
                training, batch_size, width, inputs=True
            )
            parts = inputs.of_parts(parts, batch_axis=1)
        reading = self.drawn_reading(training, batch_size, self.units)
        kernel = folded(kernel, self.symbols or 0, reading.copies)
        h, h_last, c_last = lstm_sequence(
            symbols,
            parts,
            *(w + 0.0 for w in (kernel, *weights)),
            *(ops.cast(s, self.variable_dtype) for s in initial_state),
            mask=mask,
            reading=reading,
            limit=self.clip_gradient,
            dtype=self.compute_dtype,
            training=training,
        )
        if not self.time_major:
            h = ops.transpose(h, (1, 0, 2))
        output = h if self.return_sequences else h_last
        return (output, h_last, c_last) if self.return_state else output

    def compute_output_spec(
        self, inputs, initial_state=None, mask=None, training=None
    ):
        inputs = inputs[0] if isinstance(inputs, list) else inputs
        batch = inputs.shape[1 if self.time_major else 0]
        last = keras.KerasTensor((batch, self.units), dtype=self.variable_dtype)
        sequence = keras.KerasTensor(
            (*inputs.shape[:2], self.units), dtype=self.variable_dtype
        )
        output = sequence if self.return_sequences else last
        return (output, last, last) if self.return_state else output

    def compute_mask(self, inputs, mask=None):
        output = _one_mask(mask) if self.return_sequences else None
        return (output, None, None) if self.return_state else output

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "clip_gradient": self.clip_gradient,
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "time_major": self.time_major,
            "symbols": self.symbols,
            "unit_forget_bias": self.unit_forget_bias,
            "kernel_initializer": keras.initializers.serialize(
                self.kernel_initializer
            ),
            "recurrent_initializer": keras.initializers.serialize(
                self.recurrent_initializer
            ),
            "peephole_initializer": keras.initializers.serialize(
                self.peephole_initializer
            ),
        }


def _listed(shape):
    """The shape or shapes of the inputs, as a list."""
    return shape if isinstance(shape[0], (list, tuple)) else [shape]


def _one_mask(mask):
    """The mask; of Keras's own list, one for each part, the first there is."""
    if isinstance(mask, list):
        return next((m for m in mask if m is not None), None)
    return mask
