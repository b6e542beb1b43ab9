"""Packed texts."""

import json

import numpy as np
import pytest

from graves_tf import packed
from graves_tf.ink.line import Line
from graves_tf.npz_file import PackedFileError
from graves_tf.text import packed_text
from graves_tf.text.symbols import Symbols
from graves_tf.text.symbols import load_symbols
from graves_tf.text.vocabulary import Vocabulary

LETTERS = Vocabulary("\nabcdefgh", "character")
WORDS = Vocabulary(
    ["<eos>", "<unk>", *(f"wört{i}" for i in range(300))], "word"
)
BYTES = Vocabulary(bytes(range(256)), "byte", unknown_class=True)


def symbols(vocabulary, count=1000, seed=0, unknown=0, name="some/text"):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, vocabulary.size, count).astype(vocabulary.dtype)
    return Symbols(ids, vocabulary, name, unknown)


def assert_same(got, wanted):
    assert got[1:] == wanted[1:]
    assert got.ids.dtype == wanted.ids.dtype
    np.testing.assert_array_equal(got.ids, wanted.ids)


def save(path, **splits):
    packed_text.save(path, splits)
    return path


@pytest.mark.parametrize("vocabulary", [LETTERS, WORDS, BYTES])
def test_symbols_come_back_exactly(tmp_path, vocabulary):
    train = symbols(vocabulary, 2000, 1)
    test = symbols(vocabulary, 300, 2, unknown=5)
    path = save(tmp_path / "x.npz", train=train, test=test)
    assert_same(packed_text.load(path, "train"), train)
    assert_same(packed_text.load(path, "test"), test)
    both = packed_text.load(path, "test+train")
    np.testing.assert_array_equal(
        both.ids, np.concatenate([test.ids, train.ids])
    )
    assert both.unknown == 5


def test_load_symbols_reads_it(tmp_path):
    wanted = symbols(WORDS)
    path = save(tmp_path / "x.npz", train=wanted)
    nowhere = tmp_path / "nowhere"
    got = load_symbols("train", dataset="any", data=path, data_dir=nowhere)
    assert_same(got, wanted)
    assert not nowhere.exists()


def test_description(tmp_path):
    path = save(
        tmp_path / "x.npz",
        train=symbols(LETTERS, 70, name="enwik8 first 73 bytes"),
        empty=symbols(LETTERS, 0, unknown=0, name="enwik8 first 73 bytes"),
    )
    assert packed_text.describe(path) == {
        "name": "enwik8 first 73 bytes",
        "vocabulary": LETTERS,
        "splits": {
            "train": {"symbols": 70, "unknown": 0},
            "empty": {"symbols": 0, "unknown": 0},
        },
    }
    assert packed_text.load(path, "empty").ids.shape == (0,)


def test_no_pickle_and_small_integers(tmp_path):
    for vocabulary, dtype in ((LETTERS, np.uint8), (WORDS, np.uint16)):
        path = save(tmp_path / "x.npz", train=symbols(vocabulary))
        with np.load(path, allow_pickle=False) as archive:
            assert set(archive) == {"header", "train/ids"}
            assert archive["train/ids"].dtype == dtype
            header = json.loads(archive["header"].tobytes())
        assert header["format"] == "graves_tf packed text 1"


def test_handwriting_is_no_text_and_text_no_handwriting(tmp_path):
    text = save(tmp_path / "text.npz", train=symbols(LETTERS))
    ink = tmp_path / "ink.npz"
    line = Line(np.zeros((3, 3), np.float32), "a")
    packed.save(ink, {"train": [line]}, name="hershey", config="default")
    with pytest.raises(
        PackedFileError, match="ink.npz: holds handwriting .hershey., .*text is"
    ):
        load_symbols("train", data=ink)
    with pytest.raises(
        PackedFileError,
        match="text.npz: holds text .some/text., .*handwriting is",
    ):
        packed.load(text, "train")


def test_an_unknown_split_names_the_ones_there_are(tmp_path):
    path = save(tmp_path / "x.npz", train=symbols(LETTERS))
    with pytest.raises(PackedFileError, match="'tset'.*it has train"):
        packed_text.load(path, "train+tset")


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        packed_text.load(tmp_path / "nowhere.npz", "train")


def test_damaged_files_say_so(tmp_path):
    whole = save(tmp_path / "x.npz", train=symbols(LETTERS)).read_bytes()
    broken = tmp_path / "broken.npz"
    flipped = bytes(byte ^ 0xFF for byte in whole[100:300])
    for data in (
        b"",
        b"no archive",
        whole[: len(whole) // 2],
        whole[:-30],
        whole[:100] + flipped + whole[300:],
    ):
        broken.write_bytes(data)
        with pytest.raises(PackedFileError, match="broken.npz.*again"):
            packed_text.load(broken, "train")


def change(path, arrays=(), **fields):
    with np.load(path) as archive:
        old = dict(archive)
    header = {**json.loads(old["header"].tobytes()), **fields}
    header = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(path, **{**old, "header": header, **dict(arrays)})


@pytest.mark.parametrize(
    ("arrays", "fields"),
    [
        ({"train/ids": np.zeros(999, np.uint8)}, {}),
        ({"train/ids": np.zeros((1000, 1), np.uint8)}, {}),
        ({"train/ids": np.zeros(1000, np.float32)}, {}),
        ({"train/ids": np.full(1000, 9, np.uint8)}, {}),
        ({"train/ids": np.full(1000, -1, np.int8)}, {}),
        ({}, {"vocabulary": {"symbols": "aa", "kind": "character"}}),
        ({}, {"vocabulary": {"letters": "ab"}}),
        ({}, {"vocabulary": None}),
        ({}, {"splits": None}),
        ({}, {"splits": {"train": {}}}),
        ({}, {"format": "graves_tf packed text 9"}),
        ({}, {"format": ["graves_tf"]}),
        ({"header": np.frombuffer(b"{", np.uint8)}, {}),
        ({"header": np.frombuffer(b"[]", np.uint8)}, {}),
    ],
)
def test_what_does_not_fit_together_says_so(tmp_path, arrays, fields):
    path = save(tmp_path / "x.npz", train=symbols(LETTERS))
    change(path, arrays, **fields)
    with pytest.raises(PackedFileError, match="x.npz.*again"):
        packed_text.load(path, "train")


def test_only_splits_of_one_text_are_packed(tmp_path):
    path = tmp_path / "x.npz"
    one = symbols(LETTERS)
    for other in (symbols(WORDS), symbols(LETTERS, name="another")):
        with pytest.raises(PackedFileError, match="two texts"):
            save(path, train=one, test=other)
    with pytest.raises(PackedFileError, match="no splits"):
        save(path)
    with pytest.raises(PackedFileError, match="'a.b'"):
        packed_text.save(path, {"a+b": one})
    assert not path.exists()
