"""The symbols of a text: class numbers, and back."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np

KINDS = ("character", "word", "byte")
# The end of a sentence is a symbol like any other (Sec. 3.1). Bytes have none.
END = {"character": "\n", "word": "<eos>"}
UNKNOWN_WORD = "<unk>"
PLACEHOLDER = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Vocabulary:
    """An ordered set of the symbols of one kind.

    The class of a symbol is its place. What is outside falls into the unknown
    class: the word `<unk>` among words; among characters and bytes one more
    class, the last, where there is one.

    Attributes:
        symbols: tuple of `str` (one character each, or words), or of byte
            values, 0 to 255.
        kind: `character`, `word` or `byte`.
        unknown_class: whether characters or bytes have an unknown class.

    Raises:
        ValueError: no such kind, no symbols, one given twice, or one that is
            not of the kind.
    """

    symbols: tuple
    kind: str
    unknown_class: bool = False

    def __post_init__(self):
        # A list comes from JSON; a string or bytes from a person.
        object.__setattr__(self, "symbols", tuple(self.symbols))
        if self.kind not in KINDS:
            raise ValueError(
                f"`kind` must be one of {', '.join(KINDS)}, not {self.kind!r}"
            )
        if not self.symbols:
            raise ValueError("A vocabulary must have symbols.")
        wrong = [s for s in self.symbols if not _is_symbol(s, self.kind)]
        if wrong:
            raise ValueError(f"Not a {self.kind}: {wrong[:10]}")
        if len(set(self.symbols)) < len(self.symbols):
            counts = Counter(self.symbols)
            twice = [s for s, count in counts.items() if count > 1]
            raise ValueError(f"Symbols given more than once: {twice[:10]}")
        if self.unknown_class and self.kind == "word":
            raise ValueError(
                f"The unknown class of words is the word {UNKNOWN_WORD!r}: put "
                "it among the symbols, and leave `unknown_class` out."
            )

    @classmethod
    def fit(cls, text: str | bytes, kind: str) -> "Vocabulary":
        """The symbols that occur in a text.

        Characters and bytes stand in the order of their codes; words with the
        most frequent first, ties in alphabetical order, and `<unk>` last where
        it does not occur.

        Args:
            text: as for `encode`.
            kind: `character`, `word` or `byte`.

        Raises:
            ValueError: the text is empty, or not of that kind.
        """
        tokens = tokenize(text, kind)
        if kind != "word":
            return cls(tuple(sorted(set(tokens))), kind)
        counts = Counter(tokens)
        words = sorted(counts, key=lambda word: (-counts[word], word))
        if words and UNKNOWN_WORD not in counts:
            words.append(UNKNOWN_WORD)
        return cls(tuple(words), kind)

    @property
    def size(self) -> int:
        """Number of classes."""
        return len(self.symbols) + int(self.unknown_class)

    @property
    def dtype(self) -> np.dtype:
        """Of class numbers: uint16, or int32 from 65,537 classes on."""
        return np.dtype(np.uint16 if self.size <= 2**16 else np.int32)

    @property
    def unknown_id(self) -> int | None:
        """The unknown class; None where there is none."""
        if self.kind == "word":
            return self._index.get(UNKNOWN_WORD)
        return len(self.symbols) if self.unknown_class else None

    @property
    def end_id(self) -> int | None:
        """The class of a sentence's end; None where there is none."""
        return self._index.get(END.get(self.kind))

    def encode(self, text: str | bytes) -> tuple[np.ndarray, int]:
        """Class numbers of a text, and how many of them stand in for others.

        Args:
            text: a string; of bytes, a string stands for its UTF-8. Words are
                what spaces separate, and each `\\n` is an `<eos>`.

        Returns:
            `(N,)` of `dtype`, and the number of symbols outside of the
            vocabulary, now of the unknown class. An `<unk>` that is in the
            text itself does not count.

        Raises:
            ValueError: a symbol is outside and there is no unknown class (the
                message names it); or the text is not of the kind.
        """
        tokens = tokenize(text, self.kind)
        if self.kind == "byte":
            # uint8 has no room for -1.
            table = np.full(256, -1, np.int16)
            table[list(self.symbols)] = np.arange(len(self.symbols))
            ids = table[np.frombuffer(tokens, np.uint8)]
        else:
            index = self._index
            ids = np.fromiter(
                (index.get(token, -1) for token in tokens), np.int32
            )
        outside = np.flatnonzero(ids < 0)
        if len(outside):
            if self.unknown_id is None:
                self.refuse(Counter(tokens[i] for i in outside))
            ids[outside] = self.unknown_id
        return ids.astype(self.dtype), len(outside)

    def decode(self, ids, previous: int | None = None) -> str | bytes:
        """The text of class numbers.

        Args:
            ids: `(N,)`, whole numbers.
            previous: of words, the class before the first of them, where the
                text goes on: it tells whether a space comes in between.

        Returns:
            A string, or bytes. The unknown class of characters and bytes is
            U+FFFD (of bytes, its UTF-8). Words stand a space apart, and
            `<eos>` is a `\\n`.

        Raises:
            ValueError: a number is no class.
        """
        before = self._pieces_of([] if previous is None else [previous])
        pieces = self._pieces_of(ids)
        if self.kind == "byte":
            return b"".join(pieces)
        if self.kind == "word":
            pieces = _spaced(pieces, *before)
        return "".join(pieces)

    def with_unknown_class(self) -> "Vocabulary":
        """The same symbols in the same classes, with an unknown class."""
        if self.unknown_id is not None:
            return self
        if self.kind == "word":
            return Vocabulary((*self.symbols, UNKNOWN_WORD), self.kind)
        return Vocabulary(self.symbols, self.kind, unknown_class=True)

    def refuse(self, strangers: Counter) -> None:
        """Raises the error for symbols outside, with their counts."""
        named = ", ".join(
            f"{symbol!r} ({count})"
            for symbol, count in strangers.most_common(10)
        )
        more = ", ..." if len(strangers) > 10 else ""
        raise ValueError(
            f"{strangers.total()} {self.kind}s are not among the {self.size} "
            f"of the vocabulary, which has no unknown class: {named}{more}. "
            "Leave them out, or train with a vocabulary that has such a class "
            "(Vocabulary.with_unknown_class)."
        )

    def get_config(self) -> dict:
        return {
            "symbols": list(self.symbols),
            "kind": self.kind,
            "unknown_class": self.unknown_class,
        }

    @classmethod
    def from_config(cls, config: dict) -> "Vocabulary":
        return cls(**config)

    @cached_property
    def _index(self):
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    @cached_property
    def _pieces(self):
        """What each class is in a text."""
        symbols, placeholder = self.symbols, PLACEHOLDER
        if self.kind == "byte":
            symbols = [bytes([symbol]) for symbol in symbols]
            placeholder = PLACEHOLDER.encode()
        return [*symbols, placeholder][: self.size]

    def _pieces_of(self, ids):
        ids = np.asarray(ids).reshape(-1)
        outside = (ids < 0) | (ids >= self.size)
        if outside.any():
            raise ValueError(
                f"{ids[outside][0]} is no class of the vocabulary: they are 0 "
                f"to {self.size - 1}"
            )
        return map(self._pieces.__getitem__, ids.tolist())


def tokenize(text: str | bytes, kind: str) -> str | bytes | list[str]:
    """The symbols of a text, one after another.

    Args:
        text: a string; of bytes, a string stands for its UTF-8.
        kind: `character`, `word` or `byte`.

    Raises:
        ValueError: bytes where characters or words are wanted.
    """
    if kind == "byte":
        return text.encode() if isinstance(text, str) else bytes(text)
    if not isinstance(text, str):
        raise ValueError(
            f"{kind.capitalize()}s come from a string, not from "
            f"{type(text).__name__}: decode it first"
        )
    if kind == "word":
        return text.replace("\n", f" {END['word']} ").split()
    return text


def _is_symbol(symbol, kind):
    if kind == "byte":
        whole = isinstance(symbol, int) and not isinstance(symbol, bool)
        return whole and 0 <= symbol < 256
    if not isinstance(symbol, str):
        return False
    if kind == "word":
        return symbol.split() == [symbol]
    return len(symbol) == 1


def _spaced(words, before="\n"):
    for word in words:
        end = word == END["word"]
        # No space at the beginning of a line, and none at its end.
        if not end and before not in ("\n", END["word"]):
            yield " "
        yield "\n" if end else word
        before = word
