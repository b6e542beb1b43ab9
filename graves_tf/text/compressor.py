"""Lossless compression: predictions that drive an entropy coder.

A compressed file is a header and a body. The body is what a range coder makes
of the bytes, each under the network's own distribution, so that its size is
the bits that the network needs for them. A byte that the network has no
symbol for is an escape, and then one of 256.

The file is read as B streams side by side, all of which the decoder knows up
to a step before it needs the next. Both directions run the same compiled
function on the same numbers in the same shapes, so the probabilities are
equal to the bit *on the same software and kind of processor*: another order
of additions gives others. The header names these, and the network by its
hash; whatever does not match is refused before anything is written, and the
restored bytes are checked by their digest.
"""

import hashlib
import json
import platform

import keras
import numpy as np
from keras import ops

from graves_tf.sampling.compiled import compiled
from graves_tf.text.compressed_file import CompressedFileError
from graves_tf.text.compressed_file import pack
from graves_tf.text.compressed_file import read_header
from graves_tf.text.compressed_file import stream_count
from graves_tf.text.dynamic import reader

OTHER_ARITHMETIC = (
    "the restored bytes are not those that were compressed: this machine's "
    "arithmetic is another."
)


def compress(data, network, dynamic=None, progress=None):
    """The bytes of a compressed file.

    Args:
        data: bytes, any.
        network: a `TextPredictor` of characters or bytes.
        dynamic: dict of `rate` and `length`, to learn on the way by gradient
            descent, after every `length` symbols of a stream; or None.
        progress: wraps the iterable of steps, e.g. `tqdm`.

    Returns:
        bytes.
    """
    import constriction

    table = byte_table(network.vocabulary)
    count = stream_count(len(data))
    streams = _split(np.frombuffer(data, "uint8"), count)
    escapes = int((table[np.frombuffer(data, "uint8")] < 0).sum())
    predict = _Predictor(network, count, escapes, len(data), dynamic)
    coder = constriction.stream.queue.RangeEncoder()
    categorical = constriction.stream.model.Categorical(perfect=False)
    uniform = constriction.stream.model.Uniform(256)
    steps = range(streams.shape[1])
    for t in progress(steps) if progress else steps:
        column = streams[:, t]
        there = column >= 0
        symbols = np.where(there, table[column], -1)
        coded = np.where(symbols < 0, predict.escape, symbols)[there]
        coder.encode(
            coded.astype("int32"), categorical, predict.probabilities()[there]
        )
        escaped = column[there & (symbols < 0)]
        if len(escaped):
            coder.encode(escaped.astype("int32"), uniform)
        predict.advance(symbols)
    body = coder.get_compressed().astype("<u4").tobytes()
    header = {
        **_environment(network),
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "streams": count,
        "escapes": escapes,
        "dynamic": dynamic,
    }
    return pack(header, body)


def decompress(data, network, progress=None):
    """What `compress` was given.

    Args:
        data: bytes of a compressed file.
        network: the network that compressed it.
        progress: as in `compress`.

    Returns:
        bytes.

    Raises:
        CompressedFileError: it is no compressed file, is truncated or
            altered, or was made by another network or on other software.
    """
    header, body = read_header(data)
    for key, here in _environment(network).items():
        if header.get(key) != here:
            raise CompressedFileError(
                f"it was compressed with another {key}: {header.get(key)}, "
                f"and here is {here}. Both directions need the same."
            )
    try:
        restored = _restore(header, body, network, progress)
    except MemoryError as error:
        raise CompressedFileError(
            f"its {header['bytes']} bytes do not fit into this memory."
        ) from error
    except AssertionError as error:
        # The coder's, where what it reads has no meaning.
        raise CompressedFileError(OTHER_ARITHMETIC) from error
    if hashlib.sha256(restored).hexdigest() != header["sha256"]:
        raise CompressedFileError(OTHER_ARITHMETIC)
    return restored


def _restore(header, body, network, progress):
    """The bytes that the body stands for, if all is as it was."""
    import constriction

    table = byte_table(network.vocabulary)
    bytes_of = np.full(network.vocabulary.size + 1, -1)
    bytes_of[table[table >= 0]] = np.flatnonzero(table >= 0)
    total, count = header["bytes"], header["streams"]
    streams = _split(np.zeros(total, "uint8"), count)
    predict = _Predictor(
        network, count, header["escapes"], total, header["dynamic"]
    )
    coder = constriction.stream.queue.RangeDecoder(
        np.frombuffer(body, "<u4").astype("uint32")
    )
    categorical = constriction.stream.model.Categorical(perfect=False)
    uniform = constriction.stream.model.Uniform(256)
    steps = range(streams.shape[1])
    for t in progress(steps) if progress else steps:
        there = streams[:, t] >= 0
        coded = coder.decode(categorical, predict.probabilities()[there])
        values = bytes_of[coded]
        escaped = values < 0
        if escaped.any():
            values[escaped] = coder.decode(uniform, int(escaped.sum()))
        streams[there, t] = values
        symbols = np.full(count, -1)
        symbols[there] = np.where(escaped, -1, coded)
        predict.advance(symbols)
    return streams[streams >= 0].astype("uint8").tobytes()


