"""Files that are written whole or not at all."""

import contextlib
import os
from pathlib import Path


@contextlib.contextmanager
def replacing(path):
    """A new file beside `path`, which takes its place in the end.

    Whatever is raised on the way, `path` stays as it was.

    Args:
        path: of the file to write; its folder is made where missing.

    Yields:
        The `Path` to write to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".new-{path.name}")
    try:
        yield new
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
