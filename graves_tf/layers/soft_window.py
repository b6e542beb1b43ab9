"""The soft window over the text (Sec. 5.1)."""

import keras
import numpy as np
from keras import ops

from graves_tf.layers.noisy_layer import NoisyLayer


@keras.saving.register_keras_serializable(package="graves_tf")
class SoftWindow(NoisyLayer):
    """A mixture of Gaussians that slides along the text (Eqs. 46-51).

        (α̂_t, β̂_t, κ̂_t) = W_{h p} h_t + b_p
        α_t = exp(α̂_t),  β_t = exp(β̂_t),  κ_t = κ_{t-1} + exp(κ̂_t)
        φ(t, u) = Σ_k α_t^k exp(-β_t^k (κ_t^k - u)²)
        w_t = Σ_u φ(t, u) c_u,  u = 1 … U

    Weights: `kernel (H, 3K)` and `bias (3K,)`, in the order α̂, β̂, κ̂. They
    start such that the window is a few characters wide and moves by
    `characters_per_point`: an alignment is found sooner from there.

    Everything is computed in the variables' dtype: κ counts characters, and a
    narrow type would round its steps away.

    Args:
        num_gaussians: K; the paper's is 10.
        characters_per_point: how far κ moves a step at the start. A line of
            IAM-OnDB has 21.7 points a character.
        weight_noise: a `WeightNoise`, an `AdaptiveWeightNoise`, or None.

    Call arguments:
        hidden: `(B, H)`, h of the first hidden layer.
        characters: `(B, U, A)`, one-hot; padding is all zeros.
        kappa: `(B, K)`, κ before this step (zeros at the start).
        mask: `(B, U)` bool, True where a character is; by default all are.
        training: whether the weights get their noise.

    Returns:
        `window (B, A)`, `kappa (B, K)`, and `phi (B, U + 1)`, whose last
        column is φ(t, U + 1) of each row's own U, for the stop rule
        (Sec. 5.3), and which is 0 at padding.
    """

    def __init__(
        self,
        num_gaussians=10,
        characters_per_point=0.04,
        weight_noise=None,
        **kwargs,
    ):
        super().__init__(weight_noise=weight_noise, **kwargs)
        if not (isinstance(num_gaussians, int) and num_gaussians > 0):
            raise ValueError(
                "`num_gaussians` must be a positive integer. Received: "
                f"num_gaussians={num_gaussians}"
            )
        if not characters_per_point > 0:
            raise ValueError(
                "`characters_per_point` must be positive. Received: "
                f"characters_per_point={characters_per_point}"
            )
        self.num_gaussians = num_gaussians
        self.characters_per_point = characters_per_point
        # It uses the mask up: `compute_mask` hands none on.
        self.supports_masking = True

    def build(self, hidden_shape, *_, **__):
        count = self.num_gaussians

        def bias_initializer(shape, dtype=None):
            start = [0.0, -1.0, float(np.log(self.characters_per_point))]
            return ops.repeat(ops.convert_to_tensor(start, dtype), count)

        self.kernel = self.add_weight(
            name="kernel",
            shape=(hidden_shape[-1], 3 * count),
            initializer=keras.initializers.VarianceScaling(
                0.1, "fan_in", "truncated_normal"
            ),
            autocast=False,
        )
        self.bias = self.add_weight(
            name="bias",
            shape=(3 * count,),
            initializer=bias_initializer,
            autocast=False,
        )
        self.build_noise()

    def initial_state(self, batch_size):
        """κ_0: zeros `(B, K)`."""
        return ops.zeros((batch_size, self.num_gaussians), self.variable_dtype)

    def call(self, hidden, characters, kappa, mask=None, training=None):
        hidden = ops.cast(hidden, self.variable_dtype)
        characters = ops.cast(characters, self.variable_dtype)
        kernel, bias = self.drawn_weights(training, ops.shape(hidden)[0])
        parameters = ops.matmul(hidden, kernel) + bias
        alpha, beta, kappa = window_parameters(parameters, kappa)
        # Positions 1 … U + 1, one more than there can be characters.
        count = ops.shape(characters)[1] + 1
        positions = character_positions(count, self.variable_dtype)
        phi = window_weights(alpha, beta, kappa, positions)
        window = read_window(phi[:, :-1], characters)
        if mask is None:
            return window, kappa, phi
        mask = ops.cast(mask, phi.dtype)
        ends = ops.sum(mask, axis=1, keepdims=True) + 1.0
        stop = window_weights(alpha, beta, kappa, ends[:, None, :])
        return (
            window,
            kappa,
            ops.concatenate([phi[:, :-1] * mask, stop], axis=-1),
        )

    def compute_mask(self, inputs, previous_mask=None):
        # The mask is over the text; what comes out has no such axis.
        return None

    def compute_output_spec(
        self, hidden, characters, kappa, mask=None, training=None
    ):
        def spec(*shape):
            return keras.KerasTensor(shape, dtype=self.variable_dtype)

        batch, length, alphabet = characters.shape
        return (
            spec(batch, alphabet),
            spec(batch, self.num_gaussians),
            spec(batch, None if length is None else length + 1),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_gaussians": self.num_gaussians,
            "characters_per_point": self.characters_per_point,
        }


