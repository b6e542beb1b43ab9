"""Lines of handwriting as padded batches of few shapes."""

import keras
import numpy as np

from graves_tf.augmentation import deformed
from graves_tf.ink.offsets import are_whole
from graves_tf.ink.offsets import to_offsets


def bucket_lengths(lengths, count=10, multiple=16):
    """The lengths to pad to that waste the fewest points.

    Args:
        lengths: of the sequences.
        count: how many lengths, at most: each is compiled once.
        multiple: every one is a multiple of this.

    Returns:
        Increasing list of ints; the last holds the longest sequence.
    """
    levels, numbers = np.unique(
        -(-np.asarray(lengths) // multiple), return_counts=True
    )
    below = np.concatenate([[0], np.cumsum(numbers)])
    # cost[j]: padded length, in multiples, of the shortest j levels.
    cost = np.where(np.arange(len(levels) + 1) == 0, 0.0, np.inf)
    choices = []
    for _ in range(min(count, len(levels))):
        table = cost[:, None] + (
            below[None, :] - below[:, None]
        ) * np.concatenate([[0], levels])
        table[np.tril_indices(len(levels) + 1, -1)] = np.inf
        choices.append(table.argmin(axis=0))
        cost = table.min(axis=0)
    bounds, level = [], len(levels)
    for choice in reversed(choices):
        if level:
            bounds.append(int(levels[level - 1]) * multiple)
            level = choice[level]
    return sorted(set(bounds))


class HandwritingBatches(keras.utils.PyDataset):
    """Batches of lines of like length, in an order given by a seed.

    Batch `i` of the whole run is the same whatever happened before it: an
    interrupted run goes on with the batch that came next (`start`). Every
    pass over the lines is a new order.

    A batch is a pair of

    - inputs: dict of `offsets (B, T, 3)`, normalised, the first the null
      vector, and with an alphabet `characters (B, U)`, -1 at padding;
    - targets: `(B, T, 3)`, the offsets one step on; x3 = -1 at padding.

    Args:
        lines: list of `graves_tf.ink.line.Line`.
        offset_mean: `(2,)`, as the network has it.
        offset_std: `(2,)`.
        alphabet: an `Alphabet`, or None for no characters.
        batch_size: B; to train, at most the number of lines.
        buckets: how many lengths to pad to, or those lengths.
        seed: of the order; None: the lines as they are, by length, the last
            batch filled up with empty rows.
        start: the first batch's number in the whole run.
        crop: of every line only so many points, from its first; the text
            stays whole.
        augmentation: the std of `graves_tf.augmentation.deformed`, by which
            every line differs from pass to pass, or 0.
    """

    def __init__(
        self,
        lines,
        offset_mean,
        offset_std,
        alphabet=None,
        batch_size=32,
        buckets=10,
        seed=None,
        start=0,
        crop=None,
        augmentation=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not lines:
            raise ValueError("There are no lines to make batches of.")
        if batch_size < 1:
            raise ValueError(
                "A batch has one line or more. Received: "
                f"batch_size={batch_size}"
            )
        if not 0 <= augmentation <= 0.5:
            raise ValueError(
                "`augmentation` must be from 0 to 0.5, beyond which little of "
                f"a hand is left. Received: augmentation={augmentation}"
            )
        self.alphabet = alphabet
        # Rows without a line would count in the loss's mean.
        few = seed is not None and len(lines) < batch_size
        self.batch_size = len(lines) if few else batch_size
        self.seed = seed
        self.start = start
        self.augmentation = augmentation
        self.mean = np.asarray(offset_mean, "float32")
        self.std = np.asarray(offset_std, "float32")
        self.whole = bool(augmentation) and are_whole(
            line.strokes for line in lines
        )
        self.offsets = [to_offsets(line.strokes)[:crop] for line in lines]
        self.characters = (
            [alphabet.encode(line.text) for line in lines] if alphabet else None
        )
        self.lengths = np.array([len(o) for o in self.offsets])
        if isinstance(buckets, int):
            buckets = bucket_lengths(self.lengths, buckets)
        self.buckets = [b for b in buckets if b < self.lengths.max()]
        longest = int(self.lengths.max())
        self.buckets += [b for b in buckets if b >= longest][:1] or [longest]
        self.bucket = np.searchsorted(self.buckets, self.lengths)
        self.widths = [0] * len(self.buckets)
        if alphabet:
            sizes = np.array([len(c) for c in self.characters])
            self.widths = [
                int(-(-sizes[self.bucket <= b].max(initial=1) // 8) * 8)
                for b in range(len(self.buckets))
            ]
        self._order = {}

    def __len__(self):
        """Batches of one pass."""
        return -(-len(self.offsets) // self.batch_size)

    def __getitem__(self, index):
        number = self.start + index
        chosen = self._pass(number // len(self))[number % len(self)]
        shape = self._shape(chosen)
        if index == 0 and keras.backend.backend() == "tensorflow":
            # Keras holds an axis on which batches 0 and 1 agree to be fixed.
            shape = self._another_shape(shape)
        return self._batch(chosen, shape, number)

    def on_epoch_end(self):
        if self.seed is not None:
            self.start += len(self)

    @property
    def points(self):
        """Points of one pass, padding left out."""
        return int(self.lengths.sum())

    @property
    def padding(self):
        """The share of one pass's points that is padding."""
        total = sum(
            self.batch_size * self._shape(chosen)[0] for chosen in self._pass(0)
        )
        real = sum(self.lengths[chosen].sum() for chosen in self._pass(0))
        return 1.0 - real / total

    def _pass(self, number):
        """The rows of each batch of a pass."""
        if number not in self._order:
            self._order = {number: self._make_pass(number)}
        return self._order[number]

    def _make_pass(self, number):
        rows = np.argsort(self.lengths, kind="stable")
        if self.seed is not None:
            rng = np.random.default_rng([self.seed, number])
            rows = rng.permutation(len(self.lengths))
            rows = rows[np.argsort(self.bucket[rows], kind="stable")]
        batches = np.split(
            rows, range(self.batch_size, len(rows), self.batch_size)
        )
        if self.seed is not None:
            missing = self.batch_size - len(batches[-1])
            # The last batch holds the longest lines: fill it up with such.
            batches[-1] = np.concatenate(
                [batches[-1], rows[: -len(batches[-1])][-missing:]]
                if missing and len(batches) > 1
                else [batches[-1]]
            )
            rng.shuffle(batches)
        return batches

    def _shape(self, chosen):
        """T and U of a batch: one pair for each bucket."""
        return self._bucket_shape(self.bucket[chosen].max())

    def _bucket_shape(self, bucket):
        return self.buckets[bucket], self.widths[bucket]

    def _another_shape(self, shape):
        """A shape for batch 0 that differs from batch 1's on both axes."""
        if len(self) == 1:
            return shape
        passes, number = divmod(self.start + 1, len(self))
        second = self._shape(self._pass(passes)[number])
        largest = self._bucket_shape(len(self.buckets) - 1)
        if all(a != b for a, b in zip(largest, second, strict=True)):
            return largest
        return largest[0] + 16, largest[1] + 8

    def _normalised(self, line, rng):
        offsets = self.offsets[line]
        if self.augmentation:
            offsets = deformed(offsets, self.augmentation, rng, self.whole)
        steps = (offsets[:, :2] - self.mean) / self.std
        return np.concatenate([steps, offsets[:, 2:]], axis=1)

    def _batch(self, chosen, shape, number):
        length, width = shape
        rng = np.random.default_rng([self.seed or 0, number, 1])
        inputs = np.zeros((self.batch_size, length, 3), "float32")
        targets = np.zeros((self.batch_size, length, 3), "float32")
        targets[..., 2] = -1
        for row, i in enumerate(chosen):
            offsets = self._normalised(i, rng)
            targets[row, : len(offsets)] = offsets
            inputs[row, 1 : len(offsets)] = offsets[:-1]
        result = {"offsets": inputs}
        if self.characters is not None:
            characters = np.full((self.batch_size, width), -1, "int32")
            for row, i in enumerate(chosen):
                characters[row, : len(self.characters[i])] = self.characters[i]
            result["characters"] = characters
        return result, targets
