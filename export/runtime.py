"""Handwriting on a device, from a TFLite file of `graves_tf.export`.

Needs numpy and ai-edge-litert, nothing else: this file may be copied alone.

    sampler = Sampler("sampler_int8.tflite")
    strokes = sampler.write("hello world", bias=0.5, seed=1)
    for x, y, lifts in sampler.steps("hello world"):
        ...

It draws what `graves_tf.sampling.HandwritingSampler` draws from the same seed.
"""

import json
import zipfile
import zlib
from typing import NamedTuple

import numpy as np
from ai_edge_litert.interpreter import Interpreter

_FILE_NAME = "graves_tf.json"
_FORMAT = 1
# U is rounded up to this many characters: a change of it costs an allocation.
_WIDTH = 16
# Steps that random numbers are drawn for at once.
_BLOCK = 64


class Sample(NamedTuple):
    """One written line.

    Attributes:
        strokes: `(T, 3)` float32: x, y, end-of-stroke; from the origin, y
            down, in the recording's units.
        text: what was to be written.
        phi: `(T, U + 1)` float32, the window's weights at each point, without
            the line's first where it starts at the origin.
        finished: whether the stop rule ended it, not the bound.
        unvisited: the places in the text that the window never looked at.
        attempts: how often it was drawn.
    """

    strokes: np.ndarray
    text: str
    phi: np.ndarray
    finished: bool
    unvisited: tuple
    attempts: int


