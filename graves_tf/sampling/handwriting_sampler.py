"""Writing whole lines, many at once (Secs. 5.3-5.5)."""

import numpy as np
from keras import ops

from graves_tf.ink.offsets import to_offsets
from graves_tf.layers.time_scan import time_scan
from graves_tf.sampling.compiled import compiled
from graves_tf.sampling.draws import Draws
from graves_tf.sampling.pen_step import first_pen
from graves_tf.sampling.pen_step import first_state
from graves_tf.sampling.pen_step import pen_step
from graves_tf.sampling.sample import Sample
from graves_tf.sampling.sample import longest_look
from graves_tf.sampling.sample import points_of
from graves_tf.sampling.sample import runs_past_text
from graves_tf.sampling.sample import unvisited_places


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
        on_points=None,
    ):
        """Write each text as one line.

        Args:
            texts: list of strings.
            bias: b of Sec. 5.4, one for all or one for each.
            seed: non-negative int; the same gives the same ink.
            styles: for each text a `Line` to take the style of (Sec. 5.5),
                or None.
            attempts: how often a line is drawn, at most, until it is
                good (`Sample.good`); the best one is returned.
            max_points: bound of a line's points; by default 150 and 45 for
                each character.
            first: the first text's number, where they are a part of more:
                a text's number is a part of its seed.
            on_points: function that is told, every `chunk` steps, how many
                points have been drawn.

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
        points = 0

        def told(count):
            nonlocal points
            points += count
            if on_points:
                on_points(points)

        for attempt in range(max(1, attempts)):
            open_ = [
                i
                for i, sample in enumerate(samples)
                if sample is None or not sample.good
            ]
            if not open_:
                break
            drawn = self._draw(
                [texts[i] for i in open_],
                biases[open_],
                [Draws(seed, first + i, attempt) for i in open_],
                [styles[i] for i in open_],
                max_points,
                told,
            )
            for i, sample in zip(open_, drawn, strict=True):
                sample = sample._replace(attempt=attempt)
                best = samples[i]
                if best is None or sample.shortfall < best.shortfall:
                    samples[i] = sample
                samples[i] = samples[i]._replace(attempts=attempt + 1)
        return samples

    def _draw(self, texts, biases, draws, styles, max_points, told):
        """Every text once; `told` of the points of each chunk."""
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
        state = first_state(network, rows)
        pens, phis, stops = [], [], []
        stopped = np.full(rows, -1)
        begin = 0
        while (stopped == -1).any():
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
            new = (stopped == -1) & (first >= 0)
            stopped[new] = begin + first[new]
            ends = np.where(stopped >= 0, stopped, bounds)
            told(int((free * (steps[:, None] < ends)).sum()))
            begin += self.chunk
            stopped[(stopped == -1) & (begin >= bounds)] = -2
        pens, phis = np.concatenate(pens), np.concatenate(phis)
        samples = []
        for row, text in enumerate(texts):
            # The step that stops a line at its bound is one beyond it: some
            # chunks take it, and some do not.
            finished = 0 <= stopped[row] < bounds[row]
            end = int(stopped[row] if finished else bounds[row])
            start, skip = int(primed[row]), len(prefixes[row])
            phi = phis[start:end, row, skip : skip + len(text) + 1].copy()
            phi[:, -1] = phis[start:end, row, -1]
            strokes = points_of(pens[start:end, row], primed=start > 0)
            samples.append(
                Sample(
                    strokes,
                    text,
                    phi,
                    bool(finished),
                    unvisited_places(text, phi),
                    runs_past_text(text, strokes, phi),
                    longest_look(text, phi),
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
