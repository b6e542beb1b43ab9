"""A text as parallel streams, read a sequence at a time."""

import keras
import numpy as np


class TextStreams(keras.utils.PyDataset):
    """A text cut into B equal streams, read side by side, never shuffled.

    Every symbol is a target once a pass. Batch `i` of the whole run is the
    same whatever happened before it, and goes on where batch `i - 1` stopped:
    a network that keeps its state reads each stream as one long sequence,
    with gradients only within the T steps of a batch (Sec. 3.2).

    With `shift` each pass cuts the streams elsewhere into its sequences: each
    begins up to T - 1 steps early, as many as a random number says that the
    pass's own number makes, with text that is read but no target. Else the
    same symbols come first in every pass, and never have a gradient to what
    precedes them. The first stream begins with the text's end.

    A batch is a pair of

    - inputs: dict of `symbols (B, T)`, int32, the symbol before each target,
      and `keep (B, 1)`, 0 where the state is to start anew. -1 stands for the
      null vector: at the text's very beginning, and at the streams' ends.
    - targets: `(B, T)`, int32; -1 where nothing counts.

    Args:
        symbols: `(N,)`, whole numbers.
        streams: B.
        length: T, the steps between updates; the paper's is 100.
        reset_every: batches after which the state starts anew; the paper's
            is 100 for Wikipedia. None: only where a pass begins.
        start: the first batch's number in the whole run.
        shift: whether the sequences are not the same in every pass.
    """

    def __init__(
        self,
        symbols,
        streams,
        length=100,
        reset_every=None,
        start=0,
        shift=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        symbols = np.asarray(symbols)
        if symbols.ndim != 1 or not len(symbols):
            raise ValueError(
                "A text must be a row of symbols, and not empty. Received: "
                f"an array of shape {symbols.shape}"
            )
        if streams < 1:
            raise ValueError(
                f"A text is read in one stream or more. Received: "
                f"streams={streams}"
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
        self.most_early = length - 1 if shift else 0
        rows = self.most_early + -(-self.count // self.streams)
        self.batches = -(-rows // length)
        # Row b: what precedes its targets, and they.
        lead = self.most_early + 1
        self._rows = np.full(
            (self.streams, lead + self.batches * length), -1, "int32"
        )
        circle = np.concatenate([[-1], symbols])
        bounds = np.linspace(0, self.count, self.streams + 1).astype(int)
        for b, (first, end) in enumerate(
            zip(bounds[:-1], bounds[1:], strict=True)
        ):
            self._rows[b, lead : lead + end - first] = symbols[first:end]
            # Null vectors in their stead, that many at once, the network sees
            # nowhere else: with weight noise its cells run away on them.
            before = np.arange(first + 1 - lead, first + 1) % len(circle)
            self._rows[b, :lead] = circle[before]

    def __len__(self):
        """Batches of one pass."""
        return self.batches

    def __getitem__(self, index):
        passes, number = divmod(self.start + index, self.batches)
        early = np.random.default_rng(passes).integers(self.most_early + 1)
        first = number * self.length + self.most_early - early
        rows = self._rows[:, first : first + self.length + 1]
        every = self.reset_every or self.batches
        keep = np.full((self.streams, 1), number % every > 0, "float32")
        targets = rows[:, 1:].copy()
        if number == 0:
            # What precedes the first target is one of the stream before.
            targets[:, :early] = -1
        return {"symbols": rows[:, :-1], "keep": keep}, targets

    def on_epoch_end(self):
        self.start += len(self)
