"""Puts a trained network among the weights that ship.

`python -m graves_tf.weights.ship NAME [FILE.keras]`
"""

import argparse
import io
import pathlib
import shutil
import sys
import tempfile
import zipfile

from graves_tf import weights
from graves_tf.command import run_command
from graves_tf.export import on_tensorflow
from graves_tf.whole_file import replacing

PRECISIONS = ("float16", "int8")
EPILOG = """\
examples:
  python -m graves_tf.weights.ship synthesis runs/mine/best.keras
  python -m graves_tf.weights.ship synthesis
      the TFLite files alone, of the network that ships: after a change of
      graves_tf.export or of graves_tf.sampling

Then write the card, NAME.md; python -m pytest tests/weights holds it to the
file. The weights are kept as float16 numbers, half the size, and load as
float32. Measure what is put there, not FILE.
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.weights.ship",
        description="Puts a trained network among the weights that ship, in "
        "half precision, and a synthesis network's TFLite files beside it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", metavar="NAME", help="what it is to be called")
    parser.add_argument(
        "file",
        metavar="FILE.keras",
        nargs="?",
        help="the network (default: the one that ships by that name)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=pathlib.Path,
        default=pathlib.Path(weights.__file__).parent,
        help="the folder (default: the package's own)",
    )
    return parser


def ship(options):
    """Does what the command line asks for, and says what it wrote."""
    on_tensorflow()
    path = options.output / f"{options.name}.keras"
    # What is no network is refused before anything is written.
    network = weights.load(options.file or path)
    if options.file:
        with replacing(path) as new, tempfile.TemporaryDirectory() as folder:
            halve(noiseless(options.file, network, folder), new)
    paths = [path]
    if network.task == "synthesis":
        paths += export(path)
    for path in paths:
        print(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
    print(f"sha256: {weights.sha256(paths[0])}")


def noiseless(file, network, folder):
    """A network's `.keras` file, without the deviations of adaptive noise.

    Args:
        file: the network's own.
        network: what is in it.
        folder: where to write another, if the network has some.
    """
    from graves_tf.regularization import noisy_layers
    from graves_tf.run_folder import copy_of

    # What it was trained with is kept where it takes no room.
    if not any(layer.log_stds for layer in noisy_layers(network)):
        return weights.find(file)
    path = pathlib.Path(folder) / "noiseless.keras"
    copy_of(network, "float32", weight_noise=None).save(path)
    return path


def halve(source, target):
    """Copy a `.keras` file with its weights as float16 numbers.

    Keras loads them into its float32 variables. A number changes by 2⁻¹¹ of
    itself at most, or, below 6e-5, by 3e-8. Halving twice gives the same
    bytes.

    Args:
        source: path of the `.keras` file.
        target: path of the one to write.

    Raises:
        ValueError: a weight is too large for float16.
    """
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith(".h5"):
                content = _halved(content, source)
            # Without the time: the same network gives the same file.
            new.writestr(
                zipfile.ZipInfo(entry.filename), content, zipfile.ZIP_DEFLATED
            )


def _halved(content, source):
    """An HDF5 file's bytes, its float32 data sets as float16."""
    import h5py
    import numpy as np

    target = io.BytesIO()
    with (
        h5py.File(io.BytesIO(content)) as old,
        h5py.File(target, "w") as new,
    ):

        def copy(name, item):
            if isinstance(item, h5py.Group):
                copied = new.require_group(name)
            else:
                values = item[...]
                if values.dtype == "float32":
                    with np.errstate(over="ignore"):
                        values = values.astype("float16")
                    if not np.isfinite(values).all():
                        raise ValueError(
                            f"{source}: {name} has weights beyond 65504, "
                            "which float16 cannot hold."
                        )
                copied = new.create_dataset(name, data=values)
            copied.attrs.update(item.attrs)

        old.visititems(copy)
    return target.getvalue()


def export(path):
    """A synthesis network's TFLite files, beside its `.keras` file.

    Args:
        path: of `NAME.keras`.

    Returns:
        The paths of `NAME.PRECISION.tflite`, of `PRECISIONS`. Their metadata
        has the `.keras` file's hash as `keras_sha256`.
    """
    from graves_tf.export.loading import load_network
    from graves_tf.export.tflite import export_tflite

    written = []
    with tempfile.TemporaryDirectory() as folder:
        made = export_tflite(
            load_network(path),
            folder,
            PRECISIONS,
            keras_sha256=weights.sha256(path),
        )
        for precision, file in zip(PRECISIONS, made, strict=True):
            written.append(path.with_suffix(f".{precision}.tflite"))
            with replacing(written[-1]) as new:
                shutil.copyfile(file, new)
    return written


def main(argv=None):
    return run_command("graves_tf.weights.ship", make_parser(), ship, argv)


if __name__ == "__main__":
    sys.exit(main())
