"""One line of handwriting with its text."""

from typing import NamedTuple

import numpy as np


class Line(NamedTuple):
    """One line of online handwriting.

    Attributes:
        strokes: `(T, 3)` float32: x, y, end-of-stroke (1 where the pen lifts
            after the point). Absolute, in the recording's units, y down.
        text: what the line says.
        line_id: e.g. `a01-000u-01`.
        form_id: e.g. `a01-000u`.
        writer_id: '' where unknown.
    """

    strokes: np.ndarray
    text: str
    line_id: str = ""
    form_id: str = ""
    writer_id: str = ""
