"""Networks for export: of the right kind, computing in float32."""

from graves_tf import weights


def load_network(name_or_path):
    """The `HandwritingSynthesizer` of a `.keras` file, for export.

    Args:
        name_or_path: a path, or the name of weights that ship with graves_tf.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no `.keras` file, or holds another kind of network.
    """
    return exportable(weights.load(name_or_path, task="synthesis"))


def exportable(network):
    """The network, under the float32 policy whatever it was trained under.

    Raises:
        ValueError: it is not a `HandwritingSynthesizer`.
    """
    if getattr(network, "task", None) != "synthesis":
        raise ValueError(
            "What can be exported is a HandwritingSynthesizer. Received: "
            f"{type(network).__name__}"
        )
    if network.compute_dtype == "float32":
        return network
    config = {**network.get_config(), "dtype": "float32"}
    wide = type(network).from_config(config)
    wide.set_weights(network.get_weights())
    return wide
