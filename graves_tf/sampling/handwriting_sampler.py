"""Writing whole lines, many at once (Secs. 5.3-5.5)."""

from typing import NamedTuple

import numpy as np
from keras import ops

from graves_tf.ink.offsets import to_offsets
from graves_tf.layers.time_scan import time_scan
from graves_tf.sampling.compiled import compiled
from graves_tf.sampling.draws import Draws
from graves_tf.sampling.pen_step import first_pen
from graves_tf.sampling.pen_step import pen_step


class Sample(NamedTuple):
    """One written line.

    Attributes:
        strokes: `(T, 3)` float32: x, y, end-of-stroke; from the origin, y
            down, in the recording's units.
        text: what was to be written.
        phi: `(T, U + 1)`, the window's weights at each point, or None.
        finished: whether the stop rule ended it, not the bound.
        unvisited: the places in the text that the window never looked at.
        attempts: how often it was drawn.
        attempt: which of these draws it is, from 0: the seed of its `Draws`.
    """

    strokes: np.ndarray
    text: str
    phi: np.ndarray | None
    finished: bool
    unvisited: tuple
    attempts: int
    attempt: int

    @property
    def complete(self):
        """Finished, and with every character visited."""
        return self.finished and not self.unvisited


class HandwritingSampler:
    """Writes texts with a `HandwritingSynthesizer`.

    Args:
        network: the network.
        chunk: steps that run between looks at who has finished.
    """

    def __init__(self, network, chunk=100):
        self.network = network
        self.chunk = chunk
        self._run = compiled(network, self._steps)

    def write(
        self,
        texts,
        bias=0.5,
        seed=0,
        styles=None,
        attempts=5,
        max_points=None,
        first=0,
    ):
        """Write each text as one line.

        Args:
            texts: list of strings.
            bias: b of Sec. 5.4, one for all or one for each.
            seed: non-negative int; the same gives the same ink.
            styles: for each text a `Line` to take the style of (Sec. 5.5),
                or None.
            attempts: how often a line is drawn, at most, until it is
                complete; the best one is returned.
            max_points: bound of a line's points; by default 150 and 45 for
                each character.
            first: the first text's number, where they are a part of more:
                a text's number is a part of its seed.

        Returns:
            List of `Sample`.

        Raises:
            ValueError: an empty text, a bias that is negative or not finite,
                or characters outside of the alphabet where it has no class
                for them.
        """
        biases = np.broadcast_to(np.asarray(bias, "float32"), (len(texts),))
        if not (np.isfinite(biases).all() and (biases >= 0).all()):
            raise ValueError(f"The bias must be 0 or more. Received: {bias}")
        for number, text in enumerate(texts):
            if not text.strip():
                raise ValueError(f"Text {number} is empty: nothing to write.")
        styles = styles or [None] * len(texts)
        samples = [None] * len(texts)
        for attempt in range(max(1, attempts)):
            open_ = [
                i
                for i, sample in enumerate(samples)
                if sample is None or not sample.complete
            ]
            if not open_:
                break
            drawn = self._draw(
                [texts[i] for i in open_],
                biases[open_],
                [Draws(seed, first + i, attempt) for i in open_],
                [styles[i] for i in open_],
                max_points,
            )
            for i, sample in zip(open_, drawn, strict=True):
                sample = sample._replace(attempt=attempt)
                if samples[i] is None or better(sample, samples[i]):
                    samples[i] = sample
                samples[i] = samples[i]._replace(attempts=attempt + 1)
        return samples

    def _draw(self, texts, biases, draws, styles, max_points):
        """Every text once."""
        network, rows = self.network, len(texts)
        primes = [
            np.zeros((0, 3), "float32") if s is None else to_offsets(s.strokes)
            for s in styles
        ]
        primed = np.array([len(p) for p in primes])
        prefixes = ["" if s is None else s.text.rstrip() + " " for s in styles]
        codes = [
            network.alphabet.encode(p + t)
            for p, t in zip(prefixes, texts, strict=True)
        ]
        width = -(-max(len(c) for c in codes) // 8) * 8
        characters = np.full((rows, width), -1, "int32")
        for row, code in enumerate(codes):
            characters[row, : len(code)] = code
        bounds = primed + np.array(
            [max_points or 150 + 45 * len(text) for text in texts]
        )
        pen = ops.convert_to_numpy(first_pen(network, rows))
        state = network.initial_state(rows)
        pens, phis, stops = [], [], []
        stopped = np.full(rows, -1)
        begin = 0
        while (stopped < 0).any() and begin < bounds.max():
            steps = np.arange(begin, begin + self.chunk)
            forced = np.zeros((self.chunk, rows, 3), "float32")
            free = (steps[:, None] >= primed[None]).astype("float32")
            for row, prime in enumerate(primes):
                part = prime[begin : begin + self.chunk]
                forced[: len(part), row] = part
            blocks = [d.take(self.chunk) for d in draws]
            uniforms, normals = (
                np.stack([b[i] for b in blocks], axis=1) for i in range(2)
            )
            pen, state, outputs = self._run(
                pen,
                state,
                characters,
                biases,
                (uniforms, normals, forced, free[:, :, None]),
            )
            chunk = [ops.convert_to_numpy(x) for x in outputs]
            for collected, part in zip((pens, stops, phis), chunk, strict=True):
                collected.append(part)
            # The stop rule speaks of the pen that came in, so that row t's
            # points are those of steps 0 … t - 1; none stops while primed.
            fires = (chunk[1] > 0) & (steps[:, None] > primed[None])
            first = np.where(fires.any(axis=0), fires.argmax(axis=0), -1)
            new = (stopped < 0) & (first >= 0)
            stopped[new] = begin + first[new]
            begin += self.chunk
            stopped[(stopped < 0) & (begin >= bounds)] = -2
        pens, phis = np.concatenate(pens), np.concatenate(phis)
        samples = []
        for row, text in enumerate(texts):
            finished = 0 <= stopped[row] <= bounds[row]
            end = int(stopped[row] if finished else bounds[row])
            start, skip = int(primed[row]), len(prefixes[row])
            phi = phis[start:end, row, skip : skip + len(text) + 1].copy()
            phi[:, -1] = phis[start:end, row, -1]
            samples.append(
                Sample(
                    points_of(pens[start:end, row], primed=start > 0),
                    text,
                    phi,
                    bool(finished),
                    unvisited_places(text, phi),
                    attempts=1,
                    attempt=0,
                )
            )
        return samples

    def _steps(self, pen, state, characters, bias, inputs):
        """`chunk` steps: the last pen and state, and all pens, stops, φ."""

        def step(carry, inputs):
            pen, *state = carry
            uniforms, normals, forced, free = inputs
            drawn, stop, phi, state = pen_step(
                self.network, pen, characters, bias, uniforms, normals, state
            )
            pen = forced + free * (drawn - forced)
            return (pen, *state), (pen, stop, phi)

        rows, width = characters.shape
        (pen, *state), outputs = time_scan(
            step,
            (pen, *state),
            inputs,
            ((rows, 3), (rows,), (rows, width + 1)),
        )
        return pen, list(state), outputs


def points_of(pens, primed):
    """Absolute points from offsets.

    A line starts at the origin, a point of its own; one that continues a
    style starts with its first new point, where the pen came down.
    """
    points = np.zeros((len(pens) + 1, 3), "float32")
    points[1:, :2] = np.cumsum(pens[:, :2].astype("float64"), axis=0)
    points[1:, 2] = pens[:, 2]
    if primed and len(points) > 1:
        points = points[1:]
        points[:, :2] -= points[0, :2]
    points[-1, 2] = 1.0
    return points


def unvisited_places(text, phi, share=0.5):
    """Where the window never looked: φ(t, u) < share of the largest, for all t.

    Args:
        text: U characters; spaces need no visit.
        phi: `(T, U + 1)`.
        share: what counts as a look.
    """
    if not len(phi):
        return tuple(i for i, c in enumerate(text) if not c.isspace())
    looks = (phi > 0) & (phi >= share * phi.max(axis=1, keepdims=True))
    seen = looks.any(axis=0)
    return tuple(
        i for i, c in enumerate(text) if not seen[i] and not c.isspace()
    )


def better(sample, other):
    """Whether a draw is nearer to complete than another."""

    def shortfall(s):
        return (not s.finished, len(s.unvisited))

    return shortfall(sample) < shortfall(other)
