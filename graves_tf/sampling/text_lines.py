"""From a text to the lines that a network can write, and their ink."""

from graves_tf.ink.line import Line
from graves_tf.ink.page import wrap


def prepare(text, alphabet, on_unknown="error", max_characters=40):
    """The lines of a text, in characters that the network knows.

    Args:
        text: string; newlines end lines.
        alphabet: the network's `Alphabet`.
        on_unknown: "error", or "skip" to leave unknown characters out.
        max_characters: of a line.

    Returns:
        List of non-empty strings.

    Raises:
        ValueError: nothing is left to write, or a character is unknown.
    """
    text = "\n".join(" ".join(row.split()) for row in text.splitlines())
    strangers = [c for c in alphabet.unknown_in(text) if c != "\n"]
    if strangers and on_unknown == "error":
        raise ValueError(
            f"The network does not know {' '.join(map(repr, strangers))}. "
            f"It knows: {alphabet.symbols!r}. --on-unknown skip leaves others "
            "out."
        )
    for stranger in strangers:
        text = text.replace(stranger, "")
    lines = [line for line in wrap(text, max_characters) if line.strip()]
    if not lines:
        raise ValueError("There is nothing to write: the text is empty.")
    return lines


def write_page(sampler, lines, style=None, **options):
    """The samples of a text's lines, all in one hand.

    Without a style to follow, the first line that is complete sets it: those
    after it are primed with it (Sec. 5.5), all at once. Primed each with the
    line before it they drift toward the average hand: a page of 12 lines
    that began 210 units a character wide had come down to 103, where with its
    first line it kept to between 148 and 189.

    Args:
        sampler: a `HandwritingSampler`.
        lines: list of strings.
        style: a `Line` to take the style of, or None.
        **options: of `HandwritingSampler.write`.

    Returns:
        List of `Sample`.
    """
    samples = []
    while style is None and len(samples) < len(lines):
        number = len(samples)
        samples += sampler.write(
            lines[number : number + 1], first=number, **options
        )
        if samples[-1].complete:
            style = Line(samples[-1].strokes, samples[-1].text)
    number = len(samples)
    rest = lines[number:]
    return samples + sampler.write(
        rest, styles=[style] * len(rest), first=number, **options
    )
