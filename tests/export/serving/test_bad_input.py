"""What cannot be written is said, by the client and by the server."""

import json
import re
import urllib.error
import urllib.request

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

STROKES = np.array([[0, 0, 0], [9, 1, 0], [20, 0, 1]], "float32")
NAN_STROKES = STROKES.copy()
NAN_STROKES[1, 0] = np.nan

REFUSED = {
    "empty": ("", {}, "empty"),
    "blank": (" \n", {}, "empty"),
    "no text": (None, {}, "must be a string. Received: None"),
    "10,000 characters": ("abc " * 2500, {}, "10000 characters.*300"),
    "right to left": ("שלום", {}, "does not know 'ו', 'ל'"),
    "emoji": ("abc 🙂", {}, "does not know '🙂'"),
    "many strangers": ("".join(map(chr, range(900, 999))), {}, "', …"),
    "negative bias": ("abc", {"bias": -0.1}, "0 to 100. Received: -0.1"),
    "huge bias": ("abc", {"bias": 1e9}, "0 to 100. Received: 1000000000.0"),
    "no bias": ("abc", {"bias": np.nan}, "0 to 100. Received: nan"),
    "None as bias": ("abc", {"bias": None}, "0 to 100. Received: None"),
    "a word as bias": ("abc", {"bias": "1"}, "bias must be .*Received: '1'"),
    "no points": ("abc", {"max_points": 0}, "1 to 20000. Received: 0"),
    "points": ("abc", {"max_points": 10**9}, "20000. Received: 1000000000"),
    "half a point": ("abc", {"max_points": 1.5}, "max_points must be a whole"),
    "words of points": ("abc", {"max_points": "9"}, "20000. Received: '9'"),
    "seed": ("abc", {"seed": -1}, "seed must be .* 0 or more. Received: -1"),
    "half a seed": ("abc", {"seed": 1.5}, "whole number, 0 .*Received: 1.5"),
    "NaN as seed": ("abc", {"seed": np.nan}, "seed must be .*Received: nan"),
    "a word as seed": ("abc", {"seed": "1"}, "seed must be .*Received: '1'"),
    "None as seed": ("abc", {"seed": None}, "seed must be .*Received: None"),
    "no strokes": ("abc", {"prime": ([], "ab")}, "T at least 2"),
    "one point": ("abc", {"prime": (STROKES[:1], "ab")}, r"\(1, 3\)"),
    "flat strokes": ("abc", {"prime": ([1, 2], "ab")}, r"Received: \(2,\)"),
    "words": ("abc", {"prime": "ab"}, "strokes .* and their text"),
    "NaN": ("abc", {"prime": (NAN_STROKES, "ab")}, "point 1 is .nan.*finite"),
    "textless": ("abc", {"prime": (STROKES, "")}, "prime's text is empty"),
    "None": ("abc", {"prime": (STROKES, None)}, "prime's text must be a str"),
    "strange": ("abc", {"prime": (STROKES, "xyz")}, "does not know 'x', 'y'"),
    "long style": (
        "a" * 200,
        {"prime": (STROKES, "b" * 200)},
        "401 characters, the style's 201 included",
    ),
    "points of a style": (
        "abc",
        {"prime": (np.zeros((20_001, 3)), "ab")},
        "20001 points",
    ),
}


class NoServer:
    """Fails the test that reaches it."""

    def predict(self, *_):
        raise AssertionError("It asked the server.")


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("method", ["sample", "steps"])
def test_the_client_says_it_before_it_asks(metadata, case, method):
    from graves_tf.export.serving_client import ServingClient

    text, options, message = REFUSED[case]
    client = ServingClient("localhost:1", "golden", metadata)
    client.server = NoServer()
    with pytest.raises(ValueError, match=message) as caught:
        getattr(client, method)(text, **options)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("count", [-1, 1.5, np.nan, "2", None])
def test_attempts_that_are_no_number(metadata, count):
    from graves_tf.export.serving_client import ServingClient

    client = ServingClient("localhost:1", "golden", metadata)
    client.server = NoServer()
    with pytest.raises(ValueError, match="attempts must be a whole number, 1"):
        client.sample("abc", attempts=count)
    with pytest.raises(ValueError, match="attempt must be a whole number, 0"):
        client.steps("abc", attempt=count)


def test_metadata_that_is_none(tmp_path):
    from graves_tf.export.serving_client import ServingClient

    with pytest.raises(FileNotFoundError):
        ServingClient("localhost:1", "golden", tmp_path / "none.json")
    path = tmp_path / "graves_tf.json"
    for content, message in [
        ("[1", "not JSON"),
        ("[]", "assets.extra"),
        ('{"format": 99}', "assets.extra"),
        ('{"format": 1, "task": "text"}', "network for text"),
    ]:
        path.write_text(content)
        with pytest.raises(ValueError, match=message):
            ServingClient("localhost:1", "golden", path)


@pytest.mark.parametrize("address", ["", "ftp://x", "a:b:c", "localhost:x"])
def test_addresses_that_are_none(metadata, address):
    from graves_tf.export.serving_client import ServingClient

    with pytest.raises(ValueError, match="no address: give host:port"):
        ServingClient(address, "golden", metadata)


