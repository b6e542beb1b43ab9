"""Figs. 5-8: text that a text network makes up."""

import itertools
import textwrap

from matplotlib.figure import Figure

LENGTH = 2400
COLUMNS = 80
# Inches a line and a column, of 9 point DejaVu Sans Mono, rounded to pixels.
LINE = 0.165
COLUMN = 0.082
MARGIN = 0.2


def draw(material):
    """A `Figure` of made-up text, in lines of 80 columns."""
    network = material.network("text")
    return draw_text(make_up(network, LENGTH, material.seed))


def make_up(network, length, seed):
    """So many symbols drawn from a `TextPredictor`, as a string."""
    from graves_tf.sampling.text_sampler import TextSampler
    from graves_tf.write_text import in_pieces

    drawn = TextSampler(network).symbols(seed=seed)
    symbols = (int(s[0]) for s in itertools.islice(drawn, length))
    text = b"".join(in_pieces(symbols, network.vocabulary))
    return text.decode(errors="replace")


def draw_text(text):
    """A `Figure` of a text; its own ends of lines are kept."""
    rows = []
    for row in text.expandtabs().splitlines():
        rows += textwrap.wrap(row, COLUMNS) or [""]
    height = LINE * max(len(rows), 1) + 2 * MARGIN
    figure = Figure(figsize=(COLUMN * COLUMNS + 2 * MARGIN, height))
    for number, row in enumerate(rows):
        figure.text(
            MARGIN / figure.get_figwidth(),
            1 - (MARGIN + LINE * (number + 0.75)) / height,
            row,
            family="monospace",
            fontsize=9,
            parse_math=False,
        )
    return figure
