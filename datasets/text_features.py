"""What a piece of text is in a tfds data set."""

import tensorflow_datasets as tfds


def text_features() -> tfds.features.FeaturesDict:
    """`text`: a sentence, or a block of bytes; read back as `bytes`."""
    return tfds.features.FeaturesDict({"text": tfds.features.Text()})


def to_example(text: str | bytes) -> dict:
    """A piece of text as tfds stores it."""
    return {"text": text}


def from_example(example: dict) -> bytes:
    """A piece of text from what tfds reads."""
    return example["text"]
