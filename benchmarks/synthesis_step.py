"""A training step of the whole synthesis network against PyTorch.

The peer is the same network the way the public toolkits write it: a loop over
an LSTMCell and the window for the first layer, nn.LSTM for the others. Both do
a whole update, optimizer included.
"""

import argparse
import multiprocessing
import os
import resource
import sys
from concurrent import futures

import our_training
import timing

os.environ["KERAS_BACKEND"] = "tensorflow"

OURS = "graves_tf"
PEER = "PyTorch"
GOALS = {"float32": 1.5, "bfloat16": 1.5}
GIB = 2.0**30


def main():
    arguments = timing.parser(__doc__, rounds=3)
    arguments.add_argument("--batch", type=int, default=64)
    arguments.add_argument(
        "--steps",
        type=int,
        default=argparse.SUPPRESS,
        help="points a line (default: 700; 1000 with --memory)",
    )
    arguments.add_argument(
        "--characters", type=int, default=40, help="a line's text"
    )
    timing.add_dtype(arguments)
    arguments.add_argument(
        "--memory",
        action="store_true",
        help="measure the peak memory of our step instead, in a process of "
        "its own",
    )
    args = arguments.parse_args()
    args.steps = getattr(args, "steps", 1000 if args.memory else 700)
    if args.memory:
        report_memory(args)
    else:
        report_speed(args)


def report_speed(args):
    timing.set_torch_threads(args.threads)
    timing.set_tensorflow_threads(args.threads)
    network = our_training.compiled_network(args.dtype)
    inputs, targets = our_training.random_batch(
        args.batch, args.steps, args.characters, network.alphabet.size
    )
    peer = torch_step(network.alphabet.size)
    times = timing.alternate(
        {
            OURS: lambda: network.train_on_batch(inputs, targets),
            PEER: lambda: peer(inputs, targets),
        },
        args.rounds,
    )
    timing.report(times, OURS, PEER, goal=GOALS[args.dtype])


def torch_step(symbols, hidden=400):
    """A function that does one update of the peer, on a batch like ours."""
    import torch
    import torch_peers

    update = torch_peers.training_step(
        torch_peers.Synthesizer(hidden=hidden, symbols=symbols)
    )

    def step(inputs, targets):
        numbers = torch.from_numpy(inputs["characters"]).long()
        mask = (numbers >= 0).float()
        characters = torch.nn.functional.one_hot(numbers.clamp(0), symbols)
        by_time = [
            torch.from_numpy(x).transpose(0, 1).contiguous()
            for x in (inputs["offsets"], targets)
        ]
        points = (by_time[1][..., 2] >= 0).float()
        by_time[1] = by_time[1] * points[..., None]
        return update(*by_time, characters.float(), mask, points)

    return step


def report_memory(args):
    context = multiprocessing.get_context("spawn")
    with futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        before, peak = pool.submit(measure_memory, args).result()
    print(
        f"{OURS}: peak {peak / GIB:.2f} GiB resident at {args.batch} x "
        f"{args.steps} points, {before / GIB:.2f} GiB of it before the first "
        "step"
    )
    print(f"RATIO {peak / (4.0 * GIB):.2f} of 4 GiB  (goal: below 1)")


def measure_memory(args, updates=3):
    """Peak resident bytes before and after some training steps."""
    timing.set_tensorflow_threads(args.threads)
    network = our_training.compiled_network(args.dtype)
    inputs, targets = our_training.random_batch(
        args.batch, args.steps, args.characters, network.alphabet.size
    )
    before = peak_memory()
    for _ in range(updates):
        network.train_on_batch(inputs, targets)
    return before, peak_memory()


def peak_memory():
    """The largest this process has been, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
