"""A text in the classes of another vocabulary; reading without TensorFlow."""

import subprocess
import sys

import numpy as np
import pytest

from graves_tf.datasets import build
from graves_tf.text.symbols import Symbols
from graves_tf.text.symbols import load_symbols
from graves_tf.text.vocabulary import Vocabulary


def symbols(text, vocabulary, unknown=0):
    ids, outside = vocabulary.encode(text)
    return Symbols(ids, vocabulary, "some text", unknown + outside)


@pytest.mark.parametrize(
    ("text", "kind", "other"),
    [
        ("the cat\nsat", "character", "xyz\nthe cas"),
        ("the cat\nsat", "word", ["x", "sat", "cat", "<eos>", "the", "y"]),
        (b"\0abc\xff", "byte", b"z\xffcba\0"),
    ],
)
def test_recoding_is_encoding_anew(text, kind, other):
    other = Vocabulary(other, kind)
    recoded = symbols(text, Vocabulary.fit(text, kind)).recode(other)
    ids, _ = other.encode(text)
    np.testing.assert_array_equal(recoded.ids, ids)
    assert recoded.ids.dtype == other.dtype
    assert recoded[1:] == (other, "some text", 0)


def test_its_own_vocabulary_changes_nothing():
    text = symbols("abc", Vocabulary("abc", "character"))
    assert text.recode(Vocabulary("abc", "character")) is text


@pytest.mark.parametrize(
    ("text", "kind", "other"),
    [
        ("abcacx", "character", Vocabulary("ab", "character", True)),
        (b"abcacx", "byte", Vocabulary(b"ab", "byte", True)),
        ("a b c a c x", "word", Vocabulary(["a", "<unk>", "b"], "word")),
    ],
)
def test_what_is_outside_is_counted(text, kind, other):
    recoded = symbols(text, Vocabulary.fit(text, kind)).recode(other)
    ids, unknown = other.encode(text)
    np.testing.assert_array_equal(recoded.ids, ids)
    assert recoded.unknown == unknown == 3


def test_what_was_unknown_stays_so_and_is_counted_once():
    own = Vocabulary("abc", "character", unknown_class=True)
    other = Vocabulary("ba", "character", unknown_class=True)
    recoded = symbols("axcb", own).recode(other)
    assert recoded.ids.tolist() == [1, 2, 2, 0]
    assert recoded.unknown == 2
    with pytest.raises(ValueError, match="1 characters .*no unknown class"):
        symbols("axcb", own).recode(Vocabulary("abc", "character"))
    # Where it does not occur, its class is not missed.
    fine = symbols("acb", own).recode(Vocabulary("cab", "character"))
    assert fine.ids.tolist() == [1, 0, 2]


def test_an_unk_of_the_text_is_not_counted():
    own = Vocabulary.fit("a <unk> b <unk>\n", "word")
    other = Vocabulary(["<eos>", "b", "a", "<unk>"], "word")
    recoded = symbols("a <unk> b <unk>\n", own).recode(other)
    assert (recoded.ids.tolist(), recoded.unknown) == ([2, 3, 1, 3, 0], 0)


def test_strangers_are_refused_by_name_where_there_is_no_class_for_them():
    text = symbols(b"abcacx", Vocabulary.fit(b"abcacx", "byte"))
    with pytest.raises(ValueError, match=r"3 bytes .*: 99 \(2\), 120 \(1\)"):
        text.recode(Vocabulary(b"ab", "byte"))


def test_another_kind_is_refused():
    text = symbols("abc", Vocabulary("abc", "character"))
    with pytest.raises(ValueError, match="characters.*network of bytes"):
        text.recode(Vocabulary(b"abc", "byte"))


def test_reading_needs_no_tensorflow(tmp_path):
    files = tmp_path / "manual"
    files.mkdir()
    for name in ("train", "valid", "test"):
        (files / f"ptb.{name}.txt").write_text(" a <unk> of N \n the end \n")
    builder = build.make_builder("penn_treebank/word", tmp_path / "data")
    build.prepare(builder, files, accept_other_files=True)
    code = (
        "import sys\n"
        "from graves_tf.text.symbols import load_symbols\n"
        "symbols = load_symbols('train', dataset='penn_treebank/word',"
        f" data_dir={str(tmp_path / 'data')!r})\n"
        "assert len(symbols.ids) == 8\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    symbols = load_symbols(
        "train", dataset="penn_treebank/word", data_dir=tmp_path / "data"
    )
    assert symbols.vocabulary.decode(symbols.ids) == "a <unk> of N\nthe end\n"
