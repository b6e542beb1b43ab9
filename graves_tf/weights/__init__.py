"""The trained weights that ship, by name."""

import hashlib
from pathlib import Path

_FOLDER = Path(__file__).parent


def names():
    """The names of the shipped weights, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.keras"))


def find(name_or_path):
    """The file of shipped weights, by their name, or a file by its path.

    Args:
        name_or_path: e.g. `synthesis`, or `runs/mine/best.keras`; or
            `synthesis.int8.tflite`, a sampler of the shipped weights.

    Returns:
        A `Path` of a file that exists.

    Raises:
        FileNotFoundError: there is neither such a file nor such a name.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    for shipped in (_FOLDER / f"{name_or_path}.keras", _FOLDER / path):
        if shipped.is_file():
            return shipped
    listed = ", ".join(names()) or "none"
    raise FileNotFoundError(
        f"{name_or_path}: no such file, and no shipped weights of that name "
        f"(there are: {listed}). Train your own by python -m graves_tf.train."
    )


def sha256(name_or_path):
    """The SHA-256 of the file that `find` finds, in hexadecimal digits."""
    with open(find(name_or_path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load(name_or_path, task=None):
    """The network of shipped weights or of a `.keras` file, in float32.

    Args:
        name_or_path: as in `find`.
        task: "synthesis" or "prediction": refuse any other network.

    Returns:
        A handwriting network.

    Raises:
        FileNotFoundError: see `find`.
        ValueError: the file is not a network of this package or of the task.
    """
    import keras

    from graves_tf import networks  # noqa: F401  (registers the classes)
    from graves_tf.run_folder import copy_of

    path = find(name_or_path)
    try:
        network = keras.saving.load_model(path, compile=False)
    except Exception as error:  # Keras raises what it comes across.
        raise ValueError(
            f"{path} is not a network that this package can read, or it is "
            f"damaged: {str(error).splitlines()[0]}"
        ) from error
    kind = getattr(network, "task", None)
    if kind is None or (task and kind != task):
        raise ValueError(
            f"{path} holds a network for {kind or 'something else'}, and a "
            f"network for {task or 'handwriting'} is needed."
        )
    if network.dtype_policy.name != "float32":
        network = copy_of(network, "float32")
    return network
