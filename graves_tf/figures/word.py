"""Which points of a line of handwriting write one of its words."""

import numpy as np

# A space is clear where it is so many times as wide as the widest gap that
# is none.
CLEAR = 1.5


def find_word(lines, word):
    """A word in lines of handwriting, with clear spaces round it.

    Args:
        lines: list of `Line`.
        word: which to look for first; where no line has it, the longest of a
            line's words will do.

    Returns:
        `Line`, the word, and its first point and the one past its last.

    Raises:
        ValueError: there is none in these lines.
    """
    for wanted in (word, None):
        for line in lines:
            words = line.text.split()
            if not words or (wanted and wanted not in words):
                continue
            found = wanted or max(words, key=len)
            spans = word_spans(line.strokes, len(words))
            if spans:
                return line, found, *spans[words.index(found)]
    raise ValueError(
        f"None of {len(lines)} lines has clear spaces between its words."
    )


def word_spans(strokes, count):
    """The points of each word: `count` pairs, or None where it is not clear.

    Words are parted at the widest gaps between all ink so far and all ink to
    come, so that a dot that is added late hides the gaps that it skips.

    Args:
        strokes: `(T, 3)`.
        count: words.
    """
    ends = np.flatnonzero(strokes[:-1, 2] > 0.5) + 1
    x = strokes[:, 0]
    reach = np.maximum.accumulate(x)[ends - 1]
    ahead = np.minimum.accumulate(x[::-1])[::-1][ends]
    gaps = ahead - reach
    order = np.argsort(-gaps, kind="stable")
    spaces, others = order[: count - 1], order[count - 1 :]
    if len(spaces) < count - 1:
        return None
    widest = max([0.0, *gaps[others]])
    if len(spaces) and gaps[spaces].min() <= CLEAR * widest:
        return None
    cuts = [0, *sorted(ends[spaces].tolist()), len(strokes)]
    return list(zip(cuts[:-1], cuts[1:], strict=True))
