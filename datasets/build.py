"""Builds and reads the data sets, without TensorFlow."""

import importlib
import re
from pathlib import Path

import tensorflow_datasets as tfds
from google.protobuf.json_format import ParseError

from graves_tf.datasets import features
from graves_tf.datasets import text_features
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError
from graves_tf.datasets.text_record import read_record
from graves_tf.ink.line import Line

HANDWRITING = ("iam_ondb", "hershey")
TEXT = ("penn_treebank", "enwik8")


def make_builder(dataset: str, data_dir=None):
    """The tfds builder of a data set.

    Args:
        dataset: `iam_ondb/clean`, `iam_ondb/raw`, `hershey`, or
            `hershey/lines_N` for N lines in `train`; `penn_treebank/char`,
            `penn_treebank/word` or `enwik8`.
        data_dir: where built data sets are kept; by default where tfds does
            (`TFDS_DATA_DIR`, or `~/tensorflow_datasets`).

    Raises:
        DataError: there is no such data set or config, or what is built of it
            is damaged.
    """
    name, _, config = dataset.partition("/")
    if data_dir is not None:
        data_dir = Path(data_dir).expanduser()
    if name not in HANDWRITING + TEXT:
        raise DataError(
            f"No data set {name!r}; there are {' and '.join(HANDWRITING)} "
            f"(handwriting), {' and '.join(TEXT)} (text)."
        )
    made = _module(name, f"{name}_dataset_builder")
    known = [known.name for known in made.Builder.BUILDER_CONFIGS]
    if name == "hershey":
        if match := re.fullmatch(r"lines_([1-9]\d*)", config):
            config = made.HersheyConfig.of(int(match[1]))
            return _builder(made, config, data_dir)
        known.append("lines_N")
    if config and config not in known:
        raise DataError(
            f"{name} has no config {config!r}; it has "
            f"{', '.join(known) or 'none'}."
        )
    config = config or next(iter(known), None)
    return _builder(made, config, data_dir)


def check_text(builder) -> None:
    """Raises `DataError` unless the data set is one of text."""
    if builder.name not in TEXT:
        raise DataError(
            f"{builder.name} is handwriting; of text there are "
            f"{' and '.join(TEXT)}."
        )


def check_handwriting(builder) -> None:
    """Raises `DataError` unless the data set is one of handwriting."""
    if builder.name not in HANDWRITING:
        raise DataError(
            f"{builder.name} is text; of handwriting there are "
            f"{' and '.join(HANDWRITING)}."
        )


def prepare(builder, manual_dir=None, accept_other_files=False) -> None:
    """Builds a data set where it is not built yet.

    Args:
        builder: from `make_builder`.
        manual_dir: where the files are that a user downloads by hand; by
            default `downloads/manual` in the folder of built data sets.
        accept_other_files: of `penn_treebank`: whether to build it from files
            that are not Mikolov's; it then goes by another name.

    Raises:
        MissingFilesError: such files are not there; the message names them.
        DataError: it cannot be built.
    """
    if is_built(builder):
        return
    if manual_dir is None:
        manual_dir = _root(builder) / "downloads" / "manual"
    manual_dir = Path(manual_dir).expanduser()
    if builder.name != "hershey":
        try:
            _module(builder.name, "manual_files").check_manual_files(manual_dir)
        except MissingFilesError as error:
            hint = "Name another folder by --manual-dir."
            if builder.name in HANDWRITING:
                hint += (
                    " The data set `hershey` needs no files: --dataset hershey."
                )
            raise MissingFilesError(f"{error}\n({hint})") from None
    if accept_other_files:
        builder.accept_other_files = True
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
        DataError: there is no such split, the files cannot be read, or the
            data set is one of text.
    """
    if builder.name not in HANDWRITING:
        raise DataError(
            f"{builder.name} is text; of handwriting there are "
            f"{' and '.join(HANDWRITING)}."
        )
    return _examples(builder, split, features.from_example)


def read_text(builder, split: str) -> bytes:
    """A split of a built data set of text, in order, as one piece.

    Args:
        builder: from `make_builder`, prepared.
        split: e.g. `train`, or several joined by `+`.

    Returns:
        Bytes: of `penn_treebank`, UTF-8 with a `\\n` after each sentence.

    Raises:
        DataError: there is no such split, the files cannot be read, or the
            data set is one of handwriting.
    """
    check_text(builder)
    if "[" in split:
        raise DataError(f"A split of text is read whole, not as {split!r}.")
    pieces = _examples(builder, split, text_features.from_example)
    counts = read_record(builder.data_path).pieces
    expected = sum(counts[part.strip()] for part in split.split("+"))
    if len(pieces) != expected:
        reason = f"{len(pieces)} pieces of {split}, not {expected}"
        raise _unreadable(builder, reason)
    return b"".join(piece + builder.joiner for piece in pieces)


def _builder(made, config, data_dir):
    """The module's builder; it reads what is built already."""
    try:
        return made.Builder(config=config, data_dir=data_dir)
    except (ParseError, ValueError, OSError) as error:
        place = data_dir or "the data directory (TFDS_DATA_DIR)"
        raise DataError(
            f"What is built of it in {place} cannot be read ({error}). Remove "
            "its folder to have it built again."
        ) from error


def _examples(builder, split, decode):
    splits = builder.info.splits
    examples = []
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
            # All at once: one by one takes five times as long.
            found = source.__getitems__(range(len(source)))
            # Of a file cut short, None.
            examples += map(decode, found)
        except (
            *(OSError, RuntimeError, LookupError, ValueError),
            *(AttributeError, TypeError),
        ) as error:
            raise _unreadable(builder, error) from error
    return examples


def _unreadable(builder, reason):
    return DataError(
        f"{builder.data_path}: cannot be read ({reason}). Remove the folder to "
        "have it built again."
    )


def _module(name, part):
    """A module of a data set: only what is asked for is imported."""
    return importlib.import_module(f"graves_tf.datasets.{name}.{part}")


def _root(builder):
    """The folder of all built data sets."""
    levels = 3 if builder.builder_config else 2
    return Path(builder.data_path).parents[levels - 1]
