"""The sequence loss of the handwriting networks (Eqs. 15-26)."""

import keras
import numpy as np
from keras import ops

# Bounds in log space, far outside of anything that fits to real ink: within
# them every term below stays finite in float32.
MAX_LOG_SIGMA = 16.0
MAX_RHO_HAT = 8.0
MAX_DISTANCE = 1e6
MAX_LOGIT = 1e6


def split_outputs(outputs):
    """ŷ `(..., 1 + 6M)` -> `ê (...)`, and π̂, μ̂1, μ̂2, σ̂1, σ̂2, ρ̂ `(..., M)`."""
    size = outputs.shape[-1]
    if size < 7 or (size - 1) % 6:
        raise ValueError(
            "The last axis of `outputs` must be 1 + 6M long. Received: "
            f"outputs.shape={tuple(outputs.shape)}"
        )
    return outputs[..., 0], *ops.split(outputs[..., 1:], 6, axis=-1)


def mdn_nll(targets, outputs):
    """-log Pr(x_{t+1} | y_t), one step's term of the loss (Eq. 26), in nats.

    Works on ŷ itself, in log space: finite, with a finite gradient, for any
    finite ŷ. With z_i = (x_i - μ_i) / σ_i and ρ = tanh ρ̂, the exponent of
    Eq. 24 is

        Z / 2(1 - ρ²) = ⅛ ((z1 - z2)² (1 + e^2ρ̂) + (z1 + z2)² (1 + e^-2ρ̂))

    which has no 1 - ρ² to lose digits in.

    Args:
        targets: `(..., 3)`: x1, x2, x3 of the next point.
        outputs: ŷ `(..., 1 + 6M)`, as `MDNHead` gives it.

    Returns:
        `(...)`.
    """
    e, pi, mu1, mu2, sigma1, sigma2, rho = split_outputs(outputs)
    e = ops.clip(e, -MAX_LOGIT, MAX_LOGIT)
    log_pi = ops.log_softmax(ops.clip(pi, -MAX_LOGIT, MAX_LOGIT), axis=-1)
    sigma1 = ops.clip(sigma1, -MAX_LOG_SIGMA, MAX_LOG_SIGMA)
    sigma2 = ops.clip(sigma2, -MAX_LOG_SIGMA, MAX_LOG_SIGMA)
    rho = ops.clip(rho, -MAX_RHO_HAT, MAX_RHO_HAT)

    def standardised(x, mu, log_sigma):
        distance = ops.clip(x[..., None] - mu, -MAX_DISTANCE, MAX_DISTANCE)
        return distance * ops.exp(-log_sigma)

    z1 = standardised(targets[..., 0], mu1, sigma1)
    z2 = standardised(targets[..., 1], mu2, sigma2)
    exponent = 0.125 * (
        ops.square(z1 - z2) * (1.0 + ops.exp(2.0 * rho))
        + ops.square(z1 + z2) * (1.0 + ops.exp(-2.0 * rho))
    )
    # ½ log(1 - ρ²) = log sech ρ̂.
    half_log = np.log(2.0) - ops.softplus(2.0 * rho) + rho
    log_normal = -exponent - np.log(2 * np.pi) - sigma1 - sigma2 - half_log
    # e = 1 / (1 + exp ê), the paper's sign.
    lifts = targets[..., 2]
    end_of_stroke = lifts * ops.softplus(e) + (1.0 - lifts) * ops.softplus(-e)
    return end_of_stroke - ops.logsumexp(log_pi + log_normal, axis=-1)


def mixture_mean(outputs):
    """E[x1, x2 | ŷ] = Σ_j π_j μ_j: `(..., 1 + 6M)` -> `(..., 2)`."""
    _, pi, mu1, mu2, *_ = split_outputs(outputs)
    pi = ops.softmax(pi, axis=-1)
    return ops.stack(
        [ops.sum(pi * mu1, axis=-1), ops.sum(pi * mu2, axis=-1)], axis=-1
    )


def is_point(targets):
    """True at points, False at padding, which has x3 = -1: `(B, T)`."""
    return targets[..., 2] >= 0


@keras.saving.register_keras_serializable(package="graves_tf")
class SequenceLoss(keras.losses.Loss):
    """L(x) of Eq. 26: nats per sequence.

    Summed over a sequence's points, averaged over the batch's sequences.
    Padding, marked by x3 = -1 in the targets, never counts.

    Call arguments:
        y_true: `(B, T, 3)`, the targets.
        y_pred: `(B, T, 1 + 6M)`, ŷ.
    """

    def __init__(self, name="nats_per_sequence", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        points = is_point(y_true)
        # Not a product: the padding's own loss may be anything but NaN.
        safe = ops.where(points[..., None], y_true, ops.zeros_like(y_true))
        nll = mdn_nll(safe, y_pred)
        return ops.sum(ops.where(points, nll, ops.zeros_like(nll)), axis=-1)
