"""What an exported sampler's user has to know: a JSON beside its weights."""

import json

import graves_tf
from graves_tf.export.endpoints import state_shapes

FILE_NAME = "graves_tf.json"
FORMAT = 1


def metadata(network, **more):
    """All that a runtime needs and the signatures do not say.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`.
        **more: entries to add.

    Returns:
        dict, fit for JSON: `format`, this layout's number; the `alphabet`,
        whose places are the numbers in `characters`; `offset_mean` and
        `offset_std` in the recording's units, or a text's `vocabulary`;
        `states`, the size of each
        state by name; and the network's architecture.
    """
    return {
        "format": FORMAT,
        "made_by": f"graves_tf {graves_tf.__version__}",
        "task": network.task,
        "preset": network.preset,
        "hidden": list(network.hidden),
        **_of_task(network),
        "states": {
            name: shape[-1] for name, shape in state_shapes(network).items()
        },
        **more,
    }


def _of_task(network):
    if network.task == "text":
        return {"vocabulary": network.vocabulary.get_config()}
    return {
        "num_mixtures": network.num_mixtures,
        "num_gaussians": network.num_gaussians,
        "alphabet": network.alphabet.get_config(),
        "offset_mean": list(network.offset_mean),
        "offset_std": list(network.offset_std),
    }


def as_json(entries):
    """UTF-8 bytes."""
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    return (text + "\n").encode()
