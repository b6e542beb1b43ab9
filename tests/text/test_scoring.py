import numpy as np
import pytest

from graves_tf.networks import TextPredictor
from graves_tf.text.scoring import TextScorer
from graves_tf.text.scoring import figures
from graves_tf.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abcde\n", "character")


@pytest.fixture(scope="module")
def network():
    made = TextPredictor(VOCABULARY, hidden=(8,))
    rng = np.random.default_rng(0)
    for weight in made.trainable_weights:
        weight.assign(rng.normal(scale=0.5, size=weight.shape))
    return made


TEXT = np.random.default_rng(1).integers(0, VOCABULARY.size, 501)


def by_hand(network, text):
    """Nats and errors of a text read in one go."""
    symbols = np.concatenate([[-1], text[:-1]])[None]
    y = np.asarray(network.run(symbols, network.initial_state(1))[0])[0]
    y = y.astype("float64")
    log = y - np.log(np.exp(y).sum(axis=-1, keepdims=True))
    at = np.arange(len(text))
    return -log[at, text].sum(), (y.argmax(axis=-1) != text).sum()


@pytest.mark.parametrize("length", [7, 100, 1000])
def test_one_stream_is_the_text_read_in_one_go(network, length):
    nats, wrong = by_hand(network, TEXT)
    found = TextScorer(network).score(TEXT, streams=1, length=length)
    assert found["symbols"] == 501
    assert found["nats"] == pytest.approx(nats, rel=1e-5)
    assert found["error_percent"] == pytest.approx(100 * wrong / 501)
    assert found["bits_per_character"] == pytest.approx(
        nats / 501 / np.log(2), rel=1e-5
    )


@pytest.mark.parametrize("streams", [2, 5, 600])
def test_streams_score_every_symbol_once(network, streams):
    """With all the text before it as context a stream is no approximation."""
    whole = TextScorer(network).score(TEXT, streams=1)
    found = TextScorer(network).score(
        TEXT, streams=streams, context=len(TEXT), length=50
    )
    assert found["symbols"] == whole["symbols"]
    for key in ("nats", "error_percent"):
        assert found[key] == pytest.approx(whole[key], rel=1e-5)


def test_without_context_the_state_is_missed(network):
    whole = TextScorer(network).score(TEXT, streams=1)
    found = TextScorer(network).score(TEXT, streams=100, context=0)
    assert found["symbols"] == whole["symbols"]
    assert abs(found["nats"] - whole["nats"]) > 0.1


def test_the_papers_bridge():
    """Table 1: 1.24 bits a character is a perplexity of 123."""
    found = figures(1.24 * np.log(2) * 1000, 269, 1000, "character")
    assert found["bits_per_character"] == pytest.approx(1.24)
    assert found["perplexity"] == pytest.approx(123, abs=0.5)
    assert found["error_percent"] == pytest.approx(26.9)
    found = figures(np.log(117) * 1000, 762, 1000, "word")
    assert found["perplexity"] == pytest.approx(117)
    assert found["bits_per_character"] == pytest.approx(1.23, abs=0.005)
