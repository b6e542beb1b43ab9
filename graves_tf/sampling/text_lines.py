"""From a text to the lines that a network can write, and their ink."""

from graves_tf.ink.line import Line
from graves_tf.ink.page import wrap

# Lines written at once: twice as many are hardly faster, half as many are not
# two thirds as fast.
BATCH_SIZE = 64
# Characters beyond which a batch has fewer lines.
LONG = 100
# How many of a page's first lines may fail to set its hand, each by itself.
FIRST_LINES = 3
# What keyboards and word processors put for what the networks know.
PLAIN = {
    **dict.fromkeys("\u2018\u2019", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
    "\u2026": "...",
}
# How many unknown characters an error names.
NAMED = 12


def prepare(
    text, alphabet, on_unknown="error", max_characters=40, paragraphs=False
):
    """The lines of a text, in characters that the network knows.

    Typographic quotes, dashes and dots that it does not know become plain.

    Args:
        text: string; newlines end lines.
        alphabet: the network's `Alphabet`.
        on_unknown: "error", or "skip" to leave unknown characters out.
        max_characters: of a line.
        paragraphs: whether one empty line of several between two others stays.

    Returns:
        List of strings; the first and the last are not empty, and with no
        `paragraphs` none is.

    Raises:
        ValueError: nothing is left to write, or a character is unknown.
    """
    text = "\n".join(" ".join(row.split()) for row in text.splitlines())
    strangers = [c for c in alphabet.unknown_in(text) if c != "\n"]
    for mark, plain in PLAIN.items():
        if mark in strangers and not alphabet.unknown_in(plain):
            text = text.replace(mark, plain)
            strangers.remove(mark)
    if strangers and on_unknown == "error":
        named = " ".join(map(repr, strangers[:NAMED]))
        more = len(strangers) - NAMED
        raise ValueError(
            f"The network does not know {named}"
            f"{f' and {more} more' if more > 0 else ''}. "
            f"It knows: {alphabet.symbols!r}. --on-unknown skip leaves others "
            "out."
        )
    for stranger in strangers:
        text = text.replace(stranger, "")
    lines = []
    for line in wrap(text.strip(), max_characters):
        # Of empty lines in a row only the first.
        if line or (paragraphs and lines[-1]):
            lines.append(line)
    if not lines:
        raise ValueError(
            "There is nothing to write: the text is empty"
            f"{' without the unknown characters' if strangers else ''}. Give "
            "some words."
        )
    return lines


def write_lines(
    sampler, texts, style=None, batch_size=BATCH_SIZE, first=0, **options
):
    """The samples of texts, a batch at a time.

    A line's ink does not depend on the lines beside it, but for rounding.

    Args:
        sampler: a `HandwritingSampler`.
        texts: list of strings.
        style: a `Line` to take the style of, or None.
        batch_size: how many are written at once; fewer where they have more
            than 100 characters, the style's included, for the memory's sake.
        first: the first text's number.
        **options: of `HandwritingSampler.write`.

    Yields:
        Lists of `Sample`, each as soon as its batch is done.
    """
    primed = len(style.text) if style else 0
    for batch in in_batches(texts, batch_size, primed):
        yield sampler.write(
            batch, styles=[style] * len(batch), first=first, **options
        )
        first += len(batch)


def in_batches(texts, batch_size, primed=0):
    """Texts in their order, a list for each batch: see `write_lines`.

    Args:
        texts: list of strings.
        batch_size: how many texts a batch has at most.
        primed: characters that stand before each.
    """
    batch, longest = [], 0
    for text in texts:
        longest = max(longest, primed + len(text))
        # φ takes as many numbers as a line has points times characters.
        room = batch_size * min(LONG / longest, 1) ** 2
        if batch and len(batch) + 1 > room:
            yield batch
            batch, longest = [], primed + len(text)
        batch.append(text)
    if batch:
        yield batch


def write_page(sampler, lines, style=None, **options):
    """The samples of a text's lines, all in one hand.

    Without a style to follow, the first line that is complete sets it: those
    after it are primed with it (Sec. 5.5), many at once. Primed each with the
    line before it they drift toward the average hand: a page of 12 lines
    that began 210 units a character wide had come down to 103, where with its
    first line it kept to between 148 and 189.

    Args:
        sampler: a `HandwritingSampler`.
        lines: list of strings.
        style: a `Line` to take the style of, or None.
        **options: of `write_lines`.

    Yields:
        Lists of `Sample`, each as soon as it is done.
    """
    number = 0
    while style is None and number < min(FIRST_LINES, len(lines)):
        line = lines[number : number + 1]
        (samples,) = write_lines(sampler, line, first=number, **options)
        yield samples
        number += 1
        if samples[0].complete:
            style = Line(samples[0].strokes, samples[0].text)
    yield from write_lines(
        sampler, lines[number:], style, first=number, **options
    )
