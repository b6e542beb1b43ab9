"""Samplers of handwriting against eager PyTorch, a point at a time.

The peer is the same network, peepholes included, stepped in a Python loop
under torch.inference_mode, one line at a time, with its products in float32.

Beside that stands what it takes to read a model's weights once, as every step
must: from memory, by an array of 256 MB, which fits in no cache; and from
where an array of the model's size stays when it is read again and again, on
large processors a cache. Both are read by NumPy's maximum, on one core.
"""

import os
import pathlib
import statistics
import tempfile

import numpy as np
import timing

os.environ["KERAS_BACKEND"] = "tensorflow"

PEER = "PyTorch, one line"
MEMORY = "memory"
TEXT = "A quick brown fox jumps over it, she said."


def main():
    arguments = timing.parser(__doc__)
    arguments.set_defaults(threads=1)
    arguments.add_argument(
        "--weights",
        default="synthesis",
        help="a .keras file, or the name of weights that ship",
    )
    arguments.add_argument(
        "--lines", type=int, default=16, help="lines of a batch"
    )
    arguments.add_argument(
        "--points", type=int, default=500, help="points of a line, at most"
    )
    args = arguments.parse_args()
    timing.set_torch_threads(args.threads)
    timing.set_tensorflow_threads(args.threads)
    from graves_tf.export.loading import load_network

    network = load_network(args.weights)
    sides = {PEER: torch_line(args.points), **keras_lines(network, args)}
    with tempfile.TemporaryDirectory() as folder:
        files = exported(network, folder)
        for precision, path in files.items():
            sides.update(tflite_lines(precision, path, args))
        sizes = {p: path.stat().st_size for p, path in files.items()}
        sides[MEMORY] = reading(256_000_000, 1)
        for precision, size in sizes.items():
            sides[f"{precision} read"] = reading(size, 50)
        times = seconds_each(sides, args.rounds)
    print_sides(times, sizes, args.lines)
    timing.report(
        times,
        "int8, one line",
        PEER,
        goal=8,
        unit="us a point",
        scale=1e6,
        note=lambda median: f"{1 / median:.0f} points a second",
    )


def seconds_each(sides, rounds):
    """What `timing.alternate` measures, for each point or byte.

    Args:
        sides: dict of name to a function that returns how many there were.
        rounds: measurements of each.
    """
    counts = {}

    def counted(name, run):
        def call():
            counts[name] = run()

        return call

    times = timing.alternate(
        {name: counted(name, run) for name, run in sides.items()}, rounds
    )
    return {n: [t / counts[n] for t in taken] for n, taken in times.items()}


def print_sides(times, sizes, lines):
    """A row for each sampler, and the goals' ratios."""
    median = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"\nreading from memory: {1e-9 / median[MEMORY]:.1f} GB/s")
    for precision, size in sizes.items():
        memory, again = (
            size * median[name] for name in (MEMORY, f"{precision} read")
        )
        print(
            f"{precision}: {size / 1e6:.1f} MB, read once from memory in "
            f"{memory * 1e6:.0f} us, again and again in {again * 1e6:.0f} us"
        )
    print(f"\n{'us a point':>34}  times PyTorch's speed  times reading once")
    for name, value in median.items():
        precision = name.split(",")[0]
        if name == MEMORY or name.endswith(" read"):
            continue
        row = f"{name:22}{value * 1e6:12.1f}  {median[PEER] / value:21.2f}"
        if precision in sizes:
            row += f"  {value / (sizes[precision] * median[MEMORY]):18.2f}"
        print(row)
    print()
    for precision in sizes:
        one, many, step = (
            median[f"{precision}, {what}"]
            for what in ("one line", f"{lines} lines", "invoke alone")
        )
        print(
            f"{precision}: a point takes {one / step:.2f} times the "
            f"interpreter's own step (goal at most 1.5); {lines} lines give "
            f"{one / many:.2f} times the points a second of one (goal 6)"
        )
    print()


def torch_line(points):
    """A function that draws `points` points with PyTorch."""
    import torch
    import torch_peers

    symbols = 83
    numbers = torch.randint(symbols, (1, len(TEXT)))
    characters = torch.nn.functional.one_hot(numbers, symbols).float()
    sampler = torch_peers.Sampler(
        torch_peers.Synthesizer(symbols=symbols), characters
    )
    return lambda: len(sampler.run(points))


def keras_lines(network, args):
    """Functions that write a line, and many at once, with Keras."""
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    sampler = HandwritingSampler(network)

    def write(lines):
        return points_of(
            sampler.write([TEXT] * lines, attempts=1, max_points=args.points)
        )

    return {
        "Keras, one line": lambda: write(1),
        f"Keras, {args.lines} lines": lambda: write(args.lines),
    }


def tflite_lines(precision, path, args):
    """The same with a TFLite file, and one of its step alone."""
    from graves_tf.export.runtime import Sampler

    # A sampler each: another shape costs an allocation.
    one, many = (Sampler(path, num_threads=args.threads) for _ in range(2))
    texts, bound = [TEXT] * args.lines, {"max_points": args.points}

    def invoke():
        for _ in range(args.points):
            one._interpreter.invoke()
        return args.points

    return {
        f"{precision}, one line": lambda: len(list(one.steps(TEXT, **bound))),
        f"{precision}, invoke alone": invoke,
        f"{precision}, {args.lines} lines": lambda: points_of(
            many.sample_lines(texts, attempts=1, batch_size=args.lines, **bound)
        ),
    }


def points_of(samples):
    return sum(len(sample.strokes) for sample in samples)


def reading(size, times):
    """A function that reads an array of `size` bytes: returns how many."""
    array = np.ones(size, "uint8")

    def read():
        for _ in range(times):
            array.max()
        return times * size

    return read


def exported(network, folder):
    """The network's TFLite files by precision."""
    from graves_tf.export import PRECISIONS
    from graves_tf.export.tflite import export_tflite

    paths = export_tflite(network, folder)
    return dict(zip(PRECISIONS, map(pathlib.Path, paths), strict=True))


if __name__ == "__main__":
    main()
