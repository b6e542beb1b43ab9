"""What the commands share: options, and errors for the person at the keys."""

import contextlib
import sys


def add_data_options(parser):
    """`--dataset`, `--data`, `--manual-dir` and `--data-dir`."""
    parser.add_argument(
        "--dataset",
        help="iam_ondb/clean (default), iam_ondb/raw, hershey, or my_ink: "
        "your own, in --data DIR; of text penn_treebank/char, "
        "penn_treebank/word or enwik8",
    )
    parser.add_argument(
        "--data",
        metavar="FILE.npz",
        help="a packed file, instead; of my_ink the folder of ink files",
    )
    parser.add_argument(
        "--manual-dir",
        metavar="DIR",
        help="where the files are that a user downloads",
    )
    parser.add_argument(
        "--data-dir", metavar="DIR", help="where built data sets are kept"
    )


def data_options(options):
    """The arguments of `load_lines` and `load_symbols`, the split aside."""
    return {
        "dataset": options.dataset,
        "data": options.data,
        "data_dir": options.data_dir,
        "manual_dir": options.manual_dir,
    }


def run_command(name, parser, run, argv=None):
    """Parse, run, and turn expected errors into one line and status 2.

    Args:
        name: the command's, before its errors.
        parser: `argparse.ArgumentParser`.
        run: function of the parsed options; what it returns is dropped.
        argv: the arguments; None: the process's own.

    Returns:
        The exit status.
    """
    options = parser.parse_args(argv)
    try:
        run(options)
    except (ValueError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if (error.name or "graves_tf").partition(".")[0] == "graves_tf":
            raise
        # A machine that only trains has few packages.
        package = error.name.partition(".")[0]
        print(
            f"{name}: this needs the Python package {package}, which is not "
            "installed here.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
    return 0


def progress(iterable, unit):
    """The same, with a progress bar on stderr where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return iterable
    return tqdm(iterable, unit=unit)


@contextlib.contextmanager
def progress_of(total, unit):
    """A progress bar as of `progress`, for what is done many at a time.

    Args:
        total: how many there are; of a single one there is no bar.
        unit: what they are.

    Yields:
        A function to call with how many more are done, or with a note of
        how far what is being done has come.
    """
    try:
        from tqdm import tqdm
    except ImportError:
        yield lambda count=0, note="": None
        return
    # The mean pace: a batch's own says little of the next one's.
    with tqdm(total=total, unit=unit, smoothing=0, disable=total < 2) as bar:

        def advance(count=0, note=""):
            bar.update(count)
            bar.set_postfix_str(note)

        yield advance


def say(message):
    """Prints to stderr; above the progress bar, where there is one."""
    try:
        from tqdm import tqdm
    except ImportError:
        print(message, file=sys.stderr)
        return
    tqdm.write(message, file=sys.stderr)
