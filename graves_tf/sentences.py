"""Sentences to be written: ordinary English that is in no training text."""

from pathlib import Path

_FILE = Path(__file__).with_name("sentences.txt")


def sentences():
    """300 sentences of 20 to 40 characters, made for this package."""
    return _FILE.read_text(encoding="utf-8").splitlines()


def hard_sentences():
    """The 200 of them that hold digits, capitals and punctuation."""
    return [s for s in sentences() if any(c.isdigit() for c in s)]
