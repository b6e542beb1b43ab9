"""The TFLite sampler against eager PyTorch, a point at a time, one thread.

The peer is the same network, peepholes included, stepped in a Python loop
under torch.inference_mode, with its products in float32.
"""

import os
import pathlib
import tempfile

import numpy as np
import timing

os.environ["KERAS_BACKEND"] = "tensorflow"

OURS = "graves_tf TFLite"
PEER = "PyTorch"
TEXT = "A quick brown fox jumps over it, she said."


def main():
    arguments = timing.parser(__doc__)
    arguments.set_defaults(threads=1)
    arguments.add_argument(
        "--tflite",
        type=pathlib.Path,
        metavar="FILE",
        help="an exported sampler (python -m graves_tf.export); without it, "
        "a fresh network of the preset is exported",
    )
    arguments.add_argument("--preset", default="synthesis")
    arguments.add_argument(
        "--precision",
        default="int8",
        choices=("float32", "float16", "int8"),
        help="of the fresh network",
    )
    arguments.add_argument(
        "--points", type=int, default=500, help="points a measurement"
    )
    args = arguments.parse_args()
    timing.set_torch_threads(args.threads)

    times = timing.alternate(
        {OURS: our_sampler(args), PEER: torch_sampler(args)}, args.rounds
    )
    timing.report(
        times,
        OURS,
        PEER,
        goal=8,
        unit="ms a point",
        scale=1e3 / args.points,
        note=lambda median: f"{args.points / median:.0f} points a second",
    )


def torch_sampler(args):
    """A function that draws `args.points` points with PyTorch."""
    import torch
    import torch_peers

    symbols = 83
    numbers = torch.randint(symbols, (1, len(TEXT)))
    characters = torch.nn.functional.one_hot(numbers, symbols).float()
    sampler = torch_peers.Sampler(
        torch_peers.Synthesizer(symbols=symbols), characters
    )
    return lambda: sampler.run(args.points)


def our_sampler(args):
    """A function that draws `args.points` points with the TFLite file."""
    from graves_tf.export.runtime import Sampler

    path = args.tflite
    if path is None:
        folder = tempfile.TemporaryDirectory()
        path = exported(args.preset, args.precision, folder.name)
    sampler = Sampler(path, num_threads=args.threads)

    def run():
        # A fresh network's stop rule fires when it will: as many lines as
        # it takes.
        drawn = seed = 0
        while drawn < args.points:
            for _ in sampler.steps(
                TEXT, seed=seed, max_points=args.points - drawn
            ):
                drawn += 1
            seed += 1

    return run


def exported(preset, precision, folder):
    """A fresh network's TFLite file."""
    from graves_tf.export.tflite import export_tflite
    from graves_tf.networks import HandwritingSynthesizer

    network = HandwritingSynthesizer.from_preset(preset)
    # Peepholes start at zero, which the converter would leave out.
    random = np.random.default_rng(0)
    for weight in network.weights:
        if "peephole" in weight.name:
            weight.assign(random.normal(0.0, 0.1, weight.shape))
    return export_tflite(network, folder, [precision])[0]


if __name__ == "__main__":
    main()
