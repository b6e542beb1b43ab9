"""A Gaussian of the output set aside for the pen at rest."""

import numpy as np
from keras import ops

from graves_tf.losses import split_outputs
from graves_tf.networks.handwriting_network import REST_STD
from graves_tf.run_folder import copy_of


def with_rest(network, batch):
    """The same network with `rest=True`.

    The Gaussian that is used least becomes the pen at rest. Its weight is a
    share of that of the Gaussian by which rests have been likeliest so far,
    such that in all it is used as often as the pen rests in the batch.

    Args:
        network: a handwriting network without.
        batch: one of `HandwritingBatches`.

    Returns:
        A network with weights of its own, and neither optimizer nor loss.

    Raises:
        ValueError: the pen never rests in the batch.
    """
    inputs, targets = batch
    outputs = ops.convert_to_numpy(network(inputs, training=False))
    known = targets[..., 2] >= 0
    share, source, least = _choice(network, outputs[known], targets[known])
    changed = copy_of(network, network.dtype_policy, rest=True)
    for variable in (changed.head.kernel, changed.head.bias):
        values = np.array(ops.convert_to_numpy(variable))
        gaussians = values[..., 1:].reshape(*values.shape[:-1], 6, -1)
        likeliest = gaussians[..., 0, source].copy()
        # The last one's place is needed.
        gaussians[..., least] = gaussians[..., -1]
        gaussians[..., 0, -1] = likeliest
        values[..., 1:] = gaussians.reshape(*values.shape[:-1], -1)
        variable.assign(values)
    bias = np.array(ops.convert_to_numpy(changed.head.bias))
    bias[network.num_mixtures] += np.log(share)
    changed.head.bias.assign(bias)
    return changed


def _choice(network, outputs, targets):
    """What of a batch's points decides.

    Args:
        network: the network.
        outputs: ŷ `(N, 1 + 6M)`.
        targets: `(N, 3)`.

    Returns:
        By what the source's π is to be multiplied; the source's place among
        the Gaussians; and that of the least used.
    """
    mean, std = np.array(network.offset_mean), np.array(network.offset_std)
    resting = np.abs(targets[:, :2] * std + mean).max(axis=1) < 0.01
    if not resting.any():
        raise ValueError(
            f"In {len(targets)} points the pen never rests: there is no "
            "offset of 0 to set a Gaussian aside for. Leave --rest out."
        )
    parts = [ops.convert_to_numpy(part) for part in split_outputs(outputs)]
    _, pi, mu1, mu2, sigma1, sigma2, _ = parts
    pi = np.exp(pi - pi.max(axis=1, keepdims=True))
    pi /= pi.sum(axis=1, keepdims=True)
    # How likely each makes an offset near 0: ρ aside, the density of rounding
    # around it.
    densities = pi
    for mu, sigma, m, s in zip(
        (mu1, mu2), (sigma1, sigma2), mean, std, strict=True
    ):
        width = np.hypot(np.exp(sigma), REST_STD / s)
        z = (mu + m / s) / width
        densities = densities * np.exp(-0.5 * z * z) / width
    source = int(densities.mean(axis=0).argmax())
    used = pi.mean(axis=0)
    others = np.where(np.arange(len(used)) == source, np.inf, used)
    return resting.mean() / used[source], source, int(others.argmin())
