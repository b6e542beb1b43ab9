"""IAM-OnDB's lines: strokes, each paired with its text, by split."""

from collections.abc import Iterator
from pathlib import Path

from graves_tf.datasets.errors import DataError
from graves_tf.datasets.iam_ondb.manual_files import ManualFiles
from graves_tf.datasets.iam_ondb.report import Report
from graves_tf.ink.cleaning import clean
from graves_tf.ink.iam_xml import BadRecordingError
from graves_tf.ink.iam_xml import parse_xml
from graves_tf.ink.iam_xml import read_recording
from graves_tf.ink.iam_xml import read_transcription
from graves_tf.ink.iam_xml import split_line_name
from graves_tf.ink.iam_xml import to_stroke_array
from graves_tf.ink.line import Line

SPLITS = ("train", "validation_1", "validation_2", "test", "unlisted")


class Corpus:
    """Reads lines, leaves out what cannot be trusted, and keeps account.

    The Nth line of a form's transcription belongs to its stroke file number
    N. A form is left out as a whole where the stroke files are not numbered 1
    to the number of lines of text, for there is no telling which text is
    whose; a single stroke file that is bad leaves the others their texts.

    Args:
        files: where the parts are.
        cleaning: whether to clean the strokes (Sec. 4).

    Attributes:
        report: what was left out and changed, so far.

    Raises:
        DataError: a form is in two splits, or a list cannot be read.
    """

    def __init__(self, files: ManualFiles, cleaning: bool):
        self.report = Report(SPLITS)
        self._cleaning = cleaning
        self._split_of = _read_lists(files.lists)
        self._forms = self._find_forms(files.line_strokes)
        self._texts = {}
        for path in sorted(files.ascii.rglob("*.txt")):
            self._texts.setdefault(path.stem, []).append(path)
        self._originals = _find_originals(files.original)

    def lines(self, split: str) -> Iterator[Line]:
        """The lines of a split, in order of their names."""
        for form in sorted(self._forms):
            if self._split_of.get(form, "unlisted") == split:
                yield from self._lines_of(form, split)

    def _lines_of(self, form, split):
        paths = sorted(self._forms[form])
        try:
            texts = self._read_texts(form)
            _check_numbers([number for number, _ in paths], len(texts))
        except (BadRecordingError, OSError) as error:
            for _, path in paths:
                self.report.drop(split, path.stem, str(error))
            return
        writer = self._read_writer(form)
        for (_, path), text in zip(paths, texts, strict=True):
            try:
                recording = read_recording(path)
            except (BadRecordingError, OSError) as error:
                self.report.drop(split, path.stem, str(error))
                continue
            if self._cleaning:
                cleaned = clean(recording)
                self.report.count_cleaning(split, cleaned)
                recording = cleaned.strokes
            line = Line(
                to_stroke_array(recording), text, path.stem, form, writer
            )
            self.report.count(split, line)
            yield line

    def _read_texts(self, form):
        paths = self._texts.get(form, [])
        if len(paths) != 1:
            raise BadRecordingError(
                f"{len(paths)} transcriptions of form {form}, not 1"
            )
        return read_transcription(paths[0])

    def _read_writer(self, form):
        """The writer's id; '' where the files do not tell."""
        path = self._originals.get(form)
        if path is None:
            return ""
        try:
            elements = parse_xml(path).iter("Form")
            return next((e.get("writerID", "") for e in elements), "")
        except (BadRecordingError, OSError) as error:
            self.report.note(f"{path.name} of {form}, no writer id: {error}")
            return ""

    def _find_forms(self, folder):
        forms = {}
        for path in sorted(folder.rglob("*.xml")):
            name = split_line_name(path.stem)
            if name is None:
                self.report.drop("unlisted", path.stem, "not a line's name")
            else:
                forms.setdefault(name[0], []).append((name[1], path))
        return forms


def _check_numbers(numbers, texts):
    if len(numbers) != texts:
        raise BadRecordingError(
            f"{len(numbers)} stroke files in the form, {texts} lines of text"
        )
    if numbers != list(range(1, texts + 1)):
        raise BadRecordingError(
            f"stroke files in the form are numbered {numbers}"
        )


def _read_lists(lists: dict[str, Path]) -> dict[str, str]:
    split_of = {}
    for split, path in lists.items():
        try:
            forms = path.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{path}: cannot be read: {error}") from error
        for form in forms:
            if split_of.setdefault(form, split) != split:
                raise DataError(
                    f"{path}: form {form} is in {split_of[form]} too"
                )
    return split_of


def _find_originals(folder):
    """`a01/a01-000/strokesu.xml` is form `a01-000u`."""
    if folder is None:
        return {}
    return {
        path.parent.name + path.stem.removeprefix("strokes"): path
        for path in sorted(folder.rglob("strokes*.xml"))
    }
