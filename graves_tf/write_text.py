"""Text that a text network makes up, as `graves_tf.write --task text`."""

import itertools
import sys

import numpy as np

from graves_tf.text.vocabulary import tokenize

# How many unknown symbols an error names.
NAMED = 12


def write_text(options):
    """Writes what the command line asks for, symbol by symbol.

    Args:
        options: of `graves_tf.write`: `weights`, `preset`, `prime`,
            `temperature`, `length`, `seed`, `on_unknown` and `output`.
    """
    from graves_tf import weights
    from graves_tf.sampling.text_sampler import TextSampler
    from graves_tf.whole_file import replacing

    name = options.weights or options.preset or "ptb_char"
    network = weights.load(name, task="text")
    vocabulary = network.vocabulary
    prime = read_prime(options.prime, vocabulary, options.on_unknown)
    drawn = itertools.islice(
        TextSampler(network).symbols(prime, options.temperature, options.seed),
        options.length,
    )
    pieces = itertools.chain(
        [(options.prime or "").encode()],
        in_pieces((int(symbols[0]) for symbols in drawn), vocabulary, prime),
    )
    if options.output:
        with replacing(options.output) as path, path.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        print(f"{options.output}: {options.length} {vocabulary.kind}s")
        return
    for piece in pieces:
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    sys.stdout.buffer.write(b"\n")


def read_prime(text, vocabulary, on_unknown="error"):
    """The classes of a text that a network is to go on from.

    Args:
        text: a string, or None.
        vocabulary: the network's.
        on_unknown: "error", or "skip" to leave out what it does not know.

    Returns:
        `(N,)` ints.

    Raises:
        ValueError: a symbol is not in the vocabulary; the message names it.
    """
    known = vocabulary.with_unknown_class()
    symbols, unknown = known.encode(text or "")
    strangers = symbols == known.unknown_id
    if vocabulary.unknown_id == known.unknown_id:
        # It has a class for them, and was trained on it.
        return symbols
    if unknown and on_unknown != "skip":
        tokens = tokenize(text, vocabulary.kind)
        named = sorted({tokens[i] for i in np.flatnonzero(strangers)})
        shown = " ".join(map(repr, named[:NAMED]))
        more = f" and {len(named) - NAMED} more" * (len(named) > NAMED)
        raise ValueError(
            f"--prime has {vocabulary.kind}s that the network does not know: "
            f"{shown}{more}. Leave them out, or use --on-unknown skip."
        )
    return symbols[~strangers]


def in_pieces(symbols, vocabulary, before=()):
    """The bytes of each symbol, as it comes.

    Args:
        symbols: iterable of class numbers.
        vocabulary: the network's.
        before: classes of what they go on from.

    Yields:
        bytes; of words, with the space that belongs before.
    """
    previous = before[-1] if len(before) else None
    for symbol in symbols:
        piece = vocabulary.decode([symbol], previous=previous)
        previous = symbol
        yield piece if isinstance(piece, bytes) else piece.encode()
