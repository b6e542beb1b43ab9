import pathlib

import numpy as np
import pytest

from graves_tf import compress
from graves_tf import decompress
from graves_tf.networks import TextPredictor
from graves_tf.text import compressed_file
from graves_tf.text import compressor
from graves_tf.text.scoring import TextScorer
from graves_tf.text.vocabulary import Vocabulary

RATE_NAN = ["--dynamic-rate", "nan"]
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
        patch.setattr(compressed_file, "BYTES_A_STREAM", 400)
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
    forged = forge(packed, sha256="0" * 64)
    with pytest.raises(compressor.CompressedFileError, match="arithmetic"):
        compressor.decompress(forged, network)


def forge(packed, **changes):
    """The same file, its header another one."""
    header, body = compressor.read_header(packed)
    if isinstance(changes.get("bytes"), int):
        changes["streams"] = compressed_file.stream_count(changes["bytes"])
    return compressed_file.pack(header | changes, body)


@pytest.mark.parametrize(
    "changes",
    [
        {"bytes": "12"},
        {"bytes": -1},
        {"bytes": 300.0},
        {"bytes": True},
        {"streams": 0},
        {"streams": 2},
        {"escapes": 301},
        {"escapes": None},
        {"sha256": None},
        {"dynamic": [1]},
        {"dynamic": {"rate": float("nan"), "length": 100}},
        {"dynamic": {"rate": 0.1, "length": 0}},
        {"dynamic": {"rate": 0.1, "length": 1.5}},
    ],
    ids=str,
)
def test_headers_of_nobodys(network, changes):
    packed = compressor.compress(TEXT[:300], network)
    with pytest.raises(compressor.CompressedFileError, match="header"):
        compressor.decompress(forge(packed, **changes), network)


def test_more_bytes_than_there_are(network):
    """The coder runs out of what has a meaning, or the digest differs."""
    packed = compressor.compress(TEXT[:300], network)
    forged = forge(packed, bytes=20_000)
    with pytest.raises(compressor.CompressedFileError, match="arithmetic"):
        compressor.decompress(forged, network)


def test_more_bytes_than_memory(network):
    packed = compressor.compress(TEXT[:300], network)
    forged = forge(packed, bytes=10**16)
    with pytest.raises(compressor.CompressedFileError, match="memory"):
        compressor.decompress(forged, network)


def test_the_commands(network, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    network.save("a.keras")
    text, packed = pathlib.Path("a.txt"), pathlib.Path("a.gtf")
    text.write_bytes(TEXT[:300])
    weights = ["--weights", "a.keras"]
    assert compress.main(["a.txt", "-o", "a.gtf", *weights]) == 0
    assert decompress.main(["a.gtf", "-o", "b.txt", *weights]) == 0
    assert pathlib.Path("b.txt").read_bytes() == TEXT[:300]
    pathlib.Path("folder").mkdir()
    for command, wrong, words in (
        (compress, ["a.txt", "-o", "a.txt"], "named twice"),
        (compress, ["a.txt", "-o", "./a.keras"], "named twice"),
        (decompress, ["a.gtf", "-o", "a.gtf"], "named twice"),
        (compress, ["a.txt", "-o", "folder"], "is a folder"),
        (decompress, ["a.gtf", "-o", "folder"], "is a folder"),
        (compress, ["a.txt", "-o", "c", "--dynamic-rate", "1"], "--dynamic"),
        (compress, ["a.txt", "-o", "c", "--dynamic", *RATE_NAN], "must be"),
        (decompress, ["a.txt", "-o", "c"], "a.txt: it is not a file of"),
    ):
        before = packed.read_bytes()
        assert command.main([*wrong, *weights]) == 2
        assert words in capsys.readouterr().err
        assert text.read_bytes() == TEXT[:300]
        assert packed.read_bytes() == before
        assert not pathlib.Path("c").exists()
