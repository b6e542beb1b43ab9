"""What weights ship: `python -m graves_tf.weights [NAME]`."""

import argparse
import json
import sys

from graves_tf import weights
from graves_tf.command import run_command
from graves_tf.weights.model_card import card_of
from graves_tf.weights.model_card import read_head

EPILOG = """\
examples:
  python -m graves_tf.weights
  python -m graves_tf.weights synthesis
  python -m graves_tf.weights --json

NAME.keras is the network: every command takes it by its name. The .tflite
files write on a device, without Keras and TensorFlow: copy one, and
graves_tf/export/runtime.py.
"""


def make_parser():
    parser = argparse.ArgumentParser(
        prog="graves_tf.weights",
        description="Lists the trained weights that ship with graves_tf; of "
        "one of them, prints its card.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "name", metavar="NAME", nargs="?", help="print the card of these"
    )
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    return parser


def show(options):
    """Prints what the options ask for."""
    if options.name and options.name not in weights.names():
        raise ValueError(
            f"No weights named {options.name} ship. There are: "
            f"{', '.join(weights.names())}."
        )
    if options.name and not options.json:
        print(card_of(options.name).read_text(encoding="utf-8"), end="")
        return
    entries = [describe(name) for name in weights.names()]
    if options.json:
        if options.name:
            entries = [e for e in entries if e["name"] == options.name]
        print(json.dumps(entries, indent=1))
    else:
        print("\n\n".join(map(as_text, entries)))


def describe(name):
    """The head of shipped weights' card, and their files with their sizes."""
    card = card_of(name)
    files = sorted(set(card.parent.glob(f"{name}.*")) - {card})
    return {
        "name": name,
        **read_head(card),
        "files": {str(path): path.stat().st_size for path in files},
    }


def as_text(entry):
    """What `describe` returns, for reading."""
    lines = [
        entry["name"],
        f"  task     {entry['task']}, preset {entry['preset']}",
        *(f"  {field:8} {entry[field]}" for field in ("score", "terms")),
        f"  date     {entry['date']}, SHA-256 {entry['sha256'][:12]}…",
    ]
    for path, size in entry["files"].items():
        lines.append(f"  {size / 1e6:5.1f} MB {path}")
    return "\n".join(lines)


def main(argv=None):
    return run_command("graves_tf.weights", make_parser(), show, argv)


if __name__ == "__main__":
    sys.exit(main())
