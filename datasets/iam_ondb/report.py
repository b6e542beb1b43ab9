"""The account of a build: what was left out, and what was changed."""

import json
from collections import Counter
from pathlib import Path

from graves_tf.datasets.errors import DataError
from graves_tf.ink.cleaning import Cleaned
from graves_tf.ink.line import Line

REPORT_FILE = "report.json"


class Report:
    """Counts by split, and the lines left out, each with its reason.

    Args:
        splits: names of the splits.
    """

    def __init__(self, splits):
        self._counts = {split: Counter() for split in splits}
        self._dropped = {}
        self._notes = []

    def count(self, split: str, line: Line) -> None:
        """Counts a line that is kept."""
        self._counts[split].update(lines=1, points=len(line.strokes))

    def count_cleaning(self, split: str, cleaned: Cleaned) -> None:
        """Counts what cleaning did to a line that is kept."""
        self._counts[split].update(
            added=cleaned.added, removed=cleaned.removed, lifts=cleaned.lifts
        )

    def drop(self, split: str, line_id: str, reason: str) -> None:
        """Takes down a line that is left out."""
        self._counts[split].update(dropped=1)
        self._dropped[line_id] = {"split": split, "reason": reason}

    def note(self, text: str) -> None:
        """Takes down what else a reader should know."""
        self._notes.append(text)

    def to_dict(self) -> dict:
        """`splits` (counts), `dropped` (split and reason by line), `notes`."""
        keys = ("lines", "points", "dropped", "added", "removed", "lifts")
        return {
            "splits": {
                split: {key: counts[key] for key in keys}
                for split, counts in self._counts.items()
            },
            "dropped": dict(sorted(self._dropped.items())),
            "notes": self._notes,
        }

    def why_empty(self) -> str:
        """What to tell a user of whose files no line is left."""
        reasons = [
            f"\n  {line_id}: {drop['reason']}"
            for line_id, drop in sorted(self._dropped.items())[:5]
        ]
        return (
            f"None of {len(self._dropped)} lines can be used.{''.join(reasons)}"
        )

    def write(self, folder) -> None:
        """Writes `report.json` into a folder."""
        text = json.dumps(self.to_dict(), indent=1)
        (Path(folder) / REPORT_FILE).write_text(text + "\n", encoding="utf-8")


def read_report(folder) -> dict | None:
    """The report beside a data set; None where there is none.

    Raises:
        DataError: it is damaged.
    """
    path = Path(folder) / REPORT_FILE
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(
            f"{path}: cannot be read ({error}). Remove the folder to have it "
            "built again."
        ) from error
