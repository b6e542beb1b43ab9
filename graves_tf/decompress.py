"""Restore a compressed file: `python -m graves_tf.decompress OUT -o FILE`."""

import argparse
import sys
from pathlib import Path

from graves_tf.command import progress
from graves_tf.command import run_command
from graves_tf.option_checks import check_output
from graves_tf.option_checks import check_overwriting
from graves_tf.whole_file import replacing


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.decompress",
        description="Restore what graves_tf.compress made, byte for byte, or "
        "refuse: another network, other software, a truncated or altered "
        "file.",
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="what graves_tf.compress wrote")
    add("-o", "--output", metavar="OUT", required=True)
    add(
        "--weights",
        metavar="NAME",
        default="ptb_char",
        help="those that compressed it (default: %(default)s)",
    )
    return parser


def decompress(options):
    """Do what the command line asks for."""
    from graves_tf import weights
    from graves_tf.text import compressor

    check_output(options.output)
    check_overwriting([options.output], [options.file, options.weights])
    data = Path(options.file).read_bytes()
    try:
        # Before the network is loaded: it takes longer.
        compressor.read_header(data)
        network = weights.load(options.weights, task="text")
        restored = compressor.decompress(
            data, network, lambda steps: progress(steps, "step")
        )
    except compressor.CompressedFileError as error:
        raise ValueError(f"{options.file}: {error}") from error
    with replacing(options.output) as path:
        path.write_bytes(restored)
    print(f"{options.output}: {len(restored)} bytes")


def main(argv=None):
    return run_command("graves_tf.decompress", make_parser(), decompress, argv)


if __name__ == "__main__":
    sys.exit(main())
