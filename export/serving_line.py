"""One line of handwriting as requests to a server, and its replies as ink.

Needs numpy alone.
"""

import numbers

import numpy as np

from graves_tf.export.serving_limits import MAX_BIAS
from graves_tf.export.serving_limits import MAX_CHARACTERS
from graves_tf.export.serving_limits import MAX_POINTS
from graves_tf.ink.offsets import to_offsets
from graves_tf.sampling.draws import Draws
from graves_tf.sampling.sample import Sample
from graves_tf.sampling.sample import longest_look
from graves_tf.sampling.sample import points_of
from graves_tf.sampling.sample import runs_past_text
from graves_tf.sampling.sample import unvisited_places

# U is a multiple of this, and at least one more than the text is long: a
# server that puts requests together may fill shorter ones up with anything
# behind the -1 that ends the text.
_WIDTH = 16


class ServedLine:
    """A text that is to be written, in the numbers that a server takes.

    Args:
        text: what to write.
        alphabet: a `graves_tf.ink.alphabet.Alphabet`.
        bias: b of Sec. 5.4: 0 draws from the network's own density, more is
            neater.
        seed: non-negative int.
        max_points: bound of the line's points; None: 150 and 45 for each
            character.
        prime: `(strokes, text)` of someone's line, to write on in its style
            (Sec. 5.5), or None; strokes `(T, 3)` are absolute, y down, in the
            recording's units.

    Attributes:
        style: inputs of `prime`, or None.
        characters: `(1, U)` int32, the style's text included.
        bound: int: T, the most points that it may have.

    Raises:
        ValueError: an empty text, characters that the network does not know,
            a text, a bound, a bias or a seed that is out of range or no
            number, or a prime that is not strokes and a text. It names the
            value.
    """

    def __init__(self, text, alphabet, bias, seed, max_points, prime):
        _check_text(text, "The text", "nothing to write")
        check_number("bias", bias, numbers.Real, 0, MAX_BIAS)
        check_number("seed", seed, numbers.Integral, 0)
        if max_points is None:
            max_points = 150 + 45 * len(text)
        else:
            check_number(
                "max_points", max_points, numbers.Integral, 1, MAX_POINTS
            )
        offsets, prefix = _read_prime(prime)
        _check_length(prefix, text)
        self.text, self._seed, self._skip = text, seed, len(prefix)
        self.bound = max_points
        self.characters = _characters(prefix + text, alphabet)
        self._bias = np.array([bias], "float32")
        self._read = len(offsets)
        self.style = None
        if self._read:
            self.style = {
                "offsets": offsets[None],
                "lengths": np.array([self._read], "int32"),
                "characters": self.characters,
            }

    def draws(self, attempt):
        """Inputs of `write` that are the line's alone.

        Args:
            attempt: how many times it was drawn before.

        Returns:
            dict of `characters`, `bias`, `uniforms` and `normals`.

        Raises:
            ValueError: `attempt` is no whole number, or negative.
        """
        check_number("attempt", attempt, numbers.Integral, 0)
        # While it reads the style a sampler draws, too, and drops it.
        draws = Draws(self._seed, 0, attempt).take(self._read + self.bound)
        uniforms, normals = (x[None, self._read :] for x in draws)
        return {
            "characters": self.characters,
            "bias": self._bias,
            "uniforms": uniforms,
            "normals": normals,
        }

    def sample(self, reply):
        """The `Sample` in a reply of `write` or `write_on`.

        Raises:
            ValueError: the reply is not such a one.
        """
        try:
            length = int(reply["length"][0])
            # Beyond its own bound a line was drawn for its neighbours' sake.
            finished = length < self.bound
            pens = reply["pens"][0, : min(length, self.bound)]
            phi = self._phi(reply["phi"][0, : len(pens)])
            strokes = self.strokes(pens)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(
                "The server's reply is not one of write: it needs length (1,), "
                "pens (1, T, 3) and phi (1, T, U + 1). Is this model an "
                "exported handwriting network?"
            ) from error
        return Sample(
            strokes,
            self.text,
            phi,
            finished,
            unvisited_places(self.text, phi),
            runs_past_text(self.text, strokes, phi),
            longest_look(self.text, phi),
        )

    def strokes(self, pens):
        """Absolute points `(T, 3)` from pens."""
        return points_of(pens, primed=self.style is not None)

    def _phi(self, phi):
        """Of the text alone, without the style's and the padding."""
        text = phi[:, self._skip : self._skip + len(self.text)]
        return np.concatenate([text, phi[:, -1:]], axis=1)


def _check_text(text, what, why):
    if not isinstance(text, str):
        raise ValueError(f"{what} must be a string. Received: {text!r:.60}")
    if not text.strip():
        raise ValueError(f"{what} is empty: {why}.")


def check_number(name, value, kind, least, most=np.inf):
    """Raises ValueError where a value is not of a kind of number, in bounds.

    Args:
        name: what it is called in the message.
        value: anything.
        kind: `numbers.Integral` or `numbers.Real`.
        least, most: its bounds, themselves allowed.
    """
    # A comparison with NaN is false.
    if not (isinstance(value, kind) and least <= value <= most):
        whole = "a whole number, " if kind is numbers.Integral else ""
        bounds = (
            f"{least} or more" if most == np.inf else f"{least} to {most:g}"
        )
        raise ValueError(
            f"The {name} must be {whole}{bounds}. Received: {value!r:.60}"
        )


def _check_length(prefix, text):
    count = len(prefix) + len(text)
    if count > MAX_CHARACTERS:
        style = f", the style's {len(prefix)} included" if prefix else ""
        raise ValueError(
            f"The text has {count} characters{style}; a line may have "
            f"{MAX_CHARACTERS}. Write it line by line."
        )


def _characters(text, alphabet):
    if strangers := alphabet.unknown_in(text):
        shown = ", ".join(map(repr, strangers[:20]))
        more = ", …" if len(strangers) > 20 else ""
        raise ValueError(
            f"The network does not know {shown}{more}. It knows: "
            f"{alphabet.symbols!r}. Leave others out."
        )
    width = (len(text) // _WIDTH + 1) * _WIDTH
    characters = np.full((1, width), -1, "int32")
    characters[0, : len(text)] = alphabet.encode(text)
    return characters


def _read_prime(prime):
    """A style's offsets `(P, 3)`, and the text that goes before."""
    if prime is None:
        return np.zeros((0, 3), "float32"), ""
    try:
        strokes, text = prime[:2]
        strokes = np.asarray(strokes, "float64")
    except (TypeError, ValueError) as error:
        raise ValueError(
            "The prime must be strokes (T, 3) and their text. Received: "
            f"{prime!r:.60}"
        ) from error
    _check_text(text, "The prime's text", "say what its strokes say")
    if strokes.ndim != 2 or strokes.shape[1] != 3 or len(strokes) < 2:
        raise ValueError(
            "The prime's strokes must be (T, 3), T at least 2. Received: "
            f"{strokes.shape}"
        )
    if len(strokes) > MAX_POINTS:
        raise ValueError(
            f"The prime has {len(strokes)} points, more than {MAX_POINTS}. "
            "Take one line of writing."
        )
    bad = np.flatnonzero(~(np.abs(strokes) < 1e30).all(axis=1))
    if bad.size:
        raise ValueError(
            f"The prime's point {bad[0]} is {strokes[bad[0]].tolist()}: "
            "coordinates must be finite. Leave it out."
        )
    return to_offsets(strokes), text.rstrip() + " "
