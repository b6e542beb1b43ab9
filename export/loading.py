"""Networks for export: of the right kind, computing in float32."""

from graves_tf import weights
from graves_tf.run_folder import copy_of


def load_network(name_or_path):
    """The network of a `.keras` file, for export.

    Args:
        name_or_path: a path, or the name of weights that ship with graves_tf.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no `.keras` file, or holds another kind of network.
    """
    return exportable(weights.load(name_or_path))


def exportable(network):
    """The network in float32 and without weight noise, however it was trained.

    Raises:
        ValueError: it is neither a `HandwritingSynthesizer` nor a
            `TextPredictor`.
    """
    if getattr(network, "task", None) not in ("synthesis", "text"):
        raise ValueError(
            "What can be exported is a HandwritingSynthesizer or a "
            "TextPredictor. Received: "
            f"{type(network).__name__}"
        )
    if network.compute_dtype == "float32" and network.weight_noise is None:
        return network
    return copy_of(network, "float32", weight_noise=None)
