"""The last step of `make demo`: one line, written by three runtimes."""

import argparse
import sys
from pathlib import Path

import numpy as np

from graves_tf.command import run_command


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.demo",
        description="Write one line by a trained network, by its SavedModel "
        "and by its TFLite file, from the same random numbers.",
    )
    parser.add_argument("--run-dir", default="runs/demo", metavar="DIR")
    parser.add_argument(
        "--export-dir", metavar="DIR", help="default: OUT/export"
    )
    parser.add_argument("-o", "--output", default="out", metavar="OUT")
    parser.add_argument("--text", default="Hello, world")
    parser.add_argument("--bias", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    return parser


def demo(options):
    """Writes the pictures, and says how far the runtimes differ."""
    from graves_tf import weights
    from graves_tf.export.runtime import Sampler
    from graves_tf.export.saved_model import write as write_saved_model
    from graves_tf.ink import attention
    from graves_tf.ink import raster
    from graves_tf.ink.svg import to_svg
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    out = Path(options.output)
    out.mkdir(parents=True, exist_ok=True)
    exported = Path(options.export_dir or out / "export")
    network = weights.load(
        Path(options.run_dir) / "best.keras", task="synthesis"
    )
    (sample,) = HandwritingSampler(network).write(
        [options.text],
        bias=options.bias,
        seed=options.seed,
    )
    print(
        f"{options.text!r} in {len(sample.strokes)} points, "
        f"drawn {sample.attempts} times"
        + ("" if sample.complete else ", and incomplete even so")
    )
    files = {"hello.svg": out / "hello.svg", "hello.png": out / "hello.png"}
    files["hello.svg"].write_text(to_svg(sample.strokes, text=options.text))
    raster.to_png(sample.strokes, files["hello.png"])
    picture = out / "hello_attention.png"
    attention.to_png(
        sample.phi, sample.text, picture, strokes=sample.strokes
    )
    others = {
        "saved_model": lambda: write_saved_model(
            exported / "saved_model",
            options.text,
            bias=options.bias,
            seed=options.seed,
            attempt=sample.attempts - 1,
        ),
        "tflite": lambda: Sampler(exported / "float32.tflite").write(
            options.text,
            bias=options.bias,
            seed=options.seed,
            attempt=sample.attempts - 1,
        ),
    }
    print(f"network: {files['hello.svg']} {files['hello.png']} {picture}")
    for name, write in others.items():
        strokes = write()
        path = out / f"hello_{name}.png"
        raster.to_png(strokes, path)
        path.with_suffix(".svg").write_text(
            to_svg(strokes, text=options.text)
        )
        if len(strokes) == len(sample.strokes):
            apart = np.abs(strokes - sample.strokes).max()
            words = f"at most {apart:.2g} units from the network's"
        else:
            words = f"{len(strokes)} points, not {len(sample.strokes)}"
        print(f"{name}: {path.with_suffix('.svg')} {path}, {words}")


def main(argv=None):
    return run_command("graves_tf.demo", make_parser(), demo, argv)


if __name__ == "__main__":
    sys.exit(main())
