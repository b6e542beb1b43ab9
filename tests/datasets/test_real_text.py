"""The real corpora, where they are at hand: every symbol, and no other.

The counts are those of `wc` on the files: words and lines; bytes less the
spaces around each line.
"""

import hashlib
import lzma
import tarfile

import numpy as np
import pytest

from graves_tf.datasets.__main__ import main
from graves_tf.text import packed_text
from graves_tf.text.symbols import load_symbols

NAMES = {
    "train": "ptb.train.txt",
    "validation": "ptb.valid.txt",
    "test": "ptb.test.txt",
}
WORDS = {
    "train": 887521 + 42068,
    "validation": 70390 + 3370,
    "test": 78669 + 3761,
}
CHARACTERS = {
    "train": 5101618 - 2 * 42068,
    "validation": 399782 - 2 * 3370,
    "test": 449945 - 2 * 3761,
}
PREFIX = 4_000_000


@pytest.fixture(scope="module")
def penn_treebank(shared_data):
    folder = shared_data / "penn_treebank"
    if not (folder / "ptb.tar.xz").is_file():
        pytest.skip(f"no Penn Treebank in {folder}")
    return folder


@pytest.fixture(scope="module")
def enwik8(shared_data):
    folder = shared_data / "enwik8"
    if not (folder / f"enwik8.first{PREFIX}.xz").is_file():
        pytest.skip(f"no beginning of enwik8 in {folder}")
    return folder


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("tfds")


def load(split, dataset, manual_dir, data_dir):
    return load_symbols(
        split, dataset=dataset, data_dir=data_dir, manual_dir=manual_dir
    )


def files_of(folder):
    with tarfile.open(folder / "ptb.tar.xz") as tar:
        return {
            split: tar.extractfile(name).read() for split, name in NAMES.items()
        }


@pytest.mark.parametrize(
    ("config", "counts", "size"),
    [("word", WORDS, 10_000), ("char", CHARACTERS, 50)],
)
def test_penn_treebank(penn_treebank, data_dir, config, counts, size):
    dataset = f"penn_treebank/{config}"
    files = files_of(penn_treebank)
    for split, count in counts.items():
        symbols = load(split, dataset, penn_treebank, data_dir)
        vocabulary = symbols.vocabulary
        assert len(symbols.ids) == count
        assert vocabulary.size == size
        assert (symbols.name, symbols.unknown) == (dataset, 0)
        assert symbols.ids.dtype == np.uint16
        ends = np.count_nonzero(symbols.ids == vocabulary.end_id)
        assert ends == files[split].count(b"\n")
        text = vocabulary.decode(symbols.ids)
        whole = text.replace("\n", " \n ").removesuffix(" ")
        assert f" {whole}".encode() == files[split]


def test_the_papers_words(penn_treebank, data_dir):
    """Sec. 3.1: 930,000, 74,000 and 82,000 words; 10,000 in the vocabulary."""
    train, validation, test = (
        load(split, "penn_treebank/word", penn_treebank, data_dir)
        for split in NAMES
    )
    counts = [len(part.ids) for part in (train, validation, test)]
    assert counts == [929_589, 73_760, 82_430]
    vocabulary = train.vocabulary
    assert vocabulary.size == len(set(vocabulary.symbols)) == 10_000
    assert vocabulary.symbols[:4] == ("the", "<unk>", "<eos>", "N")
    unknown = np.count_nonzero(train.ids == vocabulary.unknown_id)
    assert unknown == 45_020


def test_the_papers_characters(penn_treebank, data_dir):
    """Sec. 3.1: 49 characters, here without the end of the sentence; and
    5.6 of them a word."""
    test = load("test", "penn_treebank/char", penn_treebank, data_dir)
    vocabulary = test.vocabulary
    assert "".join(vocabulary.symbols) == (
        "\n #$&'*-./0123456789<>N\\abcdefghijklmnopqrstuvwxyz"
    )
    assert vocabulary.symbols[vocabulary.end_id] == "\n"
    assert vocabulary.unknown_id is None
    assert round(len(test.ids) / 78669, 1) == 5.6


def test_the_beginning_of_enwik8(enwik8, data_dir, tmp_path, capsys):
    file = tmp_path / "enwik8.npz"
    folders = ["--manual-dir", str(enwik8), "--data-dir", str(data_dir)]
    assert main(["enwik8", *folders, "--pack", str(file)]) == 0
    out = capsys.readouterr().out
    name = "enwik8 first 4000000 bytes"
    assert name in out.splitlines()
    assert "the first 4000000 of them held to" in out
    whole = lzma.open(enwik8 / f"enwik8.first{PREFIX}.xz").read()
    parts = {"train": whole[:3_840_000], "validation": whole[3_840_000:]}
    for split, data in parts.items():
        symbols = load(split, "enwik8", enwik8, data_dir)
        assert len(symbols.ids) == len(data)
        assert symbols.vocabulary.size == 200
        assert (symbols.name, symbols.unknown) == (name, 0)
        decoded = symbols.vocabulary.decode(symbols.ids)
        assert hashlib.md5(decoded).digest() == hashlib.md5(data).digest()
        packed = packed_text.load(file, split)
        np.testing.assert_array_equal(packed.ids, symbols.ids)
        assert packed[1:] == symbols[1:]
