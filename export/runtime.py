"""Handwriting on a device, from a TFLite file of `graves_tf.export`.

Needs numpy and ai-edge-litert, nothing else: this file may be copied alone.

    sampler = Sampler("sampler_int8.tflite")
    strokes = sampler.write("hello world", bias=0.5, seed=1)
    for x, y, lifts in sampler.steps("hello world"):
        ...
    first, second = sampler.write_lines(["hello", "world"])

It draws what `graves_tf.sampling.HandwritingSampler` draws from the same seed.
"""

import collections
import json
import numbers
import zipfile
import zlib
from typing import NamedTuple

import numpy as np
from ai_edge_litert.interpreter import Interpreter

# Bounds of a line, those of a server (`graves_tf.export.serving_limits`): of
# its characters, those of a prime's text included; of its points, and of a
# prime's; and of its bias.
MAX_CHARACTERS = 300
MAX_POINTS = 20_000
MAX_BIAS = 100.0

_FILE_NAME = "graves_tf.json"
_FORMAT = 1
# Ink after the text, in letters: more of it runs on. Its reason is in
# `graves_tf.sampling.sample.runs_past_text`.
_RUNS_ON = 0.55
# A letter's points to a space's, and looks that are too long, as in
# `graves_tf.sampling.sample.longest_look`.
_SPACE = 2.0
_LINGERS = 2.0
# U is rounded up to this many characters: a change of it costs an allocation.
_WIDTH = 16
# Steps that random numbers are drawn for at once, and after which whole lines
# are looked at: one that has ended runs on for half of them on average.
_BLOCK = 32


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
        runs_on: whether ink follows after the text.
        longest_look: the longest that the window stays at one place, in
            usual looks.
        attempts: how often it was drawn.
    """

    strokes: np.ndarray
    text: str
    phi: np.ndarray
    finished: bool
    unvisited: tuple
    runs_on: bool
    longest_look: float
    attempts: int

    @property
    def complete(self):
        """Finished, every character visited, and no ink after the text."""
        return not any(self.shortfall[:-1])

    @property
    def good(self):
        """Complete, and the window lingers nowhere: not to be drawn again."""
        return not any(self.shortfall)

    @property
    def shortfall(self):
        """What is amiss: of several draws the least is the best."""
        lingers = max(0.0, self.longest_look - _LINGERS)
        return (not self.finished, len(self.unvisited), self.runs_on, lingers)


class Sampler:
    """Writes texts: a point at a time, or many lines side by side.

    Not for several threads at once: it holds the state of what it writes.

    Args:
        model_path: a `.tflite` file of `graves_tf.export`.
        num_threads: for the network's arithmetic; the products of one line
            are too small to gain from more than one.

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
        self._sizes = {n: d["shape"][1:].tolist() for n, d in inputs.items()}
        self._input = {n: d["index"] for n, d in inputs.items()}
        self._output = {n: d["index"] for n, d in outputs.items()}
        self._shape = None
        self._line = None

    def write(self, text, bias=0.5, seed=0, max_points=None, **more):
        """`sample(...).strokes`: `(T, 3)` float32, absolute."""
        return self.sample(text, bias, seed, max_points, **more).strokes

    def write_lines(self, texts, bias=0.5, seed=0, max_points=None, **more):
        """The strokes of `sample_lines(...)`: a list of `(T, 3)` float32."""
        samples = self.sample_lines(texts, bias, seed, max_points, **more)
        return [sample.strokes for sample in samples]

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
                finished, no character was left out, no ink follows after the
                text, and the window lingers nowhere.

        Returns:
            The best `Sample`.

        Raises:
            ValueError: an empty or too long text, characters that the network
                does not know, a bias, a seed, a bound or attempts that are
                out of range or no numbers, or a prime that is not finite
                strokes and a text.
        """
        line = _Line(self, text, bias, seed, max_points, prime)
        return self._best([line], attempts, 1)[0]

    def sample_lines(
        self,
        texts,
        bias=0.5,
        seed=0,
        max_points=None,
        primes=None,
        attempts=5,
        first=0,
        batch_size=20,
    ):
        """Write each text as one line, many side by side, which is faster.

        A line that has ended makes room for the next text, or for one that is
        to be drawn again.

        Args:
            texts: list of strings.
            bias: as in `sample`, one for all or one for each.
            seed: as in `sample`. A text's number is a part of its seed: its
                ink does not depend on its neighbours.
            max_points, attempts: as in `sample`.
            primes: for each text a `prime` of `sample` or None.
            first: the first text's number, where they are a part of more.
            batch_size: lines side by side, at most. Products take them by
                fours or fives on most processors.

        Returns:
            List of `Sample`, the best of each text.

        Raises:
            ValueError: as in `sample`, with the text's place; or there are
                not as many biases or primes as texts.
        """
        if isinstance(texts, str):
            raise ValueError(f"texts must be a list. Received: {texts!r:.60}")
        biases = bias if np.ndim(bias) else [bias] * len(texts)
        primes = [None] * len(texts) if primes is None else primes
        if not len(texts) == len(biases) == len(primes):
            raise ValueError(
                f"{len(texts)} texts, but {len(biases)} biases and "
                f"{len(primes)} primes."
            )
        _check_number("batch_size", batch_size, numbers.Integral, 1)
        lines = []
        each = zip(texts, biases, primes, strict=True)
        for i, (text, b, prime) in enumerate(each):
            try:
                lines.append(
                    _Line(self, text, b, seed, max_points, prime, first + i)
                )
            except ValueError as error:
                raise ValueError(f"Text {i}: {error}") from error
        return self._best(lines, attempts, batch_size)

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
            Iterator of tuples x, y, end-of-stroke. Where anything else was
            begun with the same sampler meanwhile, it raises a RuntimeError.
        """
        line = _Line(self, text, bias, seed, max_points, prime, 0, attempt)
        return self._points(line)

    def encode(self, text):
        """The characters' numbers.

        Raises:
            ValueError: some are not in the alphabet; it names them.
        """
        if unknown := sorted(set(text) - set(self.symbols)):
            shown = ", ".join(map(repr, unknown[:20]))
            more = ", …" if len(unknown) > 20 else ""
            raise ValueError(
                f"Not in the alphabet: {shown}{more}. Known: {self.symbols!r}. "
                "Leave others out."
            )
        return [self._numbers[c] for c in text]

    def _points(self, line):
        """Absolute points from offsets, one late: the last lifts the pen.

        A line starts at the origin, a point of its own; one that continues a
        style starts with its first new point, where the pen came down.
        """
        self._begin([line], len(line.numbers))
        self._line = line
        step, get = self._step(), self._interpreter.get_tensor
        pen, stop = self._output["pen"], self._output["stop"]
        primed = len(line.forced)
        x = y = 0.0
        point = None if primed else (x, y, 0.0)
        for t in range(line.bound):
            if self._line is not line:
                raise RuntimeError("The sampler has begun another line.")
            now = t % _BLOCK
            if not now:
                uniforms, normals = line.draws(_BLOCK)
            step(
                uniforms[None, now], normals[None, now], line.forced[t : t + 1]
            )
            # The stop rule speaks of the pen that went in.
            if t > primed and get(stop)[0] > 0:
                break
            if t < primed:
                continue
            dx, dy, lifts = get(pen)[0].tolist()
            if point is None:
                point = (x, y, lifts)
                continue
            yield point
            x, y = x + dx, y + dy
            point = (x, y, lifts)
        yield (x, y, 1.0)

    def _best(self, lines, attempts, batch_size):
        """The best samples of lines, in order, `batch_size` at a time."""
        _check_number("attempts", attempts, numbers.Integral, 1)
        best = [None] * len(lines)
        width = max((len(line.numbers) for line in lines), default=0)
        # The longest first: fewer are alone at the end.
        waiting = collections.deque(
            sorted(enumerate(lines), key=lambda row: -row[1].bound)
        )
        rows, carried = [], None
        while waiting or rows:
            while waiting and len(rows) < batch_size:
                rows.append(waiting.popleft())
            lines = [line for _, line in rows]
            self._begin(lines, width, carried)
            while not any(line.ended for line in lines):
                self._run(lines)
            for i, line in rows:
                if not line.ended:
                    continue
                drawn = line.sample()
                if best[i] is None or drawn.shortfall < best[i].shortfall:
                    best[i] = drawn
                best[i] = best[i]._replace(attempts=drawn.attempts)
                if not best[i].good and drawn.attempts < attempts:
                    waiting.append((i, line.again()))
            going = [not line.ended for line in lines]
            rows = [row for row, on in zip(rows, going, strict=True) if on]
            carried = {
                name: self._interpreter.get_tensor(self._input[name])[going]
                for name in self._start
            }
        return best

    def _begin(self, lines, width, carried=None):
        """Set all inputs.

        Args:
            lines: list of `_Line`, for each a row.
            width: characters of the longest.
            carried: dict of the pen and the states of the first of the lines;
                the others start.
        """
        # `steps` that are still open have lost their state.
        self._line = None
        width = -(-width // _WIDTH) * _WIDTH
        if self._shape != (len(lines), width):
            for name, index in self._input.items():
                size = [width] if name == "characters" else self._sizes[name]
                self._interpreter.resize_tensor_input(
                    index, (len(lines), *size), strict=True
                )
            self._interpreter.allocate_tensors()
            self._shape = (len(lines), width)
        put = self._interpreter.set_tensor
        characters = np.full(self._shape, -1, "int32")
        for row, line in zip(characters, lines, strict=True):
            row[: len(line.numbers)] = line.numbers
        put(self._input["characters"], characters)
        put(self._input["bias"], np.float32([line.bias for line in lines]))
        for name, start in self._start.items():
            value = np.repeat(start, len(lines), axis=0)
            if carried is not None:
                value[: len(carried[name])] = carried[name]
            put(self._input[name], value)

    def _run(self, lines):
        """A block of steps of the lines that were begun."""
        draws = [line.draws(_BLOCK) for line in lines]
        uniforms, normals = (
            np.stack(x, axis=1) for x in zip(*draws, strict=True)
        )
        forced = np.stack([line.reads(_BLOCK) for line in lines], axis=1)
        reading = ~np.isnan(forced).all(axis=(1, 2))
        step, get = self._step(), self._interpreter.get_tensor
        wanted = [self._output[name] for name in ("pen", "stop", "phi")]
        outputs = []
        for t in range(_BLOCK):
            step(uniforms[t], normals[t], forced[t] if reading[t] else ())
            outputs.append([get(index) for index in wanted])
        pens, stops, phi = (
            np.stack(x, axis=1) for x in zip(*outputs, strict=True)
        )
        for row, line in enumerate(lines):
            line.take(pens[row], stops[row], phi[row])

    def _step(self):
        """The function that moves all pens on.

        Its arguments: `uniforms (B, 2)`, `normals (B, 2)`, and `forced`, the
        pens that take the place of the drawn ones: none, or `(B, 3)` with NaN
        where there is none.
        """
        put, invoke = self._interpreter.set_tensor, self._interpreter.invoke
        names = ("uniforms", "normals", "pen")
        uniforms_in, normals_in, pen_in = (self._input[n] for n in names)
        # Functions that give views of the interpreter's memory. The views
        # themselves must not outlive a step.
        carried = [
            (self._input[name], self._interpreter.tensor(self._output[name]))
            for name in self._start
        ]
        pen = self._interpreter.tensor(self._output["pen"])

        def step(uniforms, normals, forced):
            put(uniforms_in, uniforms)
            put(normals_in, normals)
            invoke()
            for new, old in carried:
                put(new, old())
            if len(forced):
                put(pen_in, np.where(np.isnan(forced), pen(), forced))

        return step


class _Line:
    """One drawing of one line.

    Args:
        sampler, text, bias, seed, max_points, prime: as in `Sampler.sample`.
        number: of the line among others.
        attempt: how many times it was drawn before.

    Attributes:
        numbers: of its characters, those of the prime's text first.
        forced: `(P, 3)`, the prime's offsets.
        bound: of its steps, those that read the prime included.
        finished: whether the stop rule ended it. ended: whether anything did.
    """

    def __init__(
        self,
        sampler,
        text,
        bias,
        seed,
        max_points,
        prime,
        number=0,
        attempt=0,
    ):
        _check_text(text, "The text", "nothing to write")
        _check_number("bias", bias, numbers.Real, 0, MAX_BIAS)
        _check_number("seed", seed, numbers.Integral, 0)
        _check_number("attempt", attempt, numbers.Integral, 0)
        if max_points is None:
            max_points = 150 + 45 * len(text)
        else:
            _check_number(
                "max_points", max_points, numbers.Integral, 1, MAX_POINTS
            )
        self.arguments = sampler, text, bias, seed, max_points, prime, number
        self.text, self.bias, self.attempt = text, bias, attempt
        self.forced, prefix = _prime(prime)
        self.skip = len(prefix)
        if (count := len(prefix + text)) > MAX_CHARACTERS:
            raise ValueError(
                f"The text has {count} characters, a prime's included; a line "
                f"may have {MAX_CHARACTERS}. Write it line by line."
            )
        self.numbers = sampler.encode(prefix + text)
        self.bound = len(self.forced) + max_points
        self.rng = np.random.default_rng([seed, number, attempt])
        self.count = 0
        self.pens, self.phi = [], []
        self.finished = self.ended = False

    def again(self):
        """The line's next drawing."""
        return _Line(*self.arguments, self.attempt + 1)

    def draws(self, count):
        """Uniforms and normals of the next steps, each `(count, 2)`."""
        block = np.empty((2, count, 2), "float32")
        random, normal = self.rng.random, self.rng.standard_normal
        for two, more in zip(*block, strict=True):
            random(dtype="float32", out=two)
            normal(dtype="float32", out=more)
        return block

    def reads(self, count):
        """What the next steps read of the prime, `(count, 3)`, then NaN."""
        forced = np.full((count, 3), np.nan, "float32")
        rest = self.forced[self.count : self.count + count]
        forced[: len(rest)] = rest
        return forced

    def take(self, pens, stops, phi):
        """What came of the next steps: `(n, 3)`, `(n,)`, `(n, U + 1)`."""
        steps = np.arange(self.count, self.count + len(pens))
        primed = len(self.forced)
        drawn = (steps >= primed) & (steps < self.bound)
        # The stop rule speaks of the pen that went in.
        fires = drawn & (steps > primed) & (stops > 0)
        if fires.any():
            self.finished = True
            drawn[fires.argmax() :] = False
        self.pens.append(pens[drawn])
        # Of the text alone, without the prime's and the padding.
        places = [*range(self.skip, self.skip + len(self.text)), -1]
        self.phi.append(phi[drawn][:, places])
        self.count += len(pens)
        self.ended = self.finished or self.count >= self.bound

    def sample(self):
        """The whole line, a `Sample`; its points are those of `steps`."""
        pens, phi = np.concatenate(self.pens), np.concatenate(self.phi)
        points = pens.astype("float64")
        if not (len(self.forced) and len(pens)):
            points = np.concatenate([np.zeros((1, 3)), points])
        points[0, :2] = 0.0
        points[:, :2] = points[:, :2].cumsum(axis=0)
        points[-1, 2] = 1.0
        strokes = points.astype("float32")
        return Sample(
            strokes,
            self.text,
            phi,
            self.finished,
            _unvisited(self.text, phi),
            _runs_past_text(self.text, strokes, phi),
            _longest_look(self.text, phi),
            self.attempt + 1,
        )


def _check_text(text, what, why):
    if not isinstance(text, str):
        raise ValueError(f"{what} must be a string. Received: {text!r:.60}")
    if not text.strip():
        raise ValueError(f"{what} is empty: {why}.")


def _check_number(name, value, kind, least, most=np.inf):
    # A comparison with NaN is false.
    if not (isinstance(value, kind) and least <= value <= most):
        whole = "a whole number, " if kind is numbers.Integral else ""
        bounds = (
            f"{least} or more" if most == np.inf else f"{least} to {most:g}"
        )
        raise ValueError(
            f"The {name} must be {whole}{bounds}. Received: {value!r:.60}"
        )


def _prime(prime):
    """The offsets to force, `(P, 3)`, and the text that goes before."""
    if prime is None:
        return np.zeros((0, 3), "float32"), ""
    try:
        strokes, text = prime
        strokes = np.asarray(strokes, "float64")
    except (TypeError, ValueError) as error:
        raise ValueError(
            "The prime must be strokes (T, 3) and their text. Received: a "
            f"{type(prime).__name__}"
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
    offsets = strokes[1:].copy()
    offsets[:, :2] -= strokes[:-1, :2]
    return offsets.astype("float32"), text.rstrip() + " "


def _unvisited(text, phi, share=0.5):
    """Where the window never looked: φ(t, u) < share of the largest."""
    if not len(phi):
        return tuple(i for i, c in enumerate(text) if not c.isspace())
    looks = (phi > 0) & (phi >= share * phi.max(axis=1, keepdims=True))
    seen = looks.any(axis=0)
    return tuple(
        i for i, c in enumerate(text) if not seen[i] and not c.isspace()
    )


def _runs_past_text(text, strokes, phi):
    """Whether there is more ink while the window looks past the text."""
    steps = np.hypot(*np.diff(strokes[:, :2], axis=0).T)
    ink = np.where(strokes[:-1, 2] < 0.5, steps, 0.0)
    past = phi[len(phi) - len(ink) :].argmax(axis=1) == len(text)
    letter = ink.sum() / sum(not c.isspace() for c in text)
    allowed = _RUNS_ON + text.rstrip()[-1].isalnum()
    return bool(ink[past].sum() > allowed * letter)


def _longest_look(text, phi):
    """The longest that the window stays at one place, in usual looks."""
    looks = np.bincount(phi.argmax(axis=1), minlength=len(text) + 1)
    blank = np.array([c.isspace() for c in text])
    usual = np.median(looks[:-1][~blank])
    looks = np.where(blank, _SPACE * looks[:-1], looks[:-1])
    return float(looks.max() / usual) if usual else 1.0


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
