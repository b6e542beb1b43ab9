"""A text as parallel streams, read a sequence at a time."""

import keras
import numpy as np


class TextStreams(keras.utils.PyDataset):
    """A text cut into B equal streams, read side by side, never shuffled.

    Every symbol is a target once a pass. Batch `i` of the whole run is the
    same whatever happened before it, and goes on where batch `i - 1` stopped:
    a network that keeps its state reads each stream as one long sequence,
    with gradients only within the T steps of a batch (Sec. 3.2).

    A batch is a pair of

    - inputs: dict of `symbols (B, T)`, int32, the symbol before each target,
      and `keep (B, 1)`, 0 where the state is to start anew. -1 stands for the
      null vector: at the text's very beginning, and at padding.
    - targets: `(B, T)`, int32; -1 at padding, at the streams' ends.

    Args:
        symbols: `(N,)`, whole numbers.
        streams: B.
        length: T, the steps between updates; the paper's is 100.
        reset_every: batches after which the state starts anew; the paper's
            is 100 for Wikipedia. None: only where a pass begins.
        start: the first batch's number in the whole run.
    """

    def __init__(
        self, symbols, streams, length=100, reset_every=None, start=0, **kwargs
    ):
        super().__init__(**kwargs)
        symbols = np.asarray(symbols)
        if symbols.ndim != 1 or not len(symbols):
            raise ValueError(
                "A text must be a row of symbols, and not empty. Received: "
                f"an array of shape {symbols.shape}"
            )
        if length < 1:
            raise ValueError(
                f"A sequence has one symbol or more. Received: length={length}"
            )
        self.count = len(symbols)
        self.streams = min(streams, self.count)
        self.length = length
        self.reset_every = reset_every
        self.start = start
        rows = -(-self.count // self.streams)
        self.batches = -(-rows // length)
        # Row b: its targets from column 1 on, and before them what precedes.
        self._rows = np.full(
            (self.streams, 1 + self.batches * length), -1, "int32"
        )
        bounds = np.linspace(0, self.count, self.streams + 1).astype(int)
        for b, (first, end) in enumerate(
            zip(bounds[:-1], bounds[1:], strict=True)
        ):
            self._rows[b, 1 : 1 + end - first] = symbols[first:end]
            if first:
                self._rows[b, 0] = symbols[first - 1]

    def __len__(self):
        """Batches of one pass."""
        return self.batches

    def __getitem__(self, index):
        number = (self.start + index) % self.batches
        first = number * self.length
        rows = self._rows[:, first : first + self.length + 1]
        every = self.reset_every or self.batches
        keep = np.full((self.streams, 1), number % every > 0, "float32")
        return {"symbols": rows[:, :-1], "keep": keep}, rows[:, 1:]

    def on_epoch_end(self):
        self.start += len(self)
