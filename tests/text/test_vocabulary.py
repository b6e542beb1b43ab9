"""Symbols to class numbers, and back."""

import json
import random
import subprocess
import sys

import numpy as np
import pytest

from graves_tf.text.vocabulary import Vocabulary


def ids_of(vocabulary, text):
    ids, unknown = vocabulary.encode(text)
    assert ids.dtype == vocabulary.dtype
    return ids.tolist(), unknown


def test_characters_stand_in_order_and_come_back():
    vocabulary = Vocabulary.fit("the cat\nsat\n", "character")
    assert vocabulary.symbols == tuple("\n acehst")
    assert (vocabulary.size, vocabulary.end_id) == (8, 0)
    assert vocabulary.unknown_id is None
    ids, unknown = ids_of(vocabulary, "at\ncat")
    assert (ids, unknown) == ([2, 7, 0, 3, 2, 7], 0)
    assert vocabulary.decode(ids) == "at\ncat"


def test_words_stand_by_frequency_and_come_back():
    text = "the cat sat\nthe <unk> sat the\n\n"
    vocabulary = Vocabulary.fit(text, "word")
    assert vocabulary.symbols == ("<eos>", "the", "sat", "<unk>", "cat")
    assert (vocabulary.end_id, vocabulary.unknown_id) == (0, 3)
    ids, unknown = ids_of(vocabulary, text)
    assert ids == [1, 4, 2, 0, 1, 3, 2, 1, 0, 0]
    assert unknown == 0  # the text's own <unk> is none of ours
    assert vocabulary.decode(ids) == text
    # Spaces, how many and where, make no difference.
    assert ids_of(vocabulary, "  the   cat \t sat\n")[0] == [1, 4, 2, 0]


def test_bytes_stand_in_order_and_come_back():
    data = bytes(range(256)) * 3
    vocabulary = Vocabulary.fit(data, "byte")
    assert vocabulary.size == 256
    assert vocabulary.end_id is None
    assert vocabulary.decode(vocabulary.encode(data)[0]) == data
    few = Vocabulary.fit(b"zab\0a", "byte")
    assert few.symbols == (0, 97, 98, 122)
    assert ids_of(few, "abz") == ([1, 2, 3], 0)  # a string is its UTF-8


@pytest.mark.parametrize("kind", ["character", "word", "byte"])
def test_encoding_is_a_look_up(kind):
    rng = random.Random(0)
    alphabet = {"character": "añ€ z\n", "word": ["a", "bb", "c"]}
    symbols = alphabet.get(kind, range(5, 80, 3))
    vocabulary = Vocabulary(symbols, kind)
    wanted = [rng.randrange(vocabulary.size) for _ in range(500)]
    symbols = [vocabulary.symbols[i] for i in wanted]
    joined = {"character": "".join, "word": " ".join, "byte": bytes}[kind]
    text = joined(symbols)
    assert ids_of(vocabulary, text) == (wanted, 0)
    assert vocabulary.decode(wanted) == text


def test_strangers_are_refused_by_name_where_there_is_no_class_for_them():
    vocabulary = Vocabulary("ab", "character")
    with pytest.raises(ValueError, match=r"3 characters.*'é' \(2\), 'ß' \(1\)"):
        vocabulary.encode("aéßbé")
    with pytest.raises(ValueError, match="3 bytes.*0 .2., 255"):
        Vocabulary(b"ab", "byte").encode(b"a\0\xff\0")
    with pytest.raises(ValueError, match=r"1 words.*'c' \(1\)"):
        Vocabulary(["a", "b"], "word").encode("a c b")


