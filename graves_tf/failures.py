"""What can go wrong with a written line, counted."""

from graves_tf.ink.geometry import body_size
from graves_tf.sampling.sample import ink_after

# Ink after the text, in sizes of the writing (`body_size`): how much there may
# be while the window looks past the last character, and while it looks at
# that or past it. The window runs ahead of the pen, so that a last letter is
# partly, or a full stop not at all, drawn by then. See `trails_ink`.
PAST_TEXT = {"mark": 3.0, "letter": 8.0}
SINCE_LAST = {"mark": 12.0, "letter": 20.0}


def trails_ink(sample):
    """Whether a line goes on after its text.

    It does if it has, in sizes of the writing, more than 3 of ink while the
    window looks past the text, φ(t, U+1) being the largest, or more than 12
    from the last character on; where that is a letter or digit, 8 and 20. Of
    200 real lines of IAM-OnDB, read with the shipped weights, this finds 8:
    one whose transcription lacks the end, `representa-`, and 7 whose last
    letter or comma is large.

    `sample.runs_past_text`, by which lines are drawn again, is coarser behind
    a letter, and nearly the same behind a mark: what is found here is what is
    left of that after all attempts, not how often it comes.

    Args:
        sample: a `Sample` with its `phi`.
    """
    kind = "letter" if sample.text[-1].isalnum() else "mark"
    size, count = body_size(sample.strokes), len(sample.text)
    past, _ = ink_after(sample.strokes, sample.phi, count)
    last, _ = ink_after(sample.strokes, sample.phi, count - 1)
    return past > PAST_TEXT[kind] * size or last > SINCE_LAST[kind] * size


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
