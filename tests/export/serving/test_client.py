"""`ServingClient` writes what Keras writes, over REST and over gRPC."""

import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


def same(sample, expected):
    assert sample.strokes.dtype == np.float32
    # A path of a thousand units: what its sum is accurate to.
    np.testing.assert_allclose(
        sample.strokes, expected.strokes, rtol=1e-5, atol=1e-3
    )
    np.testing.assert_allclose(sample.phi, expected.phi, atol=1e-5)
    for name in ("text", "finished", "unvisited", "runs_on", "attempts"):
        assert getattr(sample, name) == getattr(expected, name), name
    assert sample.longest_look == expected.longest_look


@pytest.mark.parametrize("seed", [0, 4])
@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_it_writes_what_keras_writes(client, on_keras, seed, bias):
    text = "cab a bc" * 3
    same(
        client.sample(text, bias=bias, seed=seed),
        on_keras.write([text], bias=bias, seed=seed)[0],
    )


@pytest.mark.parametrize("seed", [0, 4])
def test_it_writes_on_as_keras_does(client, on_keras, style, seed):
    sample = client.sample("cab bc", seed=seed, prime=style)
    same(sample, on_keras.write(["cab bc"], seed=seed, styles=[style])[0])
    plain = client.sample("cab bc", seed=seed)
    assert not np.array_equal(plain.strokes, sample.strokes)


def test_a_prime_is_strokes_and_a_text(client, style):
    np.testing.assert_array_equal(
        client.write("cab", prime=(style.strokes.tolist(), style.text)),
        client.write("cab", prime=style),
    )


@pytest.mark.parametrize("primed", [False, True])
def test_steps_are_the_line_a_point_at_a_time(client, style, primed):
    prime = style if primed else None
    sample = client.sample("cab bc", seed=1, prime=prime, attempts=1)
    points = list(client.steps("cab bc", seed=1, prime=prime))
    np.testing.assert_allclose(points, sample.strokes, atol=1e-4)


def test_a_bound_ends_a_line(client):
    sample = client.sample("cab" * 20, max_points=2, attempts=3)
    assert len(sample.strokes) == 3 and not sample.finished
    assert sample.attempts == 3
    assert len(list(client.steps("cab" * 20, max_points=2))) == 3


def test_a_version_may_be_named(server, metadata, connected):
    with connected(server, metadata, "rest", version=1) as client:
        assert len(client.write("cab")) > 1
    for protocol in ("rest", "grpc"):
        with connected(server, metadata, protocol, version=9) as client:
            with pytest.raises(ValueError, match="not found"):
                client.write("cab")


def test_over_rest_numpy_is_enough(server, metadata):
    """No TensorFlow, no Keras, no gRPC: not even installed."""
    code = f"""
import sys
for name in ("tensorflow", "keras", "grpc", "ai_edge_litert", "requests"):
    sys.modules[name] = None
from graves_tf.export.serving_client import ServingClient
client = ServingClient({server.rest!r}, {server.name!r}, {str(metadata)!r})
print(len(client.write("cab", seed=1)))
try:
    ServingClient("localhost:1", "x", {str(metadata)!r}, protocol="grpc")
except ImportError as error:
    print(error)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    points, missing = ran.stdout.splitlines()
    assert int(points) > 1
    assert "pip install 'graves_tf[serving]'" in missing