def byte_table(vocabulary):
    """The symbol of each byte, `(256,)`, -1 for none.

    Raises:
        ValueError: the vocabulary is one of words.
    """
    if vocabulary.kind not in ("character", "byte"):
        raise ValueError(
            "Compression needs a network of characters or bytes; this one "
            f"predicts {vocabulary.kind}s."
        )
    table = np.full(256, -1)
    for number, symbol in enumerate(vocabulary.symbols):
        byte = symbol if vocabulary.kind == "byte" else ord(symbol)
        # Beyond ASCII a character is several bytes: those are escapes.
        if byte < (256 if vocabulary.kind == "byte" else 128):
            table[byte] = number
    return table


class _Predictor:
    """The next symbol's distribution in every stream, step by step.

    Args:
        network: a `TextPredictor`; it stays as it is.
        streams: B.
        escapes: bytes of the file that are no symbols.
        total: bytes of the file.
        dynamic: None, or a dict of `rate` and `length`: after so many symbols
            of each stream comes an update by gradient descent.
    """

    def __init__(self, network, streams, escapes, total, dynamic):
        self.dynamic = dynamic
        if dynamic:
            network = reader(
                network, keras.optimizers.SGD(dynamic["rate"]), streams
            )
        self.network = network
        self.escape = network.vocabulary.size
        self.escape_rate = (escapes + 0.5) / (total + 1.0)
        self.state = network.initial_state(streams)
        self.step = compiled(network, self._step)
        self.read = []
        self.advance(np.full(streams, -1))

    def _step(self, symbols, state):
        outputs, state = self.network.step(symbols, state)
        return ops.softmax(outputs, axis=-1), state

    def advance(self, symbols):
        """Read one symbol a stream, `(B,)`, -1 for none."""
        self.read.append(symbols.astype("int32"))
        if not self.dynamic:
            self.read = self.read[-1:]
        elif len(self.read) > self.dynamic["length"]:
            self._learn()
        found, self.state = self.step(
            ops.convert_to_tensor(self.read[-1]), self.state
        )
        self.found = ops.convert_to_numpy(found)

    def _learn(self):
        rows = np.stack(self.read, axis=1)
        keep = np.ones((len(rows), 1), "float32")
        self.network.train_on_batch(
            {"symbols": rows[:, :-1], "keep": keep}, rows[:, 1:]
        )
        self.read = self.read[-1:]

    def probabilities(self):
        """`(B, K + 1)`, float64; the last is the escape's."""
        known = self.found.astype("float64") * (1.0 - self.escape_rate)
        last = np.full((len(known), 1), self.escape_rate)
        return np.concatenate([known, last], axis=1)


def _split(symbols, streams):
    """`(B, T)` int, -1 after the end of the shorter streams; row by row."""
    rows = np.array_split(symbols, streams)
    table = np.full((streams, max(map(len, rows))), -1, "int16")
    for row, values in zip(table, rows, strict=True):
        row[: len(values)] = values
    return table


def _environment(network):
    """What both directions must have in common."""
    digest = hashlib.sha256()
    digest.update(json.dumps(network.vocabulary.get_config()).encode())
    for weight in network.trainable_variables:
        value = ops.convert_to_numpy(weight)
        digest.update(str(value.shape).encode() + value.tobytes())
    backend = keras.backend.backend()
    module = __import__(backend)
    return {
        "network": digest.hexdigest(),
        "software": f"{backend} {module.__version__}, keras "
        f"{keras.version()}, numpy {np.__version__}",
        "processor": _processor(),
    }


def _processor():
    """The kind of processor, as far as its arithmetic goes."""
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith(("model name", "flags")):
                    name = line.partition(":")[2].strip()
                    if line.startswith("model name"):
                        model = name
                    else:
                        flags = hashlib.sha256(name.encode()).hexdigest()[:8]
                        return f"{platform.machine()} {model} {flags}"
    except OSError:
        pass
    return f"{platform.machine()} {platform.processor()}"
