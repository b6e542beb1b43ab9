"""`python -m graves_tf.export FILE --to saved_model|tflite|web -o DIR`."""

import argparse
import pathlib
import sys

from graves_tf.command import run_command
from graves_tf.export import PRECISIONS
from graves_tf.export import on_tensorflow
from graves_tf.option_checks import check_output

EPILOG = """\
examples:
  python -m graves_tf.export best.keras --to saved_model -o writer \
          --version next
      writer/1, or one above the highest that is there; TensorFlow Serving
      takes it with --model_base_path=writer, and a later one as it comes
  python -m graves_tf.export best.keras --to tflite -o out
      out/sampler_float32.tflite, out/sampler_float16.tflite and
      out/sampler_int8.tflite, for graves_tf/export/runtime.py (of text
      text_runtime.py), which needs numpy and ai-edge-litert alone
  python -m graves_tf.export best.keras --to web -o page
      a web page that writes, for any static server:
      python -m http.server --bind 127.0.0.1 --directory page
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.export",
        description="Export a network of handwriting synthesis or of text as a "
        "sampler that runs without this package.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a .keras file of graves_tf.train --task synthesis or text, or "
        "the name of weights that ship with graves_tf",
    )
    parser.add_argument(
        "--to",
        required=True,
        choices=("saved_model", "tflite", "web"),
        help="saved_model: for servers; signatures init, step and, of "
        "handwriting, write (a whole line in one call), prime (read a style) "
        "and write_on (go on from it). tflite: for devices; "
        "signatures init and step. web: a page that writes in the browser "
        "(LiteRT.js is downloaded once, from the npm registry)",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        type=pathlib.Path,
        metavar="DIR",
        help="the folder to write to, made where it is missing",
    )
    parser.add_argument(
        "--version",
        metavar="N",
        help="with --to saved_model, write it into DIR/N, whole or not at "
        "all, as TensorFlow Serving wants it; `next`: one above the highest "
        "version that is there",
    )
    parser.add_argument(
        "--quantize",
        action="append",
        choices=PRECISIONS,
        help="with --to tflite, the weights' type: int8 is the smallest and "
        "the fastest, float32 gives the network's own points to 1e-4; may be "
        "given more than once (default: all three)",
    )
    return parser


def export(options):
    """Writes what the options ask for, and says where."""
    if options.quantize and options.to != "tflite":
        raise ValueError("--quantize goes with --to tflite")
    if options.version and options.to != "saved_model":
        raise ValueError("--version goes with --to saved_model")
    version = version_of(options.version)
    check_output(options.output, folder=True)
    on_tensorflow()
    from graves_tf.export.loading import load_network

    network = load_network(options.file)
    if options.version:
        from graves_tf.export.serving_folder import export_version

        paths = [export_version(network, options.output, version)]
    elif options.to == "saved_model":
        from graves_tf.export.saved_model import export_saved_model

        paths = [export_saved_model(network, options.output)]
    elif options.to == "web":
        from graves_tf.export.web_folder import export_web
        from graves_tf.weights import find

        card = find(options.file).with_suffix(".md")
        paths = export_web(
            network, options.output, card if card.is_file() else None
        )
    else:
        from graves_tf.export.tflite import export_tflite
        from graves_tf.weights import sha256

        paths = export_tflite(
            network,
            options.output,
            options.quantize or PRECISIONS,
            keras_sha256=sha256(options.file),
        )
    for path in paths:
        print(f"{path}  {size_of(path) / 1e6:.1f} MB")


def version_of(option):
    """The number in `--version`; None for the next."""
    if option in (None, "next"):
        return None
    if not (option.isascii() and option.isdigit()):
        raise ValueError(f"--version must be a number or next, not {option!r}")
    return int(option)


def size_of(path):
    """Bytes of a file, or of all files of a SavedModel."""
    if path.is_file():
        return path.stat().st_size
    parts = ("saved_model.pb", "fingerprint.pb", "variables/*", "assets*/*")
    return sum(f.stat().st_size for p in parts for f in path.glob(p))


def main(argv=None):
    return run_command("graves_tf.export", make_parser(), export, argv)


if __name__ == "__main__":
    sys.exit(main())
