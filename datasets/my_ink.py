"""my_ink: someone's own lines, in a folder of ink files."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graves_tf.datasets.errors import DataError
from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.formats import read_style
from graves_tf.ink.line import Line
from graves_tf.ink.recording_units import to_recording_units

ENDINGS = (".inkml", ".json", ".xml")
LEAST_LINES = 4
HELD_OUT = 0.2  # of the lines, and at least two
MAX_CHARACTERS = 100  # IAM-OnDB's longest line has 64


class Ink(NamedTuple):
    """The lines of a folder, and what was left out.

    Attributes:
        splits: lines by split: `train`, `validation_1` (held out), and, empty,
            the other two that IAM-OnDB has.
        left_out: the reason by file.
    """

    splits: dict[str, list[Line]]
    left_out: dict[str, str]

    def lines(self, split):
        """The lines of a split, or of several joined by `+`.

        Raises:
            DataError: there is no such split.
        """
        wanted = [part.strip() for part in split.split("+")]
        for part in wanted:
            if part not in self.splits:
                raise DataError(
                    f"my_ink: no split {part!r}; it has "
                    f"{', '.join(self.splits)}."
                )
        return [line for part in wanted for line in self.splits[part]]


def read_ink(folder) -> Ink:
    """The lines in a folder's ink files, split in two.

    Each file is one line, in a form that `read_style` knows, with its text in
    it or beside it. Files of one ending in one folder are taken to come from
    one device: they are brought to IAM-OnDB's units and pace together, by one
    scale. A fifth of the lines, and at least two, is held out, by a draw that
    is the same each time.

    Args:
        folder: holds `.inkml`, `.json` and `.xml` files, itself or in folders
            below; other files are not looked at.

    Raises:
        DataError: no such folder, or too few lines in it that can be used.
    """
    if folder is None:
        raise DataError(
            "my_ink is a folder of ink files, a line with its text in each: "
            "name it by --data DIR."
        )
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise DataError(
            f"{folder}: no such folder. my_ink is a folder of ink files, a "
            "line with its text in each."
        )
    devices, left_out = {}, {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        # A name in another encoding is shown as it may be printed.
        name = os.fsencode(path.relative_to(folder))
        name = name.decode("utf-8", "backslashreplace")
        try:
            line = _read(path)
        except ValueError as error:
            left_out[name] = str(error).removeprefix(f"{path}: ")
        else:
            line = line._replace(line_id=name)
            devices.setdefault((path.parent, path.suffix), []).append(line)
    lines = []
    for of_one in devices.values():
        lines += _convert(of_one)
    if len(lines) < LEAST_LINES:
        reasons = [
            f"\n  {name}: {reason}"
            for name, reason in list(left_out.items())[:5]
        ]
        raise DataError(
            f"{folder}: {len(lines)} lines of ink that can be used, and "
            f"{LEAST_LINES} are the least, 10 to 100 better. Each is a file "
            f"({', '.join(ENDINGS)}) with its text. Left out: {len(left_out)}"
            + "".join(reasons)
        )
    count = max(2, round(HELD_OUT * len(lines)))
    order = np.random.default_rng(0).permutation(len(lines))
    return Ink(
        {
            "train": [lines[i] for i in sorted(order[count:])],
            "validation_1": [lines[i] for i in sorted(order[:count])],
            "validation_2": [],
            "test": [],
        },
        left_out,
    )


def _read(path):
    """A line as it is in its file; ValueError where it cannot be used."""
    line = read_style(path, convert=False)
    if strangers := ALPHABETS["full"].unknown_in(line.text):
        raise ValueError(
            "its text holds what the networks do not know: "
            + " ".join(map(repr, strangers))
        )
    if len(line.text) > MAX_CHARACTERS:
        raise ValueError(
            f"{len(line.text)} characters, more than {MAX_CHARACTERS}; give "
            "each line a file"
        )
    if len(line.strokes) < 2:
        raise ValueError("a single point; give a line of writing")
    return line


def _convert(lines):
    """Lines of one device in IAM-OnDB's units, as if they were one long line.

    Each by itself, a line of narrow letters would come out too large.
    """
    strokes = [line.strokes for line in lines]
    whole = to_recording_units(
        Line(np.concatenate(strokes), " ".join(line.text for line in lines))
    ).strokes
    # What is converted keeps the number of its pen strokes.
    ends = np.flatnonzero(whole[:, 2]) + 1
    lifts = np.cumsum([np.count_nonzero(points[:, 2]) for points in strokes])
    pieces = np.split(whole, ends[lifts - 1][:-1])
    return [
        line._replace(strokes=piece)
        for line, piece in zip(lines, pieces, strict=True)
    ]
