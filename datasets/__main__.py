"""Builds a data set: `python -m graves_tf.datasets NAME`."""

import argparse
import sys
from pathlib import Path

from graves_tf.command import run_command
from graves_tf.option_checks import check_output

EXAMPLES = """\
examples:
  python -m graves_tf.datasets hershey --lines 5000
  python -m graves_tf.datasets iam_ondb --manual-dir ~/Downloads
  python -m graves_tf.datasets iam_ondb --config raw --pack iam_raw.npz
  python -m graves_tf.datasets my_ink --manual-dir my_lines --pack mine.npz
  python -m graves_tf.datasets penn_treebank --config word
  python -m graves_tf.datasets enwik8 --manual-dir ~/Downloads

Handwriting: iam_ondb and hershey. Text: penn_treebank and enwik8. All but
hershey are downloaded by hand; without the files, the command says which are
missing and where they are to be had. my_ink is a folder of your own lines: see
what of it can be used. A packed file trains anywhere: graves_tf.train --data
FILE.npz
"""

HEADER = f"{'split':<14}{'lines':>8}{'points':>11}{'symbols':>9}"


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="graves_tf.datasets",
        description="Builds a data set of online handwriting or text, and "
        "packs it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "name",
        metavar="NAME",
        help="iam_ondb, hershey, my_ink, penn_treebank or enwik8",
    )
    add(
        "--config",
        help="of iam_ondb: clean (default) or raw; of penn_treebank: char "
        "(default) or word",
    )
    add(
        "--manual-dir",
        metavar="DIR",
        help="where the files are that you downloaded, as archives or "
        "unpacked (default: downloads/manual in the data directory)",
    )
    add(
        "--data-dir",
        metavar="DIR",
        help="where to keep the built data set (default: TFDS_DATA_DIR, or "
        "~/tensorflow_datasets)",
    )
    add(
        "--pack",
        metavar="FILE.npz",
        help="also write it as one file that only numpy is needed to read",
    )
    add("--lines", type=int, metavar="N", help="of hershey: lines in train")
    add(
        "--accept-other-files",
        action="store_true",
        help="of penn_treebank: build it from files that are not Mikolov's; "
        "it then goes by another name",
    )
    return parser


def main(argv=None) -> int:
    """Runs the command; returns its exit code."""
    return run_command("graves_tf.datasets", make_parser(), run, argv)


def run(options: argparse.Namespace) -> None:
    """Builds, sums up and packs.

    Raises:
        DataError: wrong options, or the data set cannot be built.
        OSError: a file cannot be written.
    """
    from graves_tf.datasets import build
    from graves_tf.datasets.errors import DataError

    if options.pack:
        check_output(options.pack)
    config = options.config
    if options.lines is not None:
        if options.name != "hershey" or config:
            raise DataError("--lines is for hershey, and without --config")
        if options.lines < 1:
            raise DataError(f"--lines must be positive, not {options.lines}")
        config = f"lines_{options.lines}"
    if options.accept_other_files and options.name != "penn_treebank":
        raise DataError("--accept-other-files is for penn_treebank")
    if options.name == "my_ink":
        print(_make_ink(options.manual_dir, options.pack))
    else:
        dataset = f"{options.name}/{config}" if config else options.name
        builder = build.make_builder(dataset, options.data_dir)
        build.prepare(builder, options.manual_dir, options.accept_other_files)
        make = _make_text if options.name in build.TEXT else _make_lines
        print(make(builder, options.pack))
    if options.pack:
        size = Path(options.pack).stat().st_size / 2**20
        print(f"packed: {options.pack}, {size:.1f} MiB")


def _make_ink(folder, pack):
    """One's own lines: read as they are, never built."""
    from graves_tf import packed
    from graves_tf.datasets.errors import DataError
    from graves_tf.datasets.my_ink import read_ink

    if folder is None:
        raise DataError("Name the folder of your ink by --manual-dir DIR.")
    ink = read_ink(folder)
    if pack:
        packed.save(pack, ink.splits, name="my_ink", config="")
    rows = [HEADER]
    rows += [_row(split, ink.splits[split]) for split in ink.splits]
    rows.append(f"left out: {len(ink.left_out)} files")
    rows += [f"  {name}: {reason}" for name, reason in ink.left_out.items()]
    return "\n".join(rows)


def _make_lines(builder, pack):
    from graves_tf import packed
    from graves_tf.datasets import build

    splits = {
        split: build.read_lines(builder, split) for split in builder.split_names
    }
    if pack:
        packed.save(
            pack,
            splits,
            name=builder.name,
            config=builder.builder_config.name,
        )
    return summary(builder, splits)


def _make_text(builder, pack):
    from graves_tf.text import packed_text
    from graves_tf.text.symbols import read_symbols

    splits = {
        split: read_symbols(builder, split) for split in builder.split_names
    }
    if pack:
        packed_text.save(pack, splits)
    return text_summary(builder, splits)


def summary(builder, splits: dict) -> str:
    """Lines, points, symbols and what was left out, as a table."""
    from graves_tf.datasets.iam_ondb.report import REPORT_FILE
    from graves_tf.datasets.iam_ondb.report import read_report

    report = read_report(builder.data_path)
    counts = report["splits"] if report else {}
    rows = [f"{HEADER}{'dropped':>9}"]
    for split, lines in splits.items():
        dropped = counts.get(split, {}).get("dropped", 0)
        rows.append(f"{_row(split, lines)}{dropped:>9}")
    if report:
        added, removed, lifts = (
            sum(count[key] for count in counts.values())
            for key in ("added", "removed", "lifts")
        )
        if builder.builder_config.name == "clean":
            rows.append(
                f"cleaning: {added} points interpolated, {removed} stray ones "
                f"removed, {lifts} missed lifts of the pen put in"
            )
        place = Path(builder.data_path) / REPORT_FILE
        rows.append(f"left out: {len(report['dropped'])} lines, see {place}")
    else:
        rows.append(f"in {builder.data_path}")
    return "\n".join(rows)


def text_summary(builder, splits: dict) -> str:
    """Sentences, symbols, vocabulary and unknowns, as a table."""
    from graves_tf.datasets.text_record import read_record

    record = read_record(builder.data_path)
    end = record.vocabulary.end_id
    first = "blocks" if end is None else "sentences"
    rows = [
        record.name,
        f"{'split':<12}{first:>11}{'symbols':>11}{'vocabulary':>12}"
        f"{'unknown':>9}",
    ]
    for split, symbols in splits.items():
        rows.append(
            f"{split:<12}{record.pieces[split]:>11}{len(symbols.ids):>11}"
            f"{symbols.vocabulary.size:>12}{symbols.unknown:>9}"
        )
    rows.append(f"from {record.source}")
    rows.append(
        f"in {builder.data_path} (remove that to build it from other files)"
    )
    return "\n".join(rows)


def _row(split, lines):
    symbols = set().union(*(line.text for line in lines))
    points = sum(len(line.strokes) for line in lines)
    return f"{split:<14}{len(lines):>8}{points:>11}{len(symbols):>9}"


if __name__ == "__main__":
    sys.exit(main())
