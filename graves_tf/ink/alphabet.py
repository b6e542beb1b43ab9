"""Characters to class numbers and back."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Alphabet:
    """An ordered set of characters, with or without an unknown class.

    Attributes:
        symbols: the characters; the class of each is its place.
        unknown: whether one more class, the last, stands for any other.
    """

    symbols: str
    unknown: bool = True

    def __post_init__(self):
        twice = sorted(
            c for c in set(self.symbols) if self.symbols.count(c) > 1
        )
        if twice:
            raise ValueError(f"Symbols given more than once: {twice}")

    @property
    def size(self) -> int:
        """Number of classes."""
        return len(self.symbols) + int(self.unknown)

    def encode(self, text: str) -> np.ndarray:
        """Class numbers of a text.

        Args:
            text: U characters.

        Returns:
            `(U,)` int32.

        Raises:
            ValueError: a character is not known and there is no unknown
                class; it names them.
        """
        strangers = self.unknown_in(text)
        if strangers and not self.unknown:
            raise ValueError(
                f"Not in the alphabet: {strangers}. Known: {self.symbols!r}"
            )
        index = {symbol: i for i, symbol in enumerate(self.symbols)}
        other = len(self.symbols)
        return np.array([index.get(c, other) for c in text], dtype=np.int32)

    def decode(
        self, ids, placeholder: str = "\N{REPLACEMENT CHARACTER}"
    ) -> str:
        """The text of class numbers `(U,)`; the unknown class is `placeholder`.

        Raises:
            ValueError: a number is outside the alphabet.
        """
        ids = [int(i) for i in np.asarray(ids).reshape(-1)]
        if outside := sorted({i for i in ids if not 0 <= i < self.size}):
            raise ValueError(f"Classes outside 0 to {self.size - 1}: {outside}")
        return "".join([*self.symbols, placeholder][i] for i in ids)

    def unknown_in(self, text: str) -> list[str]:
        """The characters of a text that are not symbols, sorted, each once."""
        return sorted(set(text) - set(self.symbols))

    def get_config(self) -> dict:
        return {"symbols": self.symbols, "unknown": self.unknown}

    @classmethod
    def from_config(cls, config: dict) -> "Alphabet":
        return cls(**config)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# `full`: each of the 82 symbols in the transcriptions of IAM-OnDB's lines.
# `paper`: 57 classes, "with all the digits and most of the punctuation
# characters replaced with a generic 'non-letter' label" (Sec. 5.2). The paper
# does not list them; of the marks, these three are IAM-OnDB's most frequent.
ALPHABETS = {
    "full": Alphabet(
        " !\"#%&'()*+,-./0123456789:;?" + _LETTERS[:26] + "[]" + _LETTERS[26:]
    ),
    "paper": Alphabet(" " + _LETTERS + ',."', unknown=True),
}
