"""The folder of versions that TensorFlow Serving watches: `NAME/1/`, ….

It serves the highest number there is, and loads a new one while it runs. So a
version comes into its place whole, by renaming: half of one is never loaded.
"""

import contextlib
import pathlib
import shutil
import tempfile

from graves_tf.export.saved_model import export_saved_model


def export_version(network, folder, version=None):
    """Write a network as a version of a served model.

    Args:
        network: a `HandwritingSynthesizer` or a `TextPredictor`.
        folder: the model's; its name is the one to serve it by. Made where it
            is missing.
        version: int, 1 or more; by default one above the highest that is
            there.

    Returns:
        The version's directory, `folder/version`.

    Raises:
        ValueError: the version is there already, or is no version; or what
            `export_saved_model` raises.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    present = versions(folder)
    if version is None:
        version = max(present, default=0) + 1
    if version < 1:
        raise ValueError(f"A version is 1 or more, not {version}.")
    if version in present:
        raise ValueError(
            f"{folder / str(version)} is there already, and may be in use: "
            f"the next free version is {max(present) + 1}."
        )
    # Beside its place, for a rename, under a name that is no number.
    with _scratch(folder) as scratch:
        written = export_saved_model(network, scratch / "saved_model")
        return written.rename(folder / str(version))


def versions(folder):
    """The versions in a served model's folder, a sorted list of int."""
    names = (path.name for path in pathlib.Path(folder).iterdir())
    # As the server reads them: decimal digits.
    return sorted(int(n) for n in names if n.isascii() and n.isdigit())


@contextlib.contextmanager
def _scratch(folder):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
