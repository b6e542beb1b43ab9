"""Networks that have learned nothing, and lines for them to read."""

import keras
import numpy as np
import pytest

from graves_tf import packed
from graves_tf import weights as shipped
from graves_tf.figures.beside_real import TEXTS
from graves_tf.figures.material import Material
from graves_tf.figures.primed import STYLES
from graves_tf.ink.line import Line
from graves_tf.networks import HandwritingPredictor
from graves_tf.networks import TextPredictor
from graves_tf.text.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def synthesizer(scribbler):
    return shipped.load(scribbler)


@pytest.fixture(scope="session")
def predictor():
    keras.utils.set_random_seed(5)
    return HandwritingPredictor(
        hidden=(6, 5),
        num_mixtures=3,
        offset_mean=(8.0, 0.0),
        offset_std=(40.0, 36.0),
    )


@pytest.fixture(scope="session")
def text_predictor():
    keras.utils.set_random_seed(7)
    return TextPredictor(Vocabulary.fit("a $ cat_\n", "character"), (5,))


@pytest.fixture(scope="session")
def weights(synthesizer, predictor, text_predictor, tmp_path_factory):
    """Their files, by task."""
    folder = tmp_path_factory.mktemp("weights")
    networks = {
        "synthesis": synthesizer,
        "prediction": predictor,
        "text": text_predictor,
    }
    for task, network in networks.items():
        network.save(folder / f"{task}.keras")
    return {task: str(folder / f"{task}.keras") for task in networks}


@pytest.fixture(scope="session")
def make_line():
    """`make_line(text)`: a word is a wave, and the pen lifts after it."""

    def make(text, height=60.0):
        parts, left = [], 100.0
        for word in text.split():
            count = 8 * len(word)
            part = np.zeros((count, 3), "float32")
            part[:, 0] = left + 10 * np.arange(count)
            part[:, 1] = 500 + height * np.sin(np.arange(count))
            part[-1, 2] = 1
            parts.append(part.round())
            left = part[-1, 0] + 90
        return Line(np.concatenate(parts), text)

    return make


@pytest.fixture(scope="session")
def data(make_line, tmp_path_factory):
    """A packed file that has the paper's lines among others."""
    path = tmp_path_factory.mktemp("data") / "lines.npz"
    splits = {
        "validation_1": [
            make_line(text, 50.0 + 10 * i)
            for i, text in enumerate(("rule under law", *TEXTS))
        ],
        "train": [make_line(text) for text in ("an other line", *STYLES)],
    }
    packed.save(path, splits, name="made", config="up")
    return str(path)


@pytest.fixture
def material(weights, data):
    """All that figures need."""
    return Material(weights.values(), data=data)
