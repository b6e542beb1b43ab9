"""Characters to class numbers and back."""

import dataclasses

import numpy as np
import pytest

from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.alphabet import Alphabet


def test_classes_are_places():
    ids = Alphabet("ab ").encode("b a")
    assert ids.dtype == np.int32
    assert ids.tolist() == [1, 2, 0]


def test_the_unknown_class_is_the_last():
    alphabet = Alphabet("ab")
    assert alphabet.size == 3
    assert alphabet.encode("aüb").tolist() == [0, 2, 1]
    assert alphabet.decode([0, 2, 1]) == "a\N{REPLACEMENT CHARACTER}b"


def test_without_an_unknown_class_strangers_are_named():
    alphabet = Alphabet("ab", unknown=False)
    assert alphabet.size == 2
    with pytest.raises(ValueError, match=r"\['x', 'ü'\]"):
        alphabet.encode("aüxbx")
    with pytest.raises(ValueError, match=r"\[2\]"):
        alphabet.decode([0, 2])


def test_strangers_are_sorted_and_given_once():
    assert Alphabet("ab").unknown_in("zazyb") == ["y", "z"]


def test_config_round_trip():
    alphabet = Alphabet("xyz", unknown=False)
    assert Alphabet.from_config(alphabet.get_config()) == alphabet


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Alphabet("ab").symbols = "abc"


def test_a_symbol_given_twice_is_an_error():
    with pytest.raises(ValueError, match="'a'"):
        Alphabet("aba")


def test_the_papers_alphabet_has_57_classes():
    paper = ALPHABETS["paper"]
    assert paper.size == 57
    non_letter = paper.size - 1
    assert paper.encode("5;").tolist() == [non_letter, non_letter]


def test_full_is_what_iam_ondb_has():
    full = ALPHABETS["full"]
    assert len(full.symbols) == 82
    assert full.size == 83
    text = "Aa Zz 09 !\"#%&'()*+,-./:;?[]"
    assert full.unknown_in(text) == []
    assert full.decode(full.encode(text)) == text