def test_the_unknown_class_counts_strangers():
    characters = Vocabulary("ab", "character").with_unknown_class()
    assert (characters.size, characters.unknown_id) == (3, 2)
    assert ids_of(characters, "aéßb") == ([0, 2, 2, 1], 2)
    assert characters.decode([0, 2, 1]) == "a\ufffdb"
    some_bytes = Vocabulary(b"ab", "byte", unknown_class=True)
    assert ids_of(some_bytes, b"\0a\xff") == ([2, 0, 2], 2)
    assert some_bytes.decode([2, 0]) == "\ufffda".encode()
    words = Vocabulary(["a", "<eos>"], "word").with_unknown_class()
    assert words.symbols == ("a", "<eos>", "<unk>")
    assert ids_of(words, "a <unk> b\n") == ([0, 2, 2, 1], 1)
    for vocabulary in (characters, some_bytes, words):
        assert vocabulary.with_unknown_class() is vocabulary


def test_a_fitted_vocabulary_of_words_can_take_strangers():
    vocabulary = Vocabulary.fit("a b\n", "word")
    assert vocabulary.symbols == ("<eos>", "a", "b", "<unk>")


def test_words_can_be_written_one_at_a_time():
    vocabulary = Vocabulary.fit("the cat sat\nthe end\n", "word")
    ids, _ = vocabulary.encode("the cat sat\nthe end\n")
    written, previous = "", None
    for i in ids:
        written += vocabulary.decode([i], previous)
        previous = i
    assert written == "the cat sat\nthe end\n"


def test_an_empty_text_has_no_symbols():
    for kind in ("character", "word", "byte"):
        with pytest.raises(ValueError, match="must have symbols"):
            Vocabulary.fit("", kind)
    ids, unknown = Vocabulary("ab", "character").encode("")
    assert (ids.shape, unknown) == ((0,), 0)
    assert Vocabulary(b"ab", "byte").encode(b"")[0].shape == (0,)
    assert Vocabulary("ab", "character").decode([]) == ""
    assert Vocabulary(b"ab", "byte").decode([]) == b""


@pytest.mark.parametrize("number", [-1, 2, 70000])
def test_a_number_that_is_no_class(number):
    with pytest.raises(ValueError, match=f"{number} is no class.* 0 to 1"):
        Vocabulary("ab", "character").decode([0, number])


def test_bytes_are_no_characters():
    with pytest.raises(ValueError, match="not from bytes"):
        Vocabulary("ab", "character").encode(b"ab")


@pytest.mark.parametrize(
    ("symbols", "kind", "unknown_class", "reason"),
    [
        ("ab", "letter", False, "character, word, byte"),
        ("", "character", False, "must have symbols"),
        ("aba", "character", False, "more than once: .'a'."),
        (["ab"], "character", False, "Not a character"),
        ([1], "word", False, "Not a word"),
        (["a b"], "word", False, "Not a word"),
        ([""], "word", False, "Not a word"),
        ([256], "byte", False, "Not a byte"),
        (["a"], "byte", False, "Not a byte"),
        ([True], "byte", False, "Not a byte"),
        (["a"], "word", True, "<unk>"),
    ],
)
def test_what_is_no_vocabulary(symbols, kind, unknown_class, reason):
    with pytest.raises(ValueError, match=reason):
        Vocabulary(symbols, kind, unknown_class)


@pytest.mark.parametrize(
    "vocabulary",
    [
        Vocabulary("a\n€", "character"),
        Vocabulary("ab", "character", unknown_class=True),
        Vocabulary(["the", "<eos>", "<unk>"], "word"),
        Vocabulary(bytes(range(256)), "byte"),
    ],
)
def test_the_config_goes_through_json(vocabulary):
    config = json.loads(json.dumps(vocabulary.get_config()))
    assert Vocabulary.from_config(config) == vocabulary


def test_numbers_of_many_words_have_room():
    words = [f"w{i}" for i in range(2**16)]
    assert Vocabulary(words, "word").dtype == np.uint16
    vocabulary = Vocabulary([*words, "<unk>"], "word")
    assert vocabulary.dtype == np.int32
    assert ids_of(vocabulary, "x w7") == ([65536, 7], 1)


def test_it_needs_numpy_only():
    code = (
        "import sys, graves_tf.text.symbols, graves_tf.text.packed_text\n"
        "heavy = {'tensorflow', 'keras', 'jax', 'tensorflow_datasets'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
