"""What the commands refuse before anything slow is done."""

import math
import os
from pathlib import Path

from graves_tf.whole_file import check_ordinary


def flag(name):
    """An option's name as it is typed."""
    return "--" + name.replace("_", "-")


def check_limits(options, limits):
    """Refuses numbers out of their range.

    Args:
        options: parsed ones.
        limits: the least and the most of each option, by its name. An option
            that is None was not given.

    Raises:
        ValueError: one is out of its range, or no number.
    """
    for name, (least, most) in limits.items():
        value = getattr(options, name)
        # Of NaN neither is true.
        if value is not None and not least <= value <= most:
            upto = "or more" if most == math.inf else f"to {most:g}"
            raise ValueError(
                f"{flag(name)} must be {least:g} {upto}, not {value}."
            )


def refuse_idle(options, parser, names, where):
    """Refuses options that were given and would change nothing.

    Args:
        options: what the parser read.
        parser: knows what an option is that was not given.
        names: of the options.
        where: they do nothing, for the message.

    Raises:
        ValueError: one was given.
    """
    for name in names:
        value = getattr(options, name)
        if value != parser.get_default(name):
            given = "" if value is True else f" {value}"
            raise ValueError(
                f"{flag(name)}{given} does nothing {where}. Leave it out."
            )


def check_output(path, folder=False):
    """Refuses an output that cannot be written.

    Args:
        path: of the file to write, or of the folder; what is missing on the
            way to it will be made.
        folder: whether it is a folder.

    Raises:
        OSError: it is a folder where a file is wanted or the other way round,
            a device, or there is no permission.
    """
    path = Path(path)
    if not folder:
        check_ordinary(path)
    there = path if folder else path.resolve().parent
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        raise NotADirectoryError(
            f"{there} is a file, and a folder is needed there. Write elsewhere."
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(
            f"{path}: there is no permission to write in {there}. Write "
            "elsewhere."
        )


def check_overwriting(written, read):
    """Refuses to write where something is read, or twice.

    Args:
        written, read: paths of files; None is none.

    Raises:
        ValueError: one of those written is another of both, by whatever path.
    """
    written = [path for path in written if path]
    paths = written + [path for path in read if path]
    places = [Path(path).resolve() for path in paths]
    for path, place in zip(written, places, strict=False):
        if places.count(place) > 1:
            raise ValueError(
                f"{path} is named twice on the command line. Write to another "
                "file."
            )