def test_options_that_are_none(metadata):
    from graves_tf.export.serving_client import ServingClient

    with pytest.raises(ValueError, match="rest, grpc, not 'smtp'"):
        ServingClient("localhost:1", "golden", metadata, protocol="smtp")
    for timeout in (0, np.nan, None, "9"):
        with pytest.raises(ValueError, match=f"positive, not {timeout!r}"):
            ServingClient("localhost:1", "golden", metadata, timeout=timeout)
    with pytest.raises(ValueError, match="version must be a whole number"):
        ServingClient("localhost:1", "golden", metadata, version="1")
    # No limit is more than the system's clocks take.
    client = ServingClient("localhost:1", "golden", metadata, timeout=np.inf)
    with pytest.raises(ConnectionError, match="cannot be asked"):
        client.write("ab")


def write_inputs(**changed):
    """A request of `write` that is good but for what is changed."""
    inputs = {
        "characters": [[1, 2, 3]],
        "bias": [0.5],
        "uniforms": [[[0.1, 0.2]] * 4],
        "normals": [[[0.1, 0.2]] * 4],
    }
    return {**inputs, **changed}


def prime_inputs(**changed):
    inputs = {
        "offsets": [[[1.0, 2.0, 0.0]] * 3],
        "lengths": [3],
        "characters": [[1, 2, 0, 3]],
    }
    return {**inputs, **changed}


NAN = float("nan")
BAD_REQUESTS = {
    "an empty text": (
        "write",
        write_inputs(characters=[[]]),
        "width of characters must be 1 to 300",
    ),
    "padding alone": (
        "write",
        write_inputs(characters=[[-1, -1]]),
        "empty, or begins with padding",
    ),
    "10,000 characters": (
        "write",
        write_inputs(characters=[[1] * 10_000]),
        "1 to 300; write line by line",
    ),
    "not in the alphabet": (
        "write",
        write_inputs(characters=[[1, 0x1F642]]),
        "numbers of the alphabet, 0 to 4",
    ),
    "a negative bias": ("write", write_inputs(bias=[-1.0]), "bias must be 0"),
    "a huge bias": ("write", write_inputs(bias=[1e30]), "bias must be 0 to"),
    "no bias": ("write", write_inputs(bias=[NAN]), "bias must be 0 to"),
    "no draws": (
        "write",
        write_inputs(uniforms=[[]], normals=[[]]),
        "must be|has shape",
    ),
    "NaN draws": (
        "write",
        write_inputs(normals=[[[NAN, 0.0]] * 4]),
        "normals must be finite",
    ),
    "draws that are none": (
        "write",
        write_inputs(uniforms=[[[0.1, 1.0]] * 4]),
        "uniforms must be",
    ),
    "draws that are fewer": (
        "write",
        write_inputs(normals=[[[0.1, 0.2]] * 3]),
        "as many as uniforms",
    ),
    "rows that differ": (
        "write",
        write_inputs(bias=[0.5, 0.5]),
        "as many rows",
    ),
    "no strokes": ("prime", prime_inputs(lengths=[0]), "without strokes"),
    "more than there are": (
        "prime",
        prime_inputs(lengths=[4]),
        "no more than there are offsets",
    ),
    "NaN strokes": (
        "prime",
        prime_inputs(offsets=[[[NAN, 0.0, 0.0]] * 3]),
        "offsets must be finite",
    ),
    "a style without its text": (
        "prime",
        prime_inputs(characters=[[-1, -1]]),
        "empty, or begins with padding",
    ),
    "a style without text": (
        "prime",
        {n: v for n, v in prime_inputs().items() if n != "characters"},
        "[Mm]issing",
    ),
    "no such signature": ("draw", write_inputs(), 'key "draw" not found'),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_the_server_answers_with_an_error_status(server, case):
    signature, inputs, message = BAD_REQUESTS[case]
    url = f"http://{server.rest}/v1/models/{server.name}:predict"
    body = {"signature_name": signature, "inputs": inputs}
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, json.dumps(body).encode(), timeout=20)
    assert caught.value.code in (400, 412)
    error = json.loads(caught.value.read())["error"]
    assert re.search(message, error), error


def test_a_state_that_is_none(server, served_model):
    from graves_tf.export.serving_grpc import GrpcServer

    golden = GrpcServer(server.grpc, server.name)
    characters = np.array([[1, 2, 3]], "int32")
    carried = golden.predict("init", {"characters": characters}, 20)
    carried["state_1"] = np.full_like(carried["state_1"], np.nan)
    draw = np.zeros((1, 2), "float32")
    inputs = {
        "characters": characters,
        "bias": np.zeros(1, "float32"),
        "uniforms": draw,
        "normals": draw,
        **carried,
    }
    with pytest.raises(ValueError, match=r"INVALID_ARGUMENT.*state_0, state_1"):
        golden.predict("step", inputs, 20)
    golden.close()


def test_a_model_that_is_not_served(server, metadata, connected):
    for protocol in ("rest", "grpc"):
        with connected(server, metadata, protocol) as client:
            client.server.model = "other"
            client.server._path = "/v1/models/other"
            with pytest.raises(ValueError, match="not found.*other"):
                client.write("cab")
