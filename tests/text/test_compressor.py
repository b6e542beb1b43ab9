import json
import struct

import numpy as np
import pytest

from graves_tf.networks import TextPredictor
from graves_tf.text import compressor
from graves_tf.text.scoring import TextScorer
from graves_tf.text.vocabulary import Vocabulary

TEXT = ("the cat sat on the mat and the dog sat on the log \n" * 30).encode()


def make(vocabulary, seed=0):
    network = TextPredictor(vocabulary, hidden=(12,))
    rng = np.random.default_rng(seed)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(scale=0.5, size=weight.shape))
    return network


@pytest.fixture(scope="module")
def network():
    return make(Vocabulary.fit(TEXT.decode(), "character"))


@pytest.fixture(scope="module")
def small_streams():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compressor, "BYTES_A_STREAM", 400)
        yield


FILES = {
    "text": TEXT[:701],
    "empty": b"",
    "one byte": b"t",
    "strange byte": b"\x00",
    "binary": np.random.default_rng(0).bytes(300),
    "every byte": bytes(range(256)),
    "other text": "Grüße, the cat 猫".encode() * 5,
}


@pytest.mark.parametrize("name", FILES)
def test_every_byte_comes_back(network, name):
    data = FILES[name]
    packed = compressor.compress(data, network)
    assert compressor.decompress(packed, network) == data


def test_every_byte_comes_back_while_learning(network):
    data = b"".join(FILES.values())
    learning = {"rate": 0.01, "length": 20}
    packed = compressor.compress(data, network, learning)
    assert compressor.decompress(packed, network) == data


@pytest.mark.usefixtures("small_streams")
@pytest.mark.parametrize("dynamic", [None, {"rate": 0.01, "length": 20}])
def test_streams_side_by_side(network, dynamic):
    data = TEXT[:1501]
    packed = compressor.compress(data, network, dynamic)
    assert compressor.read_header(packed)[0]["streams"] == 3
    assert compressor.decompress(packed, network) == data


def test_a_network_of_bytes():
    data = TEXT[:500]
    network = make(Vocabulary.fit(data, "byte"))
    packed = compressor.compress(data + b"\xff", network)
    assert compressor.decompress(packed, network) == data + b"\xff"


def test_the_size_is_what_evaluation_says(network):
    data = TEXT
    _, body = compressor.read_header(compressor.compress(data, network))
    symbols, _ = network.vocabulary.encode(data.decode())
    bits = TextScorer(network).score(symbols, streams=1)["nats"] / np.log(2)
    assert 8 * len(body) == pytest.approx(bits, rel=0.01)


def test_learning_makes_it_smaller(network):
    static = compressor.compress(TEXT, network)
    learned = compressor.compress(TEXT, network, {"rate": 0.1, "length": 20})
    assert len(learned) < 0.95 * len(static)


def test_the_network_stays_as_it_is(network):
    before = [w.copy() for w in network.get_weights()]
    compressor.compress(TEXT[:200], network, {"rate": 0.1, "length": 20})
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_another_network_is_refused(network):
    packed = compressor.compress(TEXT[:50], network)
    with pytest.raises(compressor.CompressedFileError, match="network"):
        compressor.decompress(packed, make(network.vocabulary, seed=1))


def test_other_software_is_refused(network, monkeypatch):
    packed = compressor.compress(TEXT[:50], network)
    monkeypatch.setattr(np, "__version__", "1.0.0")
    with pytest.raises(compressor.CompressedFileError, match=r"numpy 1\.0\.0"):
        compressor.decompress(packed, network)


def test_words_are_refused():
    network = make(Vocabulary(("a", "b", "<eos>"), "word"))
    with pytest.raises(ValueError, match="words"):
        compressor.compress(b"a b", network)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"", "not a file"),
        (lambda data: b"PK" + data, "not a file"),
        (lambda data: data[:20], "header"),
        (lambda data: data[:60], "header"),
        (lambda data: data[:-4], "truncated"),
        (lambda data: data + b"more", "truncated|longer"),
        (lambda data: data[:-3] + b"abc", "altered"),
    ],
)
def test_damaged_files(network, damage, message):
    packed = compressor.compress(TEXT[:300], network)
    with pytest.raises(compressor.CompressedFileError, match=message):
        compressor.decompress(damage(packed), network)


def test_wrong_arithmetic_is_noticed(network):
    """As if this machine restored other bytes: the digest tells."""
    packed = compressor.compress(TEXT[:300], network)
    header, body = compressor.read_header(packed)
    head = json.dumps({**header, "sha256": "0" * 64}).encode()
    forged = compressor.MAGIC + struct.pack("<I", len(head)) + head + body
    with pytest.raises(compressor.CompressedFileError, match="arithmetic"):
        compressor.decompress(forged, network)
