"""Lines of handwriting to train on, from wherever they are kept."""

from pathlib import Path

from graves_tf import packed
from graves_tf.ink.line import Line


def load_lines(
    split: str,
    *,
    dataset: str | None = "iam_ondb/clean",
    data=None,
    data_dir=None,
    manual_dir=None,
) -> list[Line]:
    """The lines of a split.

    A packed file is read with numpy alone; a data set is read without
    TensorFlow, and built first where it is not there yet.

    Args:
        split: e.g. `train`, or several joined by `+`.
        dataset: `iam_ondb/clean`, `iam_ondb/raw`, `hershey`, or
            `hershey/lines_N` for N lines in `train`. None takes
            `iam_ondb/clean` where it is built or its files are there, and
            `hershey` elsewhere. `my_ink` is the folder `data`.
        data: a packed `.npz`, instead of a data set; of `my_ink` a folder of
            ink files.
        data_dir: where built data sets are kept; by default where tfds does.
        manual_dir: where the files of IAM-OnDB are that a user downloads; by
            default `downloads/manual` in `data_dir`.

    Raises:
        FileNotFoundError: there is no such packed file.
        packed.PackedFileError: it is damaged, or has no such split.
        graves_tf.datasets.errors.MissingFilesError: files of IAM-OnDB are
            missing; the message names them, and where to register.
        graves_tf.datasets.errors.DataError: no such data set of handwriting
            or split, or it cannot be built or read.
    """
    if is_folder_of_ink(dataset, data):
        from graves_tf.datasets.my_ink import read_ink

        return read_ink(data).lines(split)
    if data is not None:
        return packed.load(data, split)
    # Only now: a machine that trains from a packed file has no tfds.
    from graves_tf.datasets import build
    from graves_tf.datasets.errors import MissingFilesError

    builder = build.make_builder(dataset or "iam_ondb/clean", data_dir)
    build.check_handwriting(builder)
    try:
        build.prepare(builder, manual_dir)
    except MissingFilesError:
        if dataset is not None or manual_dir is not None:
            raise
        builder = build.make_builder("hershey", data_dir)
        build.prepare(builder)
    return build.read_lines(builder, split)


def is_folder_of_ink(dataset, data) -> bool:
    """Whether the lines are one's own, in a folder and not packed.

    Raises:
        ValueError: a folder, and another data set.
    """
    if dataset != "my_ink" and data is not None and Path(data).is_dir():
        raise ValueError(
            f"{data} is a folder, where a packed file is wanted. A folder of "
            "ink files is read by --dataset my_ink."
        )
    return dataset == "my_ink" and not (data and Path(data).is_file())
