"""The output layer of the handwriting networks (Sec. 4.1)."""

import keras
import numpy as np
from keras import ops

from graves_tf.layers.clip_gradient import clip_gradient
from graves_tf.layers.dense_product import dense_product
from graves_tf.layers.noisy_layer import NoisyLayer


@keras.saving.register_keras_serializable(package="graves_tf")
class MDNHead(NoisyLayer):
    """The network outputs ŷ of Eq. 17: a linear layer.

    The last axis is `ê, π̂, μ̂1, μ̂2, σ̂1, σ̂2, ρ̂`: one end-of-stroke output, then
    M of each of the others. `graves_tf.losses.mdn_nll` and the samplers work
    on ŷ itself, in log space; Eqs. 18 to 22 are nowhere evaluated alone.

    The result is float32 whatever the layer's `compute_dtype`, which is that
    of the product's operands.

    Args:
        num_mixtures: M, the number of bivariate Gaussians; the paper's is 20.
        clip_gradient: limit of the derivative of each sequence's loss with
            respect to ŷ; the paper's is 100. None: no limit.
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, a
            `VariationalDropout`, or None.
        time_major: the batch is the second axis, not the first.
        held: μ1, μ2, σ1, σ2 of the last Gaussian, of which then nothing but
            the weight π is learned (its ρ is 0); None: all of them are.

    Call arguments:
        inputs: `(B, D)`, `(B, T, D)`, or `(T, B, D)` with `time_major`; or a
            list of such, side by side, of D in all.
        training: whether the weights get their noise.

    Returns:
        `(..., 1 + 6M)`.
    """

    kernels = ("kernel",)

    def __init__(
        self,
        num_mixtures=20,
        clip_gradient=100.0,
        weight_noise=None,
        time_major=False,
        held=None,
        **kwargs,
    ):
        super().__init__(weight_noise=weight_noise, **kwargs)
        if not (isinstance(num_mixtures, int) and num_mixtures > 0):
            raise ValueError(
                "`num_mixtures` must be a positive integer. Received: "
                f"num_mixtures={num_mixtures}"
            )
        self.num_mixtures = num_mixtures
        self.clip_gradient = clip_gradient
        self.time_major = time_major
        self.held = None if held is None else tuple(float(x) for x in held)
        if self.held and (len(self.held) != 4 or min(self.held[2:]) <= 0):
            raise ValueError(
                "`held` must be μ1, μ2, σ1, σ2, of which σ1 and σ2 are above "
                f"0. Received: held={held}"
            )
        if self.held and num_mixtures < 2:
            raise ValueError(
                "With a Gaussian held, `num_mixtures` must be at least 2. "
                f"Received: num_mixtures={num_mixtures}"
            )

    def build(self, input_shape):
        outputs = 1 + 6 * self.num_mixtures
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], outputs),
            initializer="glorot_uniform",
            autocast=False,
        )
        self.bias = self.add_weight(
            name="bias",
            shape=(outputs,),
            initializer="zeros",
            autocast=False,
        )
        self.build_noise()

    def call(self, inputs, training=None):
        parts = keras.tree.flatten(inputs)
        batch_axis = 1 if self.time_major and len(parts[0].shape) > 2 else 0
        batch_size = ops.shape(parts[0])[batch_axis]
        kernel, bias = self._with_held(
            *self.drawn_weights(training, batch_size)
        )
        reading = self.drawn_reading(training, batch_size, self.kernel.shape[0])
        parts = reading.of_parts(parts, batch_axis)
        outputs = dense_product(parts, kernel, self.compute_dtype) + bias
        return clip_gradient(outputs, self.clip_gradient, batch_axis)

    def _with_held(self, kernel, bias):
        """The weights with those of the Gaussian that is not learned."""
        if not self.held:
            return kernel, bias
        mu1, mu2, sigma1, sigma2 = self.held
        values = [mu1, mu2, np.log(sigma1), np.log(sigma2), 0.0]
        # Behind ê and π̂, the last of each group of M.
        places = self.num_mixtures * np.arange(2, 7)
        size = 1 + 6 * self.num_mixtures
        learned, constant = np.ones(size), np.zeros(size)
        learned[places], constant[places] = 0.0, values
        learned = ops.convert_to_tensor(learned, "float32")
        constant = ops.convert_to_tensor(constant, "float32")
        return kernel * learned, bias * learned + constant

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 1 + 6 * self.num_mixtures)

    def compute_output_spec(self, inputs, training=None):
        first = keras.tree.flatten(inputs)[0]
        return keras.KerasTensor(
            self.compute_output_shape(first.shape), dtype=self.variable_dtype
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_mixtures": self.num_mixtures,
            "clip_gradient": self.clip_gradient,
            "time_major": self.time_major,
            "held": list(self.held) if self.held else None,
        }
