"""The penn_treebank data set, from small files in Mikolov's format."""

import hashlib
import io
import tarfile
import zipfile

import numpy as np
import pytest

from graves_tf.datasets.__main__ import main
from graves_tf.datasets.errors import DataError
from graves_tf.datasets.errors import MissingFilesError
from graves_tf.datasets.penn_treebank import corpus
from graves_tf.text import packed_text
from graves_tf.text.symbols import load_symbols

SENTENCES = {
    "train": [
        "mr. <unk> is chairman of <unk> n.v.",
        "N years old he said",
        "it 's $ N a share",
    ],
    "validation": ["he is chairman", "of a share"],
    "test": ["it is n.v. of N years"],
}
NAMES = {
    "train": "ptb.train.txt",
    "validation": "ptb.valid.txt",
    "test": "ptb.test.txt",
}


def as_file(sentences):
    """A space around each line, as Mikolov writes it."""
    return "".join(f" {sentence} \n" for sentence in sentences).encode()


def write_files(folder, sentences=SENTENCES):
    folder.mkdir(parents=True, exist_ok=True)
    for split, name in NAMES.items():
        (folder / name).write_bytes(as_file(sentences[split]))
    return folder


@pytest.fixture
def known(monkeypatch):
    """Holds the small files to be Mikolov's."""
    files = {split: as_file(part) for split, part in SENTENCES.items()}
    table = {
        split: corpus.Known(len(data), hashlib.sha256(data).hexdigest())
        for split, data in files.items()
    }
    monkeypatch.setattr(corpus, "KNOWN", table)


@pytest.fixture
def files(known, tmp_path):
    return write_files(tmp_path / "manual")


def load(split, files, tmp_path, config="char"):
    return load_symbols(
        split,
        dataset=f"penn_treebank/{config}",
        data_dir=tmp_path / "data",
        manual_dir=files,
    )


def build(files, tmp_path, *more):
    folders = ["--manual-dir", files, "--data-dir", tmp_path / "data"]
    return main(["penn_treebank", *map(str, folders), *map(str, more)])


@pytest.mark.parametrize("split", SENTENCES)
def test_characters_come_back_in_order(files, tmp_path, split):
    symbols = load(split, files, tmp_path)
    text = "".join(f"{sentence}\n" for sentence in SENTENCES[split])
    assert symbols.vocabulary.decode(symbols.ids) == text
    characters = {c for part in SENTENCES["train"] for c in part} | {"\n"}
    assert symbols.vocabulary.symbols == tuple(sorted(characters))
    assert symbols.vocabulary.unknown_id is None
    assert symbols.ids.dtype == np.uint16
    assert (symbols.name, symbols.unknown) == ("penn_treebank/char", 0)


def test_words_come_back_in_order(files, tmp_path):
    symbols = load("train", files, tmp_path, "word")
    vocabulary = symbols.vocabulary
    words = [vocabulary.symbols[i] for i in symbols.ids]
    assert words[:8] == "mr. <unk> is chairman of <unk> n.v. <eos>".split()
    assert words.count("<eos>") == 3
    assert vocabulary.symbols[:3] == ("<eos>", "<unk>", "N")
    assert vocabulary.size == 17
    assert (symbols.name, symbols.unknown) == ("penn_treebank/word", 0)
    test = load("test", files, tmp_path, "word")
    assert test.vocabulary == vocabulary
    assert vocabulary.decode(test.ids) == SENTENCES["test"][0] + "\n"


def test_splits_are_joined_in_the_order_asked_for(files, tmp_path):
    parts = [load(s, files, tmp_path).ids for s in ("test", "validation")]
    both = load("test + validation", files, tmp_path)
    np.testing.assert_array_equal(both.ids, np.concatenate(parts))


def test_unknown_words_are_counted_out_loud(known, tmp_path, capsys):
    other = {**SENTENCES, "test": ["he is a publisher", "publisher <unk>"]}
    files = write_files(tmp_path / "manual", other)
    arguments = ("--accept-other-files", "--config", "word")
    assert build(files, tmp_path, *arguments) == 0
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert ["test", "2", "8", "17", "2"] in rows
    symbols = load("test", files, tmp_path, "word")
    assert symbols.unknown == 2
    wanted = "he is a <unk>\n<unk> <unk>\n"
    assert symbols.vocabulary.decode(symbols.ids) == wanted


