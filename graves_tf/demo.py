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
    from graves_tf.ink import attention
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    out = Path(options.output)
    out.mkdir(parents=True, exist_ok=True)
    exported = Path(options.export_dir or out / "export")
    network = weights.load(
        Path(options.run_dir) / "best.keras", task="synthesis"
    )
    wanted = {"bias": options.bias, "seed": options.seed}
    (sample,) = HandwritingSampler(network).write([options.text], **wanted)
    print(
        f"{options.text!r} in {len(sample.strokes)} points, "
        f"drawn {sample.attempts} times"
        + ("" if sample.complete else ", and incomplete even so")
    )
    files = draw(out / "hello", sample.strokes, options.text)
    picture = out / "hello_attention.png"
    attention.to_png(sample.phi, sample.text, picture, strokes=sample.strokes)
    print(f"the network: {files}, {picture}")
    tflite = Sampler(exported / "tflite" / "sampler_float32.tflite")
    written = {
        "saved_model": by_saved_model(
            exported / "saved_model", network, options.text, sample, **wanted
        ),
        "tflite": tflite.sample(options.text, **wanted).strokes,
    }
    for name, strokes in written.items():
        files = draw(out / f"hello_{name}", strokes, options.text)
        if len(strokes) == len(sample.strokes):
            apart = np.abs(strokes - sample.strokes).max()
            words = f"at most {apart:.2g} units from the network's points"
        else:
            words = f"{len(strokes)} points, not {len(sample.strokes)}"
        print(f"{name}: {files}: {words}")


def draw(stem, strokes, text):
    """Draws `stem.svg` and `stem.png`; returns their names."""
    from graves_tf.ink import raster
    from graves_tf.ink.svg import to_svg

    svg, png = stem.with_suffix(".svg"), stem.with_suffix(".png")
    svg.write_text(to_svg(strokes, text=text), encoding="utf-8")
    raster.to_png(strokes, png)
    return f"{svg}, {png}"


def by_saved_model(path, network, text, sample, bias, seed):
    """The same line, in one call of the SavedModel's `write`."""
    import tensorflow as tf

    from graves_tf.sampling.draws import Draws
    from graves_tf.sampling.sample import points_of

    draws = Draws(seed, 0, sample.attempt)
    uniforms, normals = draws.take(150 + 45 * len(text))
    reply = tf.saved_model.load(str(path)).signatures["write"](
        characters=tf.constant(network.alphabet.encode(text)[None]),
        bias=tf.constant([bias], "float32"),
        uniforms=tf.constant(uniforms[None]),
        normals=tf.constant(normals[None]),
    )
    length = int(reply["length"][0])
    return points_of(reply["pens"][0, :length].numpy(), primed=False)


def main(argv=None):
    return run_command("graves_tf.demo", make_parser(), demo, argv)


if __name__ == "__main__":
    sys.exit(main())
