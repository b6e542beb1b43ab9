"""Nothing hangs past its bound."""

import socket
import threading
import time

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow
# Seconds: more than any bound here, for a machine that is busy.
SOON = 30


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    """A server of a network whose window never moves, and its metadata."""
    pytest.importorskip("tensorflow_serving")
    from served_model import ServedModel
    from stand_in import StandIn

    from graves_tf.export.serving_folder import export_version
    from graves_tf.ink.alphabet import Alphabet
    from graves_tf.networks import HandwritingSynthesizer

    network = HandwritingSynthesizer(
        hidden=(4,),
        alphabet=Alphabet(" abc"),
        num_mixtures=2,
        num_gaussians=2,
        characters_per_point=1e-9,
    )
    for weight in network.weights:
        if "window/kernel" in weight.path:
            weight.assign(np.zeros(weight.shape))
    path = export_version(network, tmp_path_factory.mktemp("endless"))
    with StandIn(ServedModel(path.parent), "endless") as server:
        yield server, path / "assets.extra" / "graves_tf.json"


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
def test_a_model_that_never_stops(endless, connected, protocol):
    with connected(*endless, protocol) as client:
        sample = client.sample("cab", attempts=2, max_points=70)
        assert not sample.finished and sample.attempts == 2
        assert len(sample.strokes) == 71
        assert len(client.write("cab", attempts=1)) == 150 + 45 * 3 + 1
        assert len(list(client.steps("ab", max_points=20))) == 21


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
def test_a_server_that_takes_its_time(
    served_model, metadata, connected, protocol
):
    from stand_in import StandIn

    woken = threading.Event()

    def slow(signature, inputs):
        woken.wait(20)
        return served_model.run(signature, inputs)

    with StandIn(served_model, "slow", run=slow) as server:
        with connected(server, metadata, protocol, timeout=0.5) as client:
            begun = time.monotonic()
            with pytest.raises(TimeoutError, match=r"within 0\.\d+ s"):
                client.write("cab")
            assert time.monotonic() - begun < SOON
            woken.set()


def test_the_bound_is_that_of_all_attempts(endless, connected):
    """Each of the replies comes in time, and all of them do not."""
    from stand_in import StandIn

    server, metadata = endless

    def slow(signature, inputs):
        time.sleep(0.2)
        return server.model.run(signature, inputs)

    with StandIn(server.model, "slow", run=slow) as slow_server:
        with connected(slow_server, metadata, "rest", timeout=0.7) as client:
            begun = time.monotonic()
            with pytest.raises(TimeoutError):
                client.sample("cab", max_points=3, attempts=1000)
            assert time.monotonic() - begun < SOON


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips(metadata, reply):
    """Each byte comes in time, and the whole never does."""
    from graves_tf.export.serving_client import ServingClient

    listener = socket.create_server(("localhost", 0))
    done = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(reply)
                while not done.wait(0.05):  # Or until it is hung up on.
                    connection.sendall(b"x")
            except OSError:
                pass

    threading.Thread(target=drip, daemon=True).start()
    address = f"localhost:{listener.getsockname()[1]}"
    client = ServingClient(address, "golden", metadata, timeout=0.6)
    begun = time.monotonic()
    with pytest.raises(TimeoutError, match=r"no whole reply within 0\.\d+ s"):
        client.write("cab")
    assert time.monotonic() - begun < SOON
    done.set()
    listener.close()


@pytest.mark.parametrize("protocol", ["rest", "grpc"])
def test_nobody_is_there(metadata, protocol):
    pytest.importorskip("tensorflow_serving")
    from graves_tf.export.serving_client import ServingClient

    with socket.create_server(("localhost", 0)) as taken:
        address = f"localhost:{taken.getsockname()[1]}"
    client = ServingClient(
        address, "golden", metadata, protocol=protocol, timeout=25
    )
    begun = time.monotonic()
    with pytest.raises(ConnectionError, match="Does TensorFlow Serving run"):
        client.write("cab")
    assert time.monotonic() - begun < SOON
    client.close()


def test_somebody_else_is_there(metadata):
    from http import server

    from graves_tf.export.serving_client import ServingClient

    class Page(server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *_):
            pass

    with server.ThreadingHTTPServer(("localhost", 0), Page) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        address = f"localhost:{httpd.server_address[1]}"
        client = ServingClient(address, "golden", metadata, timeout=20)
        with pytest.raises(ConnectionError, match="no JSON"):
            client.write("cab")
        httpd.shutdown()
