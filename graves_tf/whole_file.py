"""Files that are written whole or not at all."""

import contextlib
import os
from pathlib import Path


@contextlib.contextmanager
def replacing(path):
    """A new file beside `path`, which takes its place in the end.

    Whatever is raised on the way, `path` stays as it was. Where it is a link,
    the file that it leads to is replaced.

    Args:
        path: of the file to write; its folder is made where missing.

    Yields:
        The `Path` to write to.

    Raises:
        OSError: it is a folder, a device or a pipe.
    """
    check_ordinary(path)
    path = Path(path).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".new-{path.name}")
    try:
        yield new
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def check_ordinary(path) -> None:
    """Refuses a path where something is that cannot be replaced by a file.

    Raises:
        OSError: it is a folder, a device or a pipe.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder. Name a file.")
    if path.exists() and not path.is_file():
        raise OSError(
            f"{path} is a device or a pipe, and would be replaced by a file. "
            "Name a file."
        )