def character_positions(count, dtype="float32"):
    """u = 1 … count, as `(1, 1, count)`."""
    return ops.cast(ops.arange(1, count + 1), dtype)[None, None, :]


def window_parameters(parameters, kappa):
    """Eqs. 49 to 51: `(B, 3K)` and κ_{t-1} -> α, β, κ, each `(B, K)`."""
    alpha, beta, step = ops.split(parameters, 3, axis=-1)
    return ops.exp(alpha), ops.exp(beta), kappa + ops.exp(step)


def window_weights(alpha, beta, kappa, positions):
    """Eq. 46: φ(t, u) at `positions (1 or B, 1, U)`, `(B, U)`."""
    distance = kappa[:, :, None] - positions
    return ops.sum(
        alpha[:, :, None] * ops.exp(-beta[:, :, None] * distance * distance),
        axis=1,
    )


def read_window(phi, characters):
    """Eq. 47: `(B, U)` and `(B, U, A)` -> w `(B, A)`."""
    # Not `phi[:, None, :]`: with U free, TFLite has no such slice.
    row = ops.expand_dims(phi, axis=1)
    return ops.squeeze(ops.matmul(row, characters), axis=1)


def window_backward(dw, dkappa, parameters, kappa, positions, characters_back):
    """Eqs. 56 to 60.

    Args:
        dw: `(B, A)`: derivative with respect to w_t.
        dkappa: `(B, K)`: with respect to κ_t, as far as t + 1 gives it.
        parameters: `(B, 3K)`: α̂, β̂, κ̂. `kappa`: κ_t `(B, K)`.
        positions: `(1, 1, U)`. `characters_back`: `(B, A, U)`.

    Returns:
        Derivatives with respect to the parameters `(B, 3K)` and to κ_t, which
        is also that to κ_{t-1}.
    """
    alpha, beta, step = ops.split(parameters, 3, axis=-1)
    alpha, beta = ops.exp(alpha), ops.exp(beta)
    distance = kappa[:, :, None] - positions
    dphi = read_window(dw, characters_back)
    # ε(k, t, u) of Eq. 56.
    epsilon = (
        alpha[:, :, None]
        * ops.exp(-beta[:, :, None] * distance * distance)
        * dphi[:, None, :]
    )
    pull = epsilon * distance
    dkappa = dkappa - 2.0 * beta * ops.sum(pull, axis=-1)
    dparameters = ops.concatenate(
        [
            ops.sum(epsilon, axis=-1),
            -beta * ops.sum(pull * distance, axis=-1),
            ops.exp(step) * dkappa,
        ],
        axis=-1,
    )
    return dparameters, dkappa
