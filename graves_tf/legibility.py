"""How well writing can be read: by a recogniser that knows nothing of it."""

from importlib.metadata import version

import numpy as np

from graves_tf.bootstrap import ratio_interval
from graves_tf.ink.geometry import body_size
from graves_tf.ink.page import straighten
from graves_tf.ink.raster import to_image

# Chosen on 200 lines of IAM-OnDB's `validation_2`, where they give 9.2 %
# errors; not straightened 11 to 12 %, wider margins up to 14 %. Pens of 0.06
# to 0.24, and pictures of 48 to 96 pixels, make no difference that shows.
HEIGHT = 48
MARGIN = 0.2


def draw_line(strokes, height=HEIGHT):
    """The picture of a line as it is read, be it real or generated.

    Straightened, black on white, `height` pixels high, with a margin of
    `MARGIN` times the size of the writing and the package's own pen.

    Args:
        strokes: `(T, 3)` absolute points.
        height: in pixels; the recogniser's own is 48.

    Returns:
        `PIL.Image.Image`, RGB.
    """
    strokes = straighten(strokes)
    return to_image(strokes, height=height, margin=MARGIN * body_size(strokes))


class Recognizer:
    """Reads lines by PP-OCRv6's recogniser of printed and written text.

    Its weights come in the wheel of `rapidocr`. It finds no lines by itself
    here: each picture is one line.

    Attributes:
        name: the package with its version, on which the readings depend.

    Raises:
        ValueError: the packages of the extra `legibility` are missing.
    """

    def __init__(self):
        try:
            import rapidfuzz  # noqa: F401
            from rapidocr import RapidOCR

            self._read = RapidOCR(
                params={
                    "Global.log_level": "error",
                    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                }
            )
        except ImportError as error:
            raise ValueError(
                f"Reading lines needs the package {error.name}: pip install "
                "'graves_tf[legibility]'."
            ) from error
        self.name = f"rapidocr {version('rapidocr')}"

    def read(self, strokes):
        """What a line `(T, 3)` says, as far as it can be read."""
        picture = np.asarray(draw_line(strokes))
        found = self._read(picture, use_det=False, use_cls=False, use_rec=True)
        return found.txts[0] if found.txts else ""


def letters(text):
    """What is compared of a text: its letters, case folded."""
    return "".join(c for c in text.casefold() if c.isalpha())


def count_errors(text, reading):
    """Letters to insert, delete or replace, to get from one to the other."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(letters(text), letters(reading))


def error_rate(texts, readings):
    """Character error rate: errors of all lines over letters of all lines.

    Args:
        texts: what the lines say.
        readings: what was read of each.

    Returns:
        `cer`, and `cer_interval`: 95 %, from resampling lines.
    """
    pairs = list(zip(texts, readings, strict=True))
    errors = [count_errors(text, reading) for text, reading in pairs]
    counts = [len(letters(text)) for text in texts]
    return {
        "cer": sum(errors) / sum(counts),
        "cer_interval": ratio_interval(errors, counts),
    }
