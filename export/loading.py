"""Networks for export: from a file, computing in float32."""

import pathlib
import zipfile

import keras

import graves_tf.networks  # noqa: F401  (registers what a file may hold)


def load_network(name_or_path):
    """The `HandwritingSynthesizer` of a `.keras` file.

    Args:
        name_or_path: a path, or the name of weights that ship with graves_tf.

    Returns:
        The network, under the float32 policy whatever it was trained under.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no `.keras` file, or holds another kind of network.
    """
    path = _path_of(name_or_path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {name_or_path}")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is not a .keras file, or only a part of one.")
    try:
        network = keras.saving.load_model(path, compile=False)
    except Exception as error:
        # Keras raises anything here, some of it over many lines.
        reason = str(error).strip().split("\n")[0]
        raise ValueError(f"{path} cannot be loaded: {reason}") from error
    return exportable(network, path)


def exportable(network, name="This network"):
    """The network in float32.

    Raises:
        ValueError: it is not a `HandwritingSynthesizer`.
    """
    if getattr(network, "task", None) != "synthesis":
        raise ValueError(
            f"{name} is a {type(network).__name__}; what can be exported is "
            "a HandwritingSynthesizer (graves_tf.train --task synthesis)."
        )
    if network.compute_dtype == "float32":
        return network
    config = {**network.get_config(), "dtype": "float32"}
    wide = type(network).from_config(config)
    wide.set_weights(network.get_weights())
    return wide


def _path_of(name_or_path):
    path = pathlib.Path(name_or_path)
    if path.exists():
        return path
    from graves_tf import weights

    find = getattr(weights, "find", None)
    return pathlib.Path(find(str(name_or_path))) if find else path