def test_unknown_characters_get_a_class_where_there_are_any(known, tmp_path):
    other = {**SENTENCES, "validation": ["he zig-zags", "a zoo"]}
    files = write_files(tmp_path / "manual", other)
    assert build(files, tmp_path, "--accept-other-files") == 0
    symbols = load("validation", files, tmp_path)
    assert symbols.vocabulary.unknown_class
    assert symbols.unknown == 6
    text = symbols.vocabulary.decode(symbols.ids)
    assert text == "he zig-zags\na zoo\n".translate(
        {ord(c): "\ufffd" for c in "zg-"}
    )


def test_the_command_sums_up_and_packs(files, tmp_path, capsys):
    file = tmp_path / "x.npz"
    assert build(files, tmp_path, "--pack", file) == 0
    out = capsys.readouterr().out
    rows = [row.split() for row in out.splitlines()]
    count = sum(len(sentence) + 1 for sentence in SENTENCES["train"])
    assert ["penn_treebank/char"] in rows
    assert ["train", "3", str(count), "26", "0"] in rows
    assert "Mikolov's files" in out
    for split in SENTENCES:
        one, other = load(split, files, tmp_path), packed_text.load(file, split)
        np.testing.assert_array_equal(one.ids, other.ids)
        assert one[1:] == other[1:]


def test_both_configs_are_built_side_by_side(files, tmp_path):
    assert load("test", files, tmp_path, "char").vocabulary.kind == "character"
    assert load("test", files, tmp_path, "word").vocabulary.kind == "word"
    assert load("test", files, tmp_path, "char").vocabulary.kind == "character"


@pytest.mark.parametrize("folder", ["x", "simple-examples/data"])
def test_files_may_be_below_the_folder(known, tmp_path, folder):
    write_files(tmp_path / "manual" / folder)
    assert len(load("test", tmp_path / "manual", tmp_path).ids) == 22


def pack(files, path, folder):
    path.parent.mkdir()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name in NAMES.values():
                archive.write(files / name, folder + name)
        return path.parent
    mode = {"tgz": "gz", "tar": ""}.get(path.suffix[1:], path.suffix[1:])
    with tarfile.open(path, f"w:{mode}") as archive:
        for name in NAMES.values():
            archive.add(files / name, folder + name)
    return path.parent


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("simple-examples.tgz", "./simple-examples/data/"),
        ("ptb.tar.xz", ""),
        ("PTB_data.tar", "data/"),
        ("penn_treebank.zip", "ptb/"),
    ],
)
def test_archives_give_the_same_data(files, tmp_path, name, folder):
    archives = pack(files, tmp_path / "archives" / name, folder)
    for split in SENTENCES:
        one = load(split, files, tmp_path / "one")
        other = load(split, archives, tmp_path / "other")
        np.testing.assert_array_equal(one.ids, other.ids)
    assert [p.name for p in archives.iterdir()] == [name]
    assert not list((tmp_path / "other").rglob("*.txt"))


def test_an_archive_that_would_leave_its_folder(files, tmp_path):
    archives = pack(files, tmp_path / "archives" / "ptb.tgz", "../../")
    before = sorted(tmp_path.rglob("ptb*"))
    assert load("test", archives, tmp_path).name == "penn_treebank/char"
    assert sorted(tmp_path.rglob("ptb*")) == before


def test_an_archive_without_them(files, tmp_path):
    archives = tmp_path / "archives"
    archives.mkdir()
    with tarfile.open(archives / "ptb.tgz", "w:gz") as archive:
        archive.add(files / "ptb.train.txt", "ptb.train.txt")
        link = tarfile.TarInfo("ptb.test.txt")
        link.type, link.linkname = tarfile.SYMTYPE, str(files / "ptb.test.txt")
        archive.addfile(link, io.BytesIO())
    with pytest.raises(MissingFilesError) as caught:
        load("test", archives, tmp_path)
    message = str(caught.value)
    assert "Missing: ptb.valid.txt, ptb.test.txt" in message
    assert "ptb.tgz" in message


