"""Builds and reads the data sets, without TensorFlow."""

import re
from pathlib import Path

import tensorflow_datasets as tfds

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError
from graves_tf.datasets.features import from_example
from graves_tf.ink.line import Line

NAMES = ("iam_ondb", "hershey")


def make_builder(dataset: str, data_dir=None):
    """The tfds builder of a data set.

    Args:
        dataset: `iam_ondb/clean`, `iam_ondb/raw`, `hershey`, or
            `hershey/lines_N` for N lines in `train`.
        data_dir: where built data sets are kept; by default where tfds does
            (`TFDS_DATA_DIR`, or `~/tensorflow_datasets`).

    Raises:
        DataError: there is no such data set or config.
    """
    name, _, config = dataset.partition("/")
    if data_dir is not None:
        data_dir = Path(data_dir).expanduser()
    if name == "hershey":
        from graves_tf.datasets.hershey import hershey_dataset_builder as made

        if match := re.fullmatch(r"lines_([1-9]\d*)", config):
            config = made.HersheyConfig.of(int(match[1]))
            return made.Builder(config=config, data_dir=data_dir)
        known = ["default", "lines_N"]
        builder_class = made.Builder
    elif name == "iam_ondb":
        from graves_tf.datasets.iam_ondb import iam_ondb_dataset_builder as iam

        known = ["clean", "raw"]
        builder_class = iam.Builder
    else:
        raise DataError(
            f"No data set {name!r}; there are {' and '.join(NAMES)}."
        )
    if config and config not in known:
        raise DataError(
            f"{name} has no config {config!r}; it has {', '.join(known)}."
        )
    return builder_class(config=config or known[0], data_dir=data_dir)


def prepare(builder, manual_dir=None) -> None:
    """Builds a data set where it is not built yet.

    Args:
        builder: from `make_builder`.
        manual_dir: where the files are that a user downloads by hand; by
            default `downloads/manual` in the folder of built data sets.

    Raises:
        MissingFilesError: such files are not there; the message names them.
        DataError: it cannot be built.
    """
    if is_built(builder):
        return
    if manual_dir is None:
        manual_dir = _root(builder) / "downloads" / "manual"
    manual_dir = Path(manual_dir).expanduser()
    if builder.name == "iam_ondb":
        from graves_tf.datasets.iam_ondb.manual_files import check_manual_files

        try:
            check_manual_files(manual_dir)
        except MissingFilesError as error:
            raise MissingFilesError(
                f"{error}\n(Name another folder by --manual-dir. The data set "
                "`hershey` needs no files: --dataset hershey.)"
            ) from None
    try:
        builder.download_and_prepare(
            file_format="array_record",
            download_config=tfds.download.DownloadConfig(manual_dir=manual_dir),
        )
    except OSError as error:
        raise DataError(
            f"Cannot build {builder.name} in {_root(builder)}: {error}"
        ) from error


def is_built(builder) -> bool:
    """Whether the data set is there, finished."""
    return (Path(builder.data_path) / "dataset_info.json").is_file()


def read_lines(builder, split: str) -> list[Line]:
    """The lines of a split of a built data set.

    Args:
        builder: from `make_builder`, prepared.
        split: as tfds has them: `train`, `train+test`, `train[:100]`.

    Raises:
        DataError: there is no such split, or the files cannot be read.
    """
    splits = builder.info.splits
    lines = []
    for part in (part.strip() for part in split.split("+")):
        name = part.partition("[")[0]
        if name not in builder.split_names:
            raise DataError(
                f"{builder.info.full_name}: no split {part!r}; it has "
                f"{', '.join(builder.split_names)}."
            )
        if name not in splits:  # tfds has no empty splits
            continue
        try:
            source = builder.as_data_source(split=part)
            lines += [from_example(example) for example in source]
        except (OSError, RuntimeError, LookupError, ValueError) as error:
            raise DataError(
                f"{builder.data_path}: cannot be read ({error}). Remove the "
                "folder to have it built again."
            ) from error
    return lines


def _root(builder):
    """The folder of all built data sets."""
    levels = 3 if builder.builder_config else 2
    return Path(builder.data_path).parents[levels - 1]
