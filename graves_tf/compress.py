"""Compress a file losslessly: `python -m graves_tf.compress FILE -o OUT`."""

import argparse
import sys
from pathlib import Path

from graves_tf.command import progress
from graves_tf.command import run_command
from graves_tf.option_checks import check_limits
from graves_tf.option_checks import check_output
from graves_tf.option_checks import check_overwriting
from graves_tf.option_checks import refuse_idle
from graves_tf.whole_file import replacing

EPILOG = """\
examples:
  python -m graves_tf.compress notes.txt -o notes.gtf
  python -m graves_tf.compress notes.txt -o notes.gtf --dynamic \\
      --weights runs/ptb_char/best.keras
  python -m graves_tf.decompress notes.gtf -o notes.txt

Any file can be compressed; text like what the network was trained on becomes
small. The size is that of the network's own bits: a proof of what
graves_tf.evaluate reports. To restore the file takes the same weights, the
same software and the same kind of processor: the file names them, and
graves_tf.decompress refuses others.
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.compress",
        description="Lossless compression by a text network's predictions.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="any file")
    add("-o", "--output", metavar="OUT", required=True)
    add(
        "--weights",
        metavar="NAME",
        default="ptb_char",
        help="a .keras file, or shipped weights' name (default: %(default)s)",
    )
    add("--dynamic", action="store_true", help="learn from what was read")
    add(
        "--dynamic-rate",
        type=float,
        default=1e-3,
        help="learning rate of --dynamic (default %(default)s)",
    )
    return parser


def compress(options):
    """Do what the command line asks for."""
    from graves_tf import weights
    from graves_tf.text import compressor

    # A rate of 0 would be the static coder's work, slower.
    check_limits(options, {"dynamic_rate": (1e-9, 1e3)})
    if not options.dynamic:
        parser = make_parser()
        refuse_idle(options, parser, ["dynamic_rate"], "without --dynamic")
    check_output(options.output)
    check_overwriting([options.output], [options.file, options.weights])
    data = Path(options.file).read_bytes()
    network = weights.load(options.weights, task="text")
    dynamic = None
    if options.dynamic:
        dynamic = {"rate": options.dynamic_rate, "length": 100}
    packed = compressor.compress(
        data, network, dynamic, lambda steps: progress(steps, "step")
    )
    with replacing(options.output) as path:
        path.write_bytes(packed)
    share = f", {8 * len(packed) / len(data):.3f} bits a byte" if data else ""
    print(f"{options.output}: {len(packed)} bytes of {len(data)}{share}")


def main(argv=None):
    return run_command("graves_tf.compress", make_parser(), compress, argv)


if __name__ == "__main__":
    sys.exit(main())
