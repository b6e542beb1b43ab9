"""Requests that a server puts together are answered as each alone."""

from concurrent import futures

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

TEXTS = ("cab", "a bc cab cab bc", "bc", "abc " * 8)


@pytest.fixture
def batching(served_model):
    """A server that waits for all of `TEXTS`, and its `Batcher`."""
    from batching import Batcher
    from stand_in import StandIn

    batcher = Batcher(served_model.run, len(TEXTS))
    with StandIn(served_model, "golden", run=batcher) as server:
        yield server, batcher


def at_once(function):
    """`function` of each text, each in a thread of its own."""
    with futures.ThreadPoolExecutor(len(TEXTS)) as pool:
        return list(pool.map(function, range(len(TEXTS))))


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
@pytest.mark.parametrize("primed", [False, True])
def test_lines_of_all_lengths(
    batching, on_keras, metadata, connected, style, protocol, primed
):
    server, batcher = batching
    # Styles of different lengths, too.
    styles = [
        style._replace(strokes=style.strokes[: 13 - 3 * i]) if primed else None
        for i in range(len(TEXTS))
    ]
    with connected(server, metadata, protocol) as client:
        samples = at_once(
            lambda i: client.sample(
                TEXTS[i], seed=i, prime=styles[i], attempts=1, max_points=20 + i
            )
        )
    assert batcher.sizes == [len(TEXTS)] * (2 if primed else 1)
    for i, sample in enumerate(samples):
        (expected,) = on_keras.write(
            [TEXTS[i]],
            seed=i,
            styles=[styles[i]],
            attempts=1,
            max_points=20 + i,
        )
        # Products of several rows are rounded otherwise than those of one.
        np.testing.assert_allclose(
            sample.strokes, expected.strokes, atol=1e-3, rtol=1e-5
        )
        np.testing.assert_allclose(sample.phi, expected.phi, atol=1e-5)
        assert sample.finished == expected.finished
        assert sample.unvisited == expected.unvisited
        assert sample.runs_on == expected.runs_on


def test_a_bad_request_fails_its_batch_and_no_other(
    batching, metadata, connected
):
    server, _ = batching
    with connected(server, metadata, "grpc") as client:
        bad = {
            "characters": np.array([[99]], "int32"),
            "bias": np.zeros(1, "float32"),
            "uniforms": np.zeros((1, 3, 2), "float32"),
            "normals": np.zeros((1, 3, 2), "float32"),
        }

        def ask(i):
            try:
                if i == 0:
                    return client.server.predict("write", bad, 20)
                return client.sample(TEXTS[i], attempts=1)
            except ValueError as error:
                return str(error)

        for answer in at_once(ask):
            assert "numbers of the alphabet" in answer
        good = at_once(lambda i: client.sample(TEXTS[i], attempts=1))
        assert all(len(sample.strokes) > 1 for sample in good)
