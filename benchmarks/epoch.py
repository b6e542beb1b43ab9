"""An epoch of training lines against PyTorch's usual loop.

Ours: batches of lines of like length, padded to one of a few lengths. The
peer: the network of synthesis_step.py, on shuffled batches padded to their own
longest line. Same lines, same batch size, optimizers included.

An epoch takes long, so a sample stands for it. Ours: some batches of each
padded length, each time multiplied by how many batches of that length there
are (compiling, once a length, is left out). The peer's: its batches by length,
cut into as many groups of like size as there are samples; the middle one of
each group is measured for all of it.
"""

import collections
import os
import statistics
import time

import numpy as np
import our_training
import timing
from synthesis_step import torch_step

os.environ["KERAS_BACKEND"] = "tensorflow"

SPLITS = "train+validation_2+test"


def main():
    arguments = timing.parser(__doc__, rounds=2)
    arguments.add_argument(
        "--data",
        metavar="FILE.npz",
        help="packed IAM-OnDB (python -m graves_tf.datasets iam_ondb --pack "
        "FILE.npz); without it, the hershey data set",
    )
    arguments.add_argument("--split", default=SPLITS)
    arguments.add_argument("--batch", type=int, default=64)
    arguments.add_argument(
        "--lines", type=int, help="take only so many lines, drawn at random"
    )
    arguments.add_argument("--preset", default="synthesis")
    arguments.add_argument(
        "--dtype", choices=["float32", "bfloat16"], default="float32"
    )
    arguments.add_argument(
        "--samples", type=int, default=8, help="batches of the peer's"
    )
    args = arguments.parse_args()
    timing.set_torch_threads(args.threads)
    timing.set_tensorflow_threads(args.threads)

    lines = load(args)
    ours, peer = OurEpoch(lines, args), TorchEpoch(lines, args)
    for count in range(max(len(ours.sample), len(peer.sample))):
        for side in (ours, peer):
            if count < len(side.sample):
                time.sleep(0.5)
                side.measure(count)
    for side in (ours, peer):
        print(
            f"{side.name:9}  {side.total():8.0f} s an epoch: "
            f"{side.batches} batches, {len(side.sample)} measured, "
            f"{100 * side.padding:.1f} % padding"
        )
    print(f"RATIO {peer.total() / ours.total():.2f}  (goal 2)")


def load(args):
    """The lines of the epoch."""
    from graves_tf.data import load_lines

    where = {"data": args.data} if args.data else {"dataset": "hershey"}
    lines = load_lines(args.split, **where)
    if args.lines:
        random = np.random.default_rng(0)
        chosen = random.permutation(len(lines))[: args.lines]
        lines = [lines[i] for i in chosen]
    points = sum(len(line.strokes) for line in lines)
    print(f"{len(lines)} lines, {points} points", flush=True)
    return lines


class OurEpoch:
    """`HandwritingBatches` and the compiled network, sampled by length."""

    name = "graves_tf"

    def __init__(self, lines, args):
        from graves_tf.batches import HandwritingBatches
        from graves_tf.ink.offsets import fit_normalisation

        self.network = our_training.compiled_network(args.dtype, args.preset)
        mean, std = fit_normalisation([line.strokes for line in lines])
        self.source = HandwritingBatches(
            lines,
            mean,
            std,
            alphabet=self.network.alphabet,
            batch_size=args.batch,
            seed=0,
        )
        self.batches, self.padding = len(self.source), self.source.padding
        by_length = collections.defaultdict(list)
        for number in range(self.batches):
            inputs, _ = self.source[number]
            by_length[inputs["offsets"].shape[1]].append(number)
        self.numbers = {n: len(group) for n, group in by_length.items()}
        # The first of each length compiles, and does not count.
        self.warm_up = {n: group[0] for n, group in by_length.items()}
        self.sample = [
            (length, group[count])
            for count in range(args.rounds)
            for length, group in sorted(by_length.items())
            if count < len(group)
        ]
        self.times = collections.defaultdict(list)

    def measure(self, count):
        length, number = self.sample[count]
        if not self.times[length]:
            self.network.train_on_batch(*self.source[self.warm_up[length]])
        taken = timing.seconds(
            lambda: self.network.train_on_batch(*self.source[number])
        )
        self.times[length].append(taken)
        print(f"  {self.name}: {length} points, {taken:.2f} s", flush=True)

    def total(self):
        return sum(
            statistics.mean(times) * self.numbers[length]
            for length, times in self.times.items()
        )


class TorchEpoch:
    """Shuffled batches padded to their longest line, sampled by length."""

    name = "PyTorch"

    def __init__(self, lines, args):
        from graves_tf.ink.offsets import fit_normalisation
        from graves_tf.ink.offsets import to_offsets
        from graves_tf.networks import HandwritingSynthesizer

        network = HandwritingSynthesizer.from_preset(args.preset)
        self.alphabet, self.hidden = network.alphabet, network.hidden
        mean, std = fit_normalisation([line.strokes for line in lines])
        self.offsets = [to_offsets(line.strokes) for line in lines]
        for offsets in self.offsets:
            offsets[:, :2] = (offsets[:, :2] - mean) / std
        self.texts = [self.alphabet.encode(line.text) for line in lines]
        order = np.random.default_rng(0).permutation(len(lines))
        batches = np.split(order, range(args.batch, len(order), args.batch))
        batches.sort(key=self.longest)
        self.batches = len(batches)
        padded = sum(self.longest(rows) * len(rows) for rows in batches)
        self.padding = 1.0 - sum(map(len, self.offsets)) / padded
        groups = np.array_split(np.arange(len(batches)), args.samples)
        groups = [group for group in groups if len(group)]
        self.sample = [
            (batches[group[len(group) // 2]], len(group)) for group in groups
        ]
        self.step = None
        self.times = []

    def longest(self, rows):
        return max(len(self.offsets[row]) for row in rows)

    def measure(self, count):
        rows, _ = self.sample[count]
        if self.step is None:
            self.step = torch_step(self.alphabet.size, self.hidden[0])
            self.step(*self.padded(rows))
        taken = timing.seconds(lambda: self.step(*self.padded(rows)))
        self.times.append(taken)
        print(
            f"  {self.name}: {self.longest(rows)} points, {taken:.2f} s",
            flush=True,
        )

    def padded(self, rows):
        """The batch as arrays: inputs and targets, padded as ours are."""
        length = self.longest(rows)
        width = max(len(self.texts[row]) for row in rows)
        offsets = np.zeros((len(rows), length, 3), "float32")
        targets = np.zeros((len(rows), length, 3), "float32")
        targets[..., 2] = -1
        characters = np.full((len(rows), width), -1, "int32")
        for place, row in enumerate(rows):
            line = self.offsets[row]
            targets[place, : len(line)] = line
            offsets[place, 1 : len(line)] = line[:-1]
            characters[place, : len(self.texts[row])] = self.texts[row]
        return {"offsets": offsets, "characters": characters}, targets

    def total(self):
        return sum(
            taken * number
            for taken, (_, number) in zip(self.times, self.sample, strict=True)
        )


if __name__ == "__main__":
    main()
