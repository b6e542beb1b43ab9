"""The sentences to be written: what they hold, and that none was trained on."""

import collections
import re
import string
import tarfile

import pytest

from graves_tf.ink.alphabet import ALPHABETS
from graves_tf.ink.iam_xml import read_transcription
from graves_tf.sentences import hard_sentences
from graves_tf.sentences import sentences


def test_they_fit_on_a_line_in_known_characters():
    texts = sentences()
    assert len(texts) == len(set(texts)) == 300
    for text in texts:
        assert 20 <= len(text) <= 40
        assert ALPHABETS["full"].unknown_in(text) == []


def test_the_hard_ones_hold_digits_capitals_and_punctuation():
    texts = hard_sentences()
    assert len(texts) == 200
    for text in texts:
        assert any(c.isupper() for c in text)
        assert any(c in string.punctuation for c in text)
    found = collections.Counter("".join(texts))
    expected = string.ascii_letters + string.digits + "\"'(),-.:;?!%&/"
    assert [c for c in expected if not found[c]] == []


def test_none_is_in_the_training_text(iam_ondb_data, tmp_path):
    """Nor in any other text of IAM-OnDB, over the ends of its lines too."""
    archive = iam_ondb_data / "iam_ondb_raw.tar.xz"
    if not archive.is_file():
        pytest.skip(f"no {archive}")
    forms = []
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(".txt") and "/ascii/" in member.name:
                path = tmp_path / "form.txt"
                path.write_bytes(tar.extractfile(member).read())
                forms.append(bare("".join(read_transcription(path))))
    assert len(forms) == 1907
    corpus = " ".join(forms)
    assert [text for text in sentences() if bare(text) in corpus] == []


def bare(text):
    """Letters and digits alone."""
    return re.sub("[^a-z0-9]", "", text.lower())
