"""Regularization by name, and what its weights cost (Secs. 3.1, 4.2)."""

import math

from graves_tf.layers.adaptive_weight_noise import AdaptiveWeightNoise
from graves_tf.layers.adaptive_weight_noise import kl_to_prior
from graves_tf.layers.noisy_layer import NoisyLayer
from graves_tf.layers.variational_dropout import VariationalDropout
from graves_tf.layers.weight_noise import WeightNoise

# The paper's in its order: each stage starts from the weights of the one
# before. The last is later work's.
REGULARIZATIONS = (
    "none",
    "weight_noise",
    "adaptive_weight_noise",
    "variational_dropout",
)


def make_weight_noise(
    name, std=0.075, sequences=None, rate=0.25, per_sequence=False
):
    """The strategy of that name for a network's layers.

    Args:
        name: one of `REGULARIZATIONS`.
        std: the noise's standard deviation; with adaptive noise, at its start.
        sequences: in one pass over the training data, for adaptive noise.
        rate: the share of cells that variational dropout leaves out.
        per_sequence: whether each sequence has weight noise of its own.

    Returns:
        A `WeightNoise`, an `AdaptiveWeightNoise`, a `VariationalDropout`, or
        None.

    Raises:
        ValueError: another name, or an unusable number.
    """
    if name not in REGULARIZATIONS:
        raise ValueError(
            f"No regularization is called {name!r}. There are: "
            + ", ".join(REGULARIZATIONS)
        )
    if name == "none":
        return None
    if name == "weight_noise":
        return WeightNoise(std, per_sequence)
    if name == "variational_dropout":
        return VariationalDropout(rate)
    return AdaptiveWeightNoise(
        std, sequences=sequences, per_sequence=per_sequence
    )


def regularization_of(network):
    """What the network was trained with: a name in `REGULARIZATIONS`."""
    strategies = (
        type(None),
        WeightNoise,
        AdaptiveWeightNoise,
        VariationalDropout,
    )
    names = dict(zip(strategies, REGULARIZATIONS, strict=True))
    return names[type(network.weight_noise)]


def count_weights(network):
    """How many weights the network has, those of its noise not counted."""
    noise = sum(
        math.prod(log_std.shape)
        for layer in noisy_layers(network)
        for log_std in layer.log_stds
    )
    weights = sum(math.prod(w.shape) for w in network.trainable_weights)
    return weights - noise


def weight_costs(network):
    """The weights' part of the description length, as columns of a log.

    Args:
        network: a network.

    Returns:
        Dict of `kl_nats_per_sequence`, which with the expected nats per
        sequence makes the loss, and `kl_bits_per_weight`; {} for a network
        without adaptive weight noise.
    """
    layers = [layer for layer in noisy_layers(network) if layer.log_stds]
    if not layers:
        return {}
    nats = sum(
        float(kl_to_prior(layer.ordinary_weights, layer.log_stds))
        for layer in layers
    )
    weights = sum(
        math.prod(weight.shape)
        for layer in layers
        for weight in layer.ordinary_weights
    )
    return {
        "kl_nats_per_sequence": nats / network.weight_noise.sequences,
        "kl_bits_per_weight": nats / math.log(2.0) / weights,
    }


def noisy_layers(network):
    """All layers of a network that may have noise, those within others too."""
    return [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, NoisyLayer)
    ]
