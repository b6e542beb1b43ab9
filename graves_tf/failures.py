"""What can go wrong with a written line, counted."""

import numpy as np

from graves_tf.ink.geometry import body_size

# Ink after the text, in sizes of the writing (`body_size`): how much there may
# be after the window first looks past the last character, and after it first
# looks at that. The window runs ahead of the pen, so that a last letter is
# partly, or a full stop not at all, drawn by then. See `trails_ink`.
PAST_TEXT = {"mark": 3.0, "letter": 8.0}
SINCE_LAST = {"mark": 12.0, "letter": 20.0}


def ink_after(strokes, phi, place):
    """Ink drawn from when the window first looked at a place or past it.

    Args:
        strokes: `(T, 3)` absolute points.
        phi: `(S, U + 1)`, one row for each of the last S steps.
        place: from 0; U is the place past the text.

    Returns:
        Length of the ink in sizes of the writing (`body_size`), moves of the
        lifted pen left out; 0 where the window never got there.
    """
    steps = np.hypot(*np.diff(strokes[:, :2], axis=0).T)
    ink = np.where(strokes[:-1, 2] < 0.5, steps, 0.0)
    looks = phi[len(phi) - len(ink) :].argmax(axis=1) >= place
    if not looks.any():
        return 0.0
    return float(ink[looks.argmax() :].sum()) / body_size(strokes)


def trails_ink(sample):
    """Whether a line goes on after its text.

    It does if, in sizes of the writing, more than 3 of ink follow after the
    window first looks past the text, φ(t, U+1) being the largest, or more
    than 12 after it first looks at the last character; where that is a letter
    or digit, 8 and 20. Of 128 real lines of IAM-OnDB, read with the shipped
    weights, this finds the two whose transcription lacks the end, `22%,` and
    `representa-`.

    Args:
        sample: a `Sample` with its `phi`.
    """
    kind = "letter" if sample.text[-1].isalnum() else "mark"
    count = len(sample.text)
    past = ink_after(sample.strokes, sample.phi, count)
    last = ink_after(sample.strokes, sample.phi, count - 1)
    return past > PAST_TEXT[kind] or last > SINCE_LAST[kind]


def tally(samples):
    """How many came out well.

    Args:
        samples: list of `Sample`.

    Returns:
        Shares of lines: `finished` by the stop rule, `visited` in every
        character, `trailing` ink, `drawn_again`; and `points_per_character`.
    """
    count = len(samples)
    points = sum(len(s.strokes) for s in samples)
    return {
        "finished": sum(s.finished for s in samples) / count,
        "visited": sum(not s.unvisited for s in samples) / count,
        "trailing": sum(map(trails_ink, samples)) / count,
        "drawn_again": sum(s.attempts > 1 for s in samples) / count,
        "points_per_character": points / sum(len(s.text) for s in samples),
    }


def describe(sample):
    """What is wrong with a line, in words; '' where nothing is."""
    wrong = []
    if not sample.finished:
        wrong.append("did not finish")
    if sample.unvisited:
        places = "".join(sample.text[i] for i in sample.unvisited)
        wrong.append(f"passed over {places!r}")
    if trails_ink(sample):
        wrong.append("ink after the text")
    return ", ".join(wrong)
