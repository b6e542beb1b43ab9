"""Drawing the next point from the output density (Secs. 4.1, 5.4)."""

from keras import ops

from graves_tf.losses import MAX_LOG_SIGMA
from graves_tf.losses import MAX_RHO_HAT
from graves_tf.losses import split_outputs


def pick_point(outputs, bias, uniforms, normals):
    """A draw from Pr(x_{t+1} | y_t), biased towards the probable.

    The bias b sharpens the choice of the component, π ∝ exp(π̂ (1 + b))
    (Eq. 62), and shrinks it, σ = exp(σ̂ - b) (Eq. 61). The random numbers are
    arguments: the same ones give the same point on every runtime.

    Args:
        outputs: ŷ `(B, 1 + 6M)`.
        bias: `(B,)`, b ≥ 0; 0 draws from the network's own density.
        uniforms: `(B, 2)`, in [0, 1): for the component, and for x3.
        normals: `(B, 2)`, standard normal.

    Returns:
        `(B, 3)`: x1, x2 in normalised offsets, and x3, 0 or 1.
    """
    e, pi, mu1, mu2, sigma1, sigma2, rho = split_outputs(outputs)
    bias = bias[:, None]
    cumulative = ops.cumsum(ops.softmax(pi * (1.0 + bias), axis=-1), axis=-1)
    # One where u falls: past the sums before it, and not past its own. The
    # last sum counts as 1, whatever rounding made of it.
    passed = ops.cast(uniforms[:, :1] >= cumulative[:, :-1], outputs.dtype)
    one, none = ops.ones_like(passed[:, :1]), ops.zeros_like(passed[:, :1])
    chosen = ops.concatenate([one, passed], axis=-1) - ops.concatenate(
        [passed, none], axis=-1
    )

    def of_chosen(values):
        return ops.sum(values * chosen, axis=-1)

    def deviation(log_sigma):
        log_sigma = ops.clip(
            of_chosen(log_sigma), -MAX_LOG_SIGMA, MAX_LOG_SIGMA
        )
        return ops.exp(log_sigma - bias[:, 0])

    rho = ops.tanh(ops.clip(of_chosen(rho), -MAX_RHO_HAT, MAX_RHO_HAT))
    n1, n2 = normals[:, 0], normals[:, 1]
    across = rho * n1 + ops.sqrt(ops.maximum(1.0 - rho * rho, 0.0)) * n2
    x1 = of_chosen(mu1) + deviation(sigma1) * n1
    x2 = of_chosen(mu2) + deviation(sigma2) * across
    x3 = ops.cast(uniforms[:, 1] < ops.sigmoid(-e), outputs.dtype)
    return ops.stack([x1, x2, x3], axis=-1)
