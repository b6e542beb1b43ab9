"""The output layer of text prediction (Eqs. 4, 12)."""

import keras
from keras import ops

from graves_tf.layers.dense_product import dense_product
from graves_tf.layers.noisy_layer import NoisyLayer


@keras.saving.register_keras_serializable(package="graves_tf")
class SoftmaxHead(NoisyLayer):
    """ŷ of Eq. 12, before its softmax: one number a class.

    Weights: `kernel (D, K)`, `bias (K,)`.

    Args:
        classes: K.
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, a
            `VariationalDropout`, or None.

    Call arguments:
        inputs: `(..., D)`.

    Returns:
        `(..., K)`, float32.
    """

    kernels = ("kernel",)

    def __init__(self, classes, weight_noise=None, **kwargs):
        super().__init__(weight_noise=weight_noise, **kwargs)
        if not (isinstance(classes, int) and classes > 0):
            raise ValueError(
                "`classes` must be a positive integer. Received: "
                f"classes={classes}"
            )
        self.classes = classes

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.classes),
            initializer="glorot_uniform",
            autocast=False,
        )
        self.bias = self.add_weight(
            name="bias",
            shape=(self.classes,),
            initializer="zeros",
            autocast=False,
        )
        self.build_noise()

    def call(self, inputs, training=None):
        batch_size = ops.shape(inputs)[0]
        kernel, bias = self.drawn_weights(training, batch_size)
        reading = self.drawn_reading(training, batch_size, inputs.shape[-1])
        inputs = reading.of_parts([inputs], batch_axis=0)
        return dense_product(inputs, kernel, self.compute_dtype) + bias

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.classes)

    def compute_output_spec(self, inputs, training=None):
        return keras.KerasTensor(
            self.compute_output_shape(inputs.shape), dtype=self.variable_dtype
        )

    def get_config(self):
        return {**super().get_config(), "classes": self.classes}
