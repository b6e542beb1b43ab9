"""Export as a web page that writes: `export/web/`, a network, LiteRT.js."""

import hashlib
import json
import pathlib
import shutil

import numpy as np

from graves_tf.export.litert_js import write_litert_js
from graves_tf.export.loading import exportable
from graves_tf.export.web_model import web_model
from graves_tf.sampling.handwriting_sampler import HandwritingSampler

STYLES = 6
STYLE_TEXT = "the quick brown fox"
LITERT_MODULES = ("litert/core.js", "litert/wasm_utils.js")
WASM = "litert/wasm"
_PAGE = pathlib.Path(__file__).parent / "web"


def export_web(network, directory, card=None):
    """Write a folder that any static web server can serve.

    Besides the page it holds `sampler.tflite`, see `web_model`; `styles.json`,
    lines that the network made up, as hands to write in; `litert/`, LiteRT.js;
    `precache.js`, what the service worker keeps; and `network.txt`, the card.

    Args:
        network: a `HandwritingSynthesizer`.
        directory: made where it is missing; files of the same names go.
        card: the path of what is to be said of the network and its terms, or
            None.

    Returns:
        The paths of the page and of the network.

    Raises:
        OSError, ValueError: LiteRT.js cannot be had, see `litert_js`; or
            another kind of network, or not the TensorFlow backend.
    """
    if getattr(network, "task", None) != "synthesis":
        raise ValueError(
            "The web page writes by hand: it needs a HandwritingSynthesizer. "
            f"Received: {type(network).__name__}"
        )
    network = exportable(network)
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    # First what may fail, since the rest takes its time.
    write_litert_js(directory / "litert")
    model = directory / "sampler.tflite"
    model.write_bytes(web_model(network, card=card is not None))
    _write_json(directory / "styles.json", styles(network))
    page = sorted(path.name for path in _PAGE.iterdir() if path.is_file())
    for name in page:
        shutil.copyfile(_PAGE / name, directory / name)
    kept = [*page, model.name, "styles.json", *LITERT_MODULES]
    if card is not None:
        shutil.copyfile(card, directory / "network.txt")
        kept.append("network.txt")
    kept.remove("sw.js")
    (directory / "precache.js").write_text(precache(directory, kept), "utf-8")
    return [directory / "index.html", model]


def styles(network, count=STYLES, text=STYLE_TEXT):
    """Lines that the network makes up, each in a hand of its own.

    Args:
        network: as in `export_web`.
        count: how many, at most: only lines that are complete are taken.
        text: what they say, in characters that the network knows.

    Returns:
        List of dicts of `name`, `text` and `strokes`, `(T, 3)` lists in the
        recording's units.
    """
    if network.alphabet.unknown_in(text):
        return []
    samples = HandwritingSampler(network).write(
        [text] * (2 * count), bias=0.75, seed=1, attempts=1
    )
    complete = [sample for sample in samples if sample.complete][:count]
    return [
        {
            "name": f"Example hand {number}",
            "text": text,
            "strokes": np.round(sample.strokes.astype("float64"), 1).tolist(),
        }
        for number, sample in enumerate(complete, 1)
    ]


def precache(directory, names):
    """`precache.js`: what the service worker keeps from the start.

    The wasm is not among it: a browser needs one of two files, and finds out
    itself which. It keeps that for as long as `wasm` stays the same.

    Args:
        directory: the folder.
        names: of files in it.
    """
    wasm = sorted(path.name for path in (directory / WASM).iterdir())
    entries = {
        "version": _version(directory, names),
        "files": ["./", *names],
        "wasm": _version(directory / WASM, wasm),
    }
    return f"self.PRECACHE = {json.dumps(entries, indent=1)};\n"


def _version(directory, names):
    version = hashlib.sha256()
    for name in names:
        version.update(name.encode() + (directory / name).read_bytes())
    return version.hexdigest()[:16]


def _write_json(path, content):
    path.write_text(json.dumps(content, separators=(",", ":")), "utf-8")
