"""The real IAM-OnDB, where it is at hand: nothing is lost but what is known."""

import os
import shutil
import tarfile
from collections import Counter

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.datasets.iam_ondb.corpus import SPLITS
from graves_tf.datasets.iam_ondb.corpus import Corpus
from graves_tf.datasets.iam_ondb.manual_files import find_manual_files
from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.iam_xml import read_transcription
from graves_tf.ink.offsets import fit_normalisation

# Of the whole database; the paper's own counts.
IN_LISTS = {
    "train": 5364,
    "validation_1": 1438,
    "validation_2": 1518,
    "test": 3859,
    "unlisted": 16,
}


# Unpacking and cleaning all of it takes a minute or three.
whole = pytest.mark.skipif(
    not os.environ.get("GRAVES_TF_SLOW"),
    reason="reads all of IAM-OnDB's strokes: set GRAVES_TF_SLOW=1",
)
ONE_POINT = b'<S><Stroke><Point x="1" y="2"/></Stroke></S>'


def unpack(data, folder, only_names):
    """All of it, or the texts whole and of the strokes but the names."""
    archive = data / "iam_ondb_raw.tar.xz"
    if not archive.is_file():
        pytest.skip(f"no {archive}")
    with tarfile.open(archive) as tar:
        for member in tar:
            if only_names and member.name.endswith(".xml"):
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(ONE_POINT)
            else:
                tar.extract(member, folder, filter="data")
    for path in data.glob("*.txt"):
        shutil.copy(path, folder)
    return find_manual_files(folder, folder / "work")


def read(files, cleaning):
    corpus = Corpus(files, cleaning)
    lines = {split: list(corpus.lines(split)) for split in SPLITS}
    return lines, corpus.report.to_dict()


@pytest.fixture(scope="module")
def files(iam_ondb_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    yield unpack(iam_ondb_data, folder, only_names=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def names(files):
    return read(files, cleaning=False)


@pytest.fixture(scope="module")
def corpus(iam_ondb_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    files = unpack(iam_ondb_data, folder, only_names=False)
    yield read(files, cleaning=True)
    shutil.rmtree(folder)


def test_the_papers_counts_less_what_the_report_lists(names):
    lines, report = names
    dropped = Counter(drop["split"] for drop in report["dropped"].values())
    for split, count in IN_LISTS.items():
        assert len(lines[split]) + dropped[split] == count


def test_what_is_left_out_is_what_is_known_to_be_bad(names):
    _, report = names
    forms = Counter(name[:8] for name in report["dropped"])
    assert forms == {"a08-551z": 9, "z01-000z": 8}
    reasons = {drop["reason"] for drop in report["dropped"].values()}
    assert reasons == {
        "9 stroke files in the form, 8 lines of text",
        "8 stroke files in the form, 1 lines of text",
    }
    assert report["notes"] == []


def test_the_alphabet_is_the_transcriptions(files):
    forms = {p.stem.rpartition("-")[0] for p in files.line_strokes.rglob("*")}
    symbols = set()
    for path in files.ascii.rglob("*.txt"):
        if path.stem in forms and path.stem != "z01-000z":
            symbols.update(*read_transcription(path))
    assert symbols == set(ALPHABETS["full"].symbols)


@whole
def test_every_line_can_be_read(corpus, names):
    lines, report = corpus
    assert report["dropped"] == names[1]["dropped"]
    for split in SPLITS:
        for a, b in zip(lines[split], names[0][split], strict=True):
            assert a[1:] == b[1:]


@whole
def test_cleaning_changes_little(corpus):
    lines, report = corpus
    counts = Counter()
    for split in report["splits"].values():
        counts.update(split)
    raw_points = counts["points"] - counts["added"] + counts["removed"]
    assert raw_points == 7646304  # the database's, less the lines left out
    assert counts["added"] < 0.01 * raw_points
    assert counts["removed"] < 0.0001 * raw_points
    assert counts["lifts"] < 0.0001 * raw_points
    train = (
        line.strokes
        for split in ("train", "validation_2", "test")
        for line in lines[split]
    )
    mean, std = fit_normalisation(train)
    np.testing.assert_allclose(mean, [8.12, 0.11], atol=0.01)
    np.testing.assert_allclose(std, [41.7, 36.8], atol=0.1)
    for split in lines.values():
        for line in split:
            assert line.text == line.text.strip() != ""
            np.testing.assert_array_equal(line.strokes, np.round(line.strokes))


@whole
def test_all_of_it_packs_into_32_mb(corpus, tmp_path):
    lines, _ = corpus
    path = tmp_path / "iam.npz"
    packed.save(path, lines, name="iam_ondb", config="clean")
    assert path.stat().st_size < 32e6
    for split in SPLITS:
        back = packed.load(path, split)
        for a, b in zip(back, lines[split], strict=True):
            assert a[1:] == b[1:]
            np.testing.assert_array_equal(a.strokes, b.strokes)
