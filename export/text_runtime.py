"""Text on a device, from a TFLite file of `graves_tf.export`.

Needs numpy, ai-edge-litert and `runtime.py` beside it, nothing else.

    sampler = TextSampler("sampler_int8.tflite")
    for piece in sampler.write(prime="the ", temperature=0.8, seed=1):
        print(piece, end="", flush=True)

It draws what `graves_tf.sampling.TextSampler` draws from the same seed.
"""

import itertools

import numpy as np
from ai_edge_litert.interpreter import Interpreter

try:
    from graves_tf.export.runtime import read_metadata
except ImportError:  # Copied out of the package.
    from runtime import read_metadata

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_END = {"character": "\n", "word": "<eos>"}


class TextSampler:
    """Makes up a text, a symbol at a time. Not for several threads at once.

    Args:
        model_path: a `.tflite` file of `graves_tf.export` on a text network.
        num_threads: for the network's arithmetic.

    Attributes:
        metadata: dict: what the file says of itself.
        symbols: of its vocabulary: characters, words or byte values.
        kind: of symbol: `character`, `word` or `byte`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no such sampler, or is damaged.
    """

    def __init__(self, model_path, num_threads=1):
        self.metadata = read_metadata(model_path, "text")
        vocabulary = self.metadata["vocabulary"]
        self.symbols = vocabulary["symbols"]
        self.kind = vocabulary["kind"]
        self._numbers = {s: i for i, s in enumerate(self.symbols)}
        interpreter = Interpreter(
            model_path=str(model_path), num_threads=num_threads
        )
        # A runner that is kept would keep the interpreter from running.
        step = interpreter.get_signature_runner("step")
        inputs, outputs = step.get_input_details(), step.get_output_details()
        del step
        interpreter.allocate_tensors()
        self._interpreter = interpreter
        self._input, self._output = (
            {
                name: interpreter.tensor(detail["index"])
                for name, detail in details.items()
            }
            for details in (inputs, outputs)
        )

    def write(self, prime="", temperature=1.0, seed=0, length=None):
        """Pieces of a text, as they come.

        Args:
            prime: what it goes on from.
            temperature: below 1 the probable is drawn more often.
            seed: the same gives the same text.
            length: symbols; None: without end.

        Yields:
            str, or bytes of a network of bytes; of words with the space that
            belongs before.
        """
        prime = self.encode(prime)
        drawn = self.numbers(prime, temperature, seed)
        before = self.symbols[prime[-1]] if prime else None
        for number in itertools.islice(drawn, length):
            piece = _UNKNOWN
            if number < len(self.symbols):
                piece = self.symbols[number]
            yield self._piece(piece, before)
            before = piece

    def numbers(self, prime=(), temperature=1.0, seed=0):
        """The symbols' class numbers, without end.

        Raises:
            ValueError: the temperature is not positive.
        """
        if not temperature > 0:
            raise ValueError(
                f"The temperature must be positive, not {temperature}."
            )
        rng = np.random.default_rng(seed)
        put, get = self._input, self._output
        states = [(put[n], get[n]) for n in self.metadata["states"]]
        for new, _ in states:
            new()[...] = 0
        put["temperature"]()[...] = temperature
        put["uniform"]()[...] = 0
        *read, last = [-1, *prime]
        for number in read:
            self._read(number, states)
        while True:
            put["uniform"]()[...] = rng.random(1, dtype="float32")
            self._read(last, states)
            last = int(get["symbol"]()[0])
            yield last

    def encode(self, text):
        """The class numbers of a text.

        Raises:
            ValueError: a symbol is not in the vocabulary; it names them.
        """
        if self.kind == "byte":
            tokens = text.encode() if isinstance(text, str) else text
        elif self.kind == "word":
            tokens = text.replace("\n", f" {_END['word']} ").split()
        else:
            tokens = text
        if unknown := sorted(set(tokens) - set(self.symbols)):
            raise ValueError(f"Not in the vocabulary: {unknown}.")
        return [self._numbers[token] for token in tokens]

    def _read(self, number, states):
        self._input["symbol"]()[...] = number
        self._interpreter.invoke()
        for new, old in states:
            new()[...] = old()

    def _piece(self, symbol, before):
        if self.kind == "byte":
            return bytes([symbol]) if symbol != _UNKNOWN else symbol.encode()
        if self.kind == "character":
            return symbol
        end = _END["word"]
        if symbol == end:
            return "\n"
        return symbol if before in (None, end) else f" {symbol}"