class Sampler:
    """Writes texts, a point at a time, one line after the other.

    Not for several threads at once: it holds the state of one line.

    Args:
        model_path: a `.tflite` file of `graves_tf.export`.
        num_threads: for the network's arithmetic; its products are too small
            to gain from more than one.

    Attributes:
        metadata: dict: what the file says of itself.
        symbols: the characters that it can write.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no such sampler, or is damaged.
    """

    def __init__(self, model_path, num_threads=1):
        self.metadata = read_metadata(model_path, "synthesis")
        self.symbols = self.metadata["alphabet"]["symbols"]
        self._numbers = {c: i for i, c in enumerate(self.symbols)}
        self._interpreter = Interpreter(
            model_path=str(model_path), num_threads=num_threads
        )
        # A runner that is kept would keep the interpreter from running.
        init = self._interpreter.get_signature_runner("init")
        self._start = init(characters=np.zeros((1, 1), "int32"))
        del init
        step = self._interpreter.get_signature_runner("step")
        inputs, outputs = step.get_input_details(), step.get_output_details()
        del step
        self._characters = inputs["characters"]["index"]
        # Functions that give views of the interpreter's memory. The views
        # themselves do not outlive a step.
        self._input, self._output = (
            {
                name: self._interpreter.tensor(detail["index"])
                for name, detail in details.items()
            }
            for details in (inputs, outputs)
        )
        self._width = None
        self._line = None

    def write(self, text, bias=0.5, seed=0, max_points=None, **more):
        """`sample(...).strokes`: `(T, 3)` float32, absolute."""
        return self.sample(text, bias, seed, max_points, **more).strokes

    def sample(
        self,
        text,
        bias=0.5,
        seed=0,
        max_points=None,
        prime=None,
        attempts=5,
    ):
        """Write a text as one line.

        Args:
            text: what to write.
            bias: b of Sec. 5.4: 0 draws from the network's own density, more
                is neater.
            seed: non-negative int; the same gives the same ink.
            max_points: bound of the line's points; by default 150 and 45 for
                each character.
            prime: `(strokes, text)` of someone's line, to write on in its
                style (Sec. 5.5); strokes `(T, 3)` are absolute, y down, in
                the recording's units.
            attempts: how often the line is drawn, at most, until it is
                finished and no character was left out.

        Returns:
            The best `Sample`.

        Raises:
            ValueError: an empty text, characters that the network does not
                know, a bias that is negative or not finite, or a prime that
                is not strokes and a text.
        """
        best, attempt = None, 0
        while True:
            line = _Line(self, text, bias, seed, max_points, prime, attempt)
            attempt += 1
            drawn = line.sample()
            if best is None or _shortfall(drawn) < _shortfall(best):
                best = drawn
            if not any(_shortfall(best)) or attempt >= attempts:
                return best._replace(attempts=attempt)

    def steps(
        self,
        text,
        bias=0.5,
        seed=0,
        max_points=None,
        prime=None,
        attempt=0,
    ):
        """The points of one line, each as soon as it is known.

        Args:
            text, bias, seed, max_points, prime: as in `sample`.
            attempt: which of the attempts in `sample` this is.

        Returns:
            Iterator of tuples x, y, end-of-stroke. Where another line was
            begun with the same sampler meanwhile, it raises a RuntimeError.
        """
        line = _Line(self, text, bias, seed, max_points, prime, attempt)
        return line.points(pen for pen, _ in line.pens())

    def encode(self, text):
        """The characters' numbers.

        Raises:
            ValueError: some are not in the alphabet; it names them.
        """
        if unknown := sorted(set(text) - set(self.symbols)):
            raise ValueError(
                f"Not in the alphabet: {unknown}. Known: {self.symbols!r}"
            )
        return [self._numbers[c] for c in text]

    def _begin(self, line, numbers, bias):
        """Set all inputs for a line's first step."""
        width = -(-len(numbers) // _WIDTH) * _WIDTH
        if width != self._width:
            self._interpreter.resize_tensor_input(
                self._characters, (1, width), strict=True
            )
            self._interpreter.allocate_tensors()
            self._width = width
        for name, value in self._start.items():
            self._input[name]()[...] = value
        characters = self._input["characters"]()
        characters[...] = -1
        characters[0, : len(numbers)] = numbers
        self._input["bias"]()[...] = bias
        self._line = line


class _Line:
    """One drawing of one line. Arguments: as in `Sampler.sample`."""

    def __init__(self, sampler, text, bias, seed, max_points, prime, attempt):
        if not text.strip():
            raise ValueError("The text is empty: nothing to write.")
        if not (np.isfinite(bias) and bias >= 0):
            raise ValueError(f"The bias must be 0 or more. Received: {bias}")
        self.sampler, self.text, self.bias = sampler, text, bias
        self.forced, prefix = _prime(prime)
        self.skip = len(prefix)
        self.numbers = sampler.encode(prefix + text)
        self.bound = len(self.forced) + (max_points or 150 + 45 * len(text))
        self.rng = np.random.default_rng([seed, 0, attempt])
        self.finished = False

    def pens(self):
        """Each pen, a tuple of 3, and its φ over the text, `(U + 1,)`."""
        sampler = self.sampler
        sampler._begin(self, self.numbers, self.bias)
        invoke = sampler._interpreter.invoke
        put, get = sampler._input, sampler._output
        pen_in, pen_out = put["pen"], get["pen"]
        uniforms, normals = put["uniforms"], put["normals"]
        stop, phi_out = get["stop"], get["phi"]
        states = [(put[n], get[n]) for n in sampler.metadata["states"]]
        primed = len(self.forced)
        text = slice(self.skip, self.skip + len(self.text))
        for t in range(self.bound):
            if sampler._line is not self:
                raise RuntimeError("The sampler has begun another line.")
            if t % _BLOCK == 0:
                draws = _draws(self.rng, _BLOCK)
            uniforms()[0], normals()[0] = draws[t % _BLOCK]
            invoke()
            # The stop rule speaks of the pen that went in.
            if stop()[0] > 0 and t > primed:
                self.finished = True
                return
            for new, old in states:
                new()[...] = old()
            if t < primed:
                pen_in()[0] = self.forced[t]
                continue
            pen_in()[...] = pen_out()
            pen = tuple(pen_out()[0].tolist())
            # A copy: what is yielded outlives the step.
            phi = phi_out()[0].copy()
            yield pen, np.append(phi[text], phi[-1])

    def points(self, pens):
        """Absolute points from offsets, one late: the last lifts the pen.

        A line starts at the origin, a point of its own; one that continues a
        style starts with its first new point, where the pen came down.
        """
        x = y = 0.0
        point = None if len(self.forced) else (x, y, 0.0)
        for dx, dy, lifts in pens:
            if point is None:
                point = (x, y, lifts)
                continue
            yield point
            x, y = x + dx, y + dy
            point = (x, y, lifts)
        yield (x, y, 1.0)

    def sample(self):
        """The whole line, a `Sample`."""
        drawn = list(self.pens())
        points = list(self.points(pen for pen, _ in drawn))
        phi = np.array([phi for _, phi in drawn], "float32")
        phi = phi.reshape(len(drawn), len(self.text) + 1)
        return Sample(
            np.array(points, "float32"),
            self.text,
            phi,
            self.finished,
            _unvisited(self.text, phi),
            1,
        )


def _draws(rng, count):
    """`count` pairs of two uniforms and two normals, step by step."""
    return [
        (rng.random(2, "float32"), rng.standard_normal(2, "float32"))
        for _ in range(count)
    ]


def _prime(prime):
    """The offsets to force, `(P, 3)`, and the text that goes before."""
    if prime is None:
        return np.zeros((0, 3), "float32"), ""
    try:
        strokes, text = prime
        strokes = np.asarray(strokes, "float64")
        offsets = np.diff(strokes[:, :2], axis=0)
        offsets = np.concatenate([offsets, strokes[1:, 2:]], axis=1)
        prefix = text.rstrip() + " "
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise ValueError(
            "The prime must be strokes (T, 3) and their text. Received: "
            f"{prime!r:.200}"
        ) from error
    if strokes.shape[1] != 3 or not len(offsets):
        raise ValueError(
            "The prime's strokes must be (T, 3), T at least 2. Received: "
            f"{strokes.shape}"
        )
    return offsets.astype("float32"), prefix


def _unvisited(text, phi, share=0.5):
    """Where the window never looked: φ(t, u) < share of the largest."""
    if not len(phi):
        return tuple(i for i, c in enumerate(text) if not c.isspace())
    looks = (phi > 0) & (phi >= share * phi.max(axis=1, keepdims=True))
    seen = looks.any(axis=0)
    return tuple(
        i for i, c in enumerate(text) if not seen[i] and not c.isspace()
    )


def _shortfall(sample):
    return (not sample.finished, len(sample.unvisited))


def read_metadata(path, task):
    """The JSON that is packed behind the model, once the model is whole.

    Args:
        path: of the `.tflite` file.
        task: what the network must be for: `synthesis` or `text`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such sampler, or is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            metadata = json.loads(archive.read(_FILE_NAME))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ValueError(
            f"{path} is not a sampler of graves_tf.export, or only a part of "
            "one."
        ) from error
    if metadata.get("format") != _FORMAT:
        raise ValueError(
            f"{path} has format {metadata.get('format')}; this runtime reads "
            f"format {_FORMAT}. Export it again, or take the runtime it came "
            "with."
        )
    if metadata["task"] != task:
        raise ValueError(
            f"{path} is a sampler of {metadata['task']}, not of {task}."
        )
    with open(path, "rb") as file:
        model = file.read(metadata["model_bytes"])
    if zlib.crc32(model) != metadata["model_crc32"]:
        raise ValueError(f"{path} is damaged: its checksum does not match.")
    return metadata
