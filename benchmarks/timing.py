"""Two sides of a comparison, measured in turn in one process."""

import argparse
import os
import statistics
import time


def parser(description, rounds=5):
    """The arguments that every benchmark takes."""
    arguments = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    arguments.add_argument(
        "--threads", type=int, default=2, help="threads for each side"
    )
    arguments.add_argument(
        "--rounds", type=int, default=rounds, help="measurements of each side"
    )
    return arguments


def add_dtype(arguments):
    """`--dtype`, where our side can multiply in a narrower type."""
    arguments.add_argument(
        "--dtype",
        choices=["float32", "bfloat16"],
        default="float32",
        help="of the operands of our products; the peer's stay float32",
    )


def set_tensorflow_threads(threads):
    """Limits TensorFlow; to be called before it has run anything."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def set_torch_threads(threads):
    """Limits PyTorch; to be called before anything imports it or TensorFlow.

    PyTorch's compiler is loaded with its first optimizer, and ends the process
    where TensorFlow's is there already: both bring an LLVM.
    """
    # By default its idle threads wait busily. Where anything else runs on the
    # machine, TensorFlow's idle threads say, that slows it up to 30 times.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch
    import torch._dynamo

    torch.set_num_threads(threads)


def seconds(run):
    """How long one call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def alternate(sides, rounds, pause=0.5):
    """Measures every side once a round, after one round that does not count.

    Args:
        sides: dict of name to a function without arguments, which returns
            only when its work is done.
        rounds: how many measurements of each.
        pause: seconds between two measurements, so that one side's waiting
            threads have gone to sleep before the other starts.

    Returns:
        dict of name to a list of seconds, one a round.
    """
    times = {name: [] for name in sides}
    for count in range(rounds + 1):
        for name, run in sides.items():
            time.sleep(pause)
            taken = seconds(run)
            if count:
                times[name].append(taken)
            else:
                print(f"  {name}: first call {taken:.1f} s", flush=True)
    return times


def report(times, ours, peer, goal, unit="s", scale=1.0, note=None):
    """Prints both medians, and how many times faster `ours` is.

    Args:
        times: what `alternate` returned.
        ours, peer: two names in it.
        goal: the least ratio that the project asks for.
        unit, scale: what to print a time in; `scale` units are a second.
        note: function of a median in seconds, a remark to print beside it.

    Returns:
        The ratio of the medians.
    """
    medians = {name: statistics.median(times[name]) for name in (ours, peer)}
    width = max(map(len, medians))
    for name, median in medians.items():
        low, high = min(times[name]), max(times[name])
        print(
            f"{name:{width}}  {median * scale:9.3f} {unit}  "
            f"({low * scale:.3f} to {high * scale:.3f})"
            + (f"  {note(median)}" if note else "")
        )
    ratio = medians[peer] / medians[ours]
    rounds = [p / o for p, o in zip(times[peer], times[ours], strict=True)]
    print(
        f"RATIO {ratio:.2f}  (rounds {min(rounds):.2f} to {max(rounds):.2f}; "
        f"goal {goal})"
    )
    return ratio
