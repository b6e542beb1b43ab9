"""Draw the paper's figures: `python -m graves_tf.figures NAME|all -o DIR`."""

import argparse
import sys
from pathlib import Path

from graves_tf.command import add_data_options
from graves_tf.command import data_options
from graves_tf.command import run_command
from graves_tf.figures.catalogue import FIGURES
from graves_tf.figures.material import AbsentError
from graves_tf.figures.material import Material
from graves_tf.whole_file import replacing

DPI = 150

EXAMPLES = """\
examples:
  python -m graves_tf.figures bias window -o out
  python -m graves_tf.figures all -o out --data iam.npz
  python -m graves_tf.figures prediction_samples -o out \\
      --weights runs/prediction/best.keras
  python -m graves_tf.figures unbiased -o out --data iam.npz --seed 3 \\
      --format pdf

Those marked * show real lines, or read one: the paper's own where the data
set has them, else others of about the same length.
--weights may be given several times, one a task (synthesis, prediction,
text); what ships stands in for the others. Where neither is there, nor the
data, `all` leaves the figure out, and says so in the end.
"""


def make_parser():
    rows = [
        f"  {name:<20}{'Fig. ' + entry.number:<12}"
        f"{'*' if entry.real else ' '} {entry.about}"
        for name, entry in FIGURES.items()
    ]
    parser = argparse.ArgumentParser(
        prog="graves_tf.figures",
        description="Draw the paper's figures with networks of your own, or "
        "with those that ship.",
        epilog="\n".join(["figures:", *rows, "", EXAMPLES]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("names", nargs="+", metavar="NAME", help="of the list below, or all")
    add(
        "-o",
        "--output",
        default="figures",
        metavar="DIR",
        help="where to put them (default: figures)",
    )
    add("--format", choices=["png", "svg", "pdf"], default="png")
    add(
        "--weights",
        action="append",
        default=[],
        metavar="FILE",
        help="a .keras file, or shipped weights' name",
    )
    add("--seed", type=int, default=0, help="the same seed, the same figure")
    add_data_options(parser)
    add(
        "--split",
        help="whose lines are shown (default: validation_1; for primed train)",
    )
    return parser


def figures(options):
    """Draws what the command line asks for."""
    names = check(options)
    Path(options.output).mkdir(parents=True, exist_ok=True)
    material = Material(
        options.weights, options.split, options.seed, **data_options(options)
    )
    for task, (file, _) in material.given.items():
        if task not in {FIGURES[name].task for name in names}:
            raise ValueError(
                f"--weights {file} is a network for {task}, which none of "
                f"these figures is drawn by: {', '.join(names)}."
            )
    absent, failed = {}, {}
    for number, name in enumerate(names, 1):
        print(
            f"{number}/{len(names)} {name} (Fig. {FIGURES[name].number}) …",
            flush=True,
        )
        try:
            print(draw(material, name, options.output, options.format))
        except (ValueError, OSError) as error:
            if "all" not in options.names:
                raise
            kind = absent if isinstance(error, AbsentError) else failed
            kind.setdefault(str(error), []).append(name)
    for reason, left_out in absent.items():
        print(f"not drawn: {', '.join(left_out)}: {reason}", file=sys.stderr)
    if failed:
        raise ValueError(
            "; ".join(
                f"{', '.join(left_out)} failed: {reason}"
                for reason, left_out in failed.items()
            )
        )


def check(options):
    """The names of the figures; errors before anything slow is done."""
    if options.seed < 0:
        raise ValueError(f"--seed must be 0 or more, not {options.seed}.")
    strangers = set(options.names) - {"all", *FIGURES}
    if strangers:
        raise ValueError(
            f"No figure is called {', '.join(sorted(strangers))}. There are: "
            f"{', '.join(FIGURES)}; and all."
        )
    if "all" in options.names:
        return list(FIGURES)
    return list(dict.fromkeys(options.names))


def draw(material, name, folder, form):
    """Draws one figure to a file of a folder; returns its path."""
    figure = FIGURES[name].draw(material)
    path = Path(folder) / f"{name}.{form}"
    with replacing(path) as new:
        figure.savefig(new, format=form, dpi=DPI)
    return path


def main(argv=None):
    return run_command("graves_tf.figures", make_parser(), figures, argv)


if __name__ == "__main__":
    sys.exit(main())