def test_each_missing_file_is_named(files, tmp_path, capsys):
    (files / "ptb.valid.txt").unlink()
    assert build(files, tmp_path) == 2
    error = capsys.readouterr().err
    for part in ("ptb.valid.txt", str(files), "LDC99T42", "--manual-dir"):
        assert part in error
    for part in ("ptb.train.txt", "hershey", "Traceback"):
        assert part not in error
    assert not (tmp_path / "data").exists()
    with pytest.raises(MissingFilesError, match="no such folder"):
        load("train", tmp_path / "nowhere", tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:-10], "cut short"),
        (lambda data: data[: data.index(b"\n") + 1], "cut short"),
        (lambda data: data.replace(b"N", b"M"), "altered"),
        (lambda data: data + b" more \n", "altered"),
        (lambda data: b"<html>please log in</html>", "cut short"),
    ],
)
def test_a_changed_file_is_told_by_size_and_checksum(
    files, tmp_path, capsys, change, reason
):
    path = files / "ptb.train.txt"
    whole = path.read_bytes()
    path.write_bytes(change(whole))
    assert build(files, tmp_path) == 2
    error = capsys.readouterr().err
    assert f"{path}: not Mikolov's ptb.train.txt" in error
    for data in (whole, change(whole)):
        assert f"{len(data)} bytes" in error
        assert hashlib.sha256(data).hexdigest() in error
    assert reason in error
    assert "--accept-other-files" in error
    assert not list((tmp_path / "data").rglob("dataset_info.json"))
    # The whole file builds where the broken one did not.
    path.write_bytes(whole)
    assert build(files, tmp_path) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b" \n ", b"\n").strip(),
        lambda data: data.replace(b" ", b"  "),
    ],
)
def test_spaces_and_ends_of_lines_are_no_difference(files, tmp_path, change):
    path = files / "ptb.train.txt"
    path.write_bytes(change(path.read_bytes()))
    symbols = load("train", files, tmp_path)
    text = "".join(f"{sentence}\n" for sentence in SENTENCES["train"])
    assert symbols.vocabulary.decode(symbols.ids) == text
    assert symbols.name == "penn_treebank/char"


def test_other_files_go_by_another_name(tmp_path, capsys):
    files = write_files(tmp_path / "manual")
    assert build(files, tmp_path) == 2
    assert build(files, tmp_path, "--accept-other-files") == 0
    assert "other files than Mikolov's" in capsys.readouterr().out
    name = load("train", files, tmp_path).name
    assert name.startswith("penn_treebank/char of other files (sha256 ")
    changed = {**SENTENCES, "test": ["another"]}
    write_files(files, changed)
    build(files, tmp_path / "2", "--accept-other-files")
    assert load("train", files, tmp_path / "2").name != name


def test_an_empty_line_is_a_sentence_of_no_words(tmp_path):
    changed = {**SENTENCES, "train": ["one", "", "two"]}
    files = write_files(tmp_path / "manual", changed)
    assert build(files, tmp_path, "--accept-other-files") == 0
    symbols = load("train", files, tmp_path)
    assert symbols.vocabulary.decode(symbols.ids) == "one\n\ntwo\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ptb.valid.txt: holds no sentence"),
        (b" \n \n", "ptb.valid.txt: holds no sentence"),
        (b" a \n b \xff c \n", "ptb.valid.txt: not UTF-8: byte 0xff in line 2"),
        ("café\n".encode("latin-1"), "not UTF-8: byte 0xe9 in line 1"),
        (b" a \n b <eos> c \n", "ptb.valid.txt: line 2 holds the word <eos>"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--accept-other-files"]])
def test_what_is_no_text(files, tmp_path, capsys, data, reason, more):
    (files / "ptb.valid.txt").write_bytes(data)
    assert build(files, tmp_path, *more) == 2
    error = capsys.readouterr().err
    assert reason in error
    assert "Traceback" not in error


def test_wrong_splits_and_data_sets(files, tmp_path):
    with pytest.raises(DataError, match="'tset'.*train, validation, test"):
        load("train+tset", files, tmp_path)
    with pytest.raises(DataError, match="read whole"):
        load("train[:10]", files, tmp_path)
    with pytest.raises(DataError, match="char, word"):
        load("train", files, tmp_path, "letters")
    with pytest.raises(DataError, match="hershey is handwriting.*enwik8"):
        load_symbols("train", dataset="hershey", data_dir=tmp_path)
    with pytest.raises(DataError, match="penn_treebank and enwik8"):
        load_symbols("train", dataset="mnist", data_dir=tmp_path)


def test_text_is_no_handwriting(files, tmp_path):
    from graves_tf.data import load_lines

    with pytest.raises(DataError, match="penn_treebank is text.*iam_ondb"):
        load_lines(
            "train",
            dataset="penn_treebank/char",
            data_dir=tmp_path,
            manual_dir=files,
        )


def test_the_option_is_for_penn_treebank(capsys):
    assert main(["hershey", "--accept-other-files"]) == 2
    assert "is for penn_treebank" in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["*train.array_record*", "corpus.json"])
def test_a_damaged_data_set_says_so(files, tmp_path, pattern):
    load("train", files, tmp_path)
    (path,) = (tmp_path / "data").rglob(pattern)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match="built again"):
        load("train", files, tmp_path)
