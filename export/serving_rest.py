"""TensorFlow Serving's REST API, by the standard library and numpy."""

import http.client
import json
import socket
import threading
import time
import urllib.parse

import numpy as np

from graves_tf.export.serving_refusal import reason


class RestServer:
    """A model on a server that speaks REST (its port is 8501 by default).

    Each call is a connection of its own: several threads may share one.

    Args:
        address: `host:port`, or a URL of http or https, such as
            `https://example.org/serving`.
        model: name that the server serves it by.
        version: int; None: its newest.

    Raises:
        ValueError: the address is none.
    """

    def __init__(self, address, model, version=None):
        url = address if "://" in address else f"http://{address}"
        parts = urllib.parse.urlsplit(url)
        try:
            self._port = parts.port
        except ValueError:
            parts = parts._replace(scheme="")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(
                f"{address!r} is no address: give host:port, such as "
                "localhost:8501, or a URL of http or https."
            )
        self.address, self.model = address, model
        self._host, self._https = parts.hostname, parts.scheme == "https"
        self._path = f"{parts.path.rstrip('/')}/v1/models/"
        self._path += urllib.parse.quote(model, safe="")
        if version is not None:
            self._path += f"/versions/{version:d}"

    def predict(self, signature, inputs, timeout):
        """Ask for a signature's outputs.

        Args:
            signature: its name.
            inputs: dict of name to array, the rows first.
            timeout: seconds, for all of it.

        Returns:
            dict of name to array: float32, int64 or bool.

        Raises:
            ValueError: the server refuses the request; it says why.
            TimeoutError: no whole reply came in time.
            ConnectionError: there is no such server, or it failed.
        """
        body = {
            "signature_name": signature,
            "inputs": {name: _as_lists(a) for name, a in inputs.items()},
        }
        status, reply = self._exchange(
            "POST", f"{self._path}:predict", json.dumps(body), timeout
        )
        content = self._content(status, reply)
        if not isinstance(content.get("outputs"), dict):
            raise ConnectionError(
                f"{self.address} answered without outputs: is it TensorFlow "
                f"Serving? {reply[:200]!r}"
            )
        return {n: _as_array(v) for n, v in content["outputs"].items()}

    def close(self):
        """Nothing is open between calls."""

    def _content(self, status, reply):
        """The JSON object of a reply, or the error that it tells of."""
        try:
            content = json.loads(reply)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise ConnectionError(
                f"{self.address} answered {status}, and no JSON: is it the "
                f"REST port of TensorFlow Serving? {reply[:200]!r}"
            )
        if status == 200:
            return content
        message = reason(str(content.get("error", reply[:200])))
        told = f"{self.address} refuses the request ({status}): {message}"
        if 400 <= status < 500 and status != 429:
            raise ValueError(told)
        raise ConnectionError(told)

    def _exchange(self, method, path, body, timeout):
        """Status and body of the reply, within `timeout` seconds."""
        kind = http.client.HTTPConnection
        if self._https:
            kind = http.client.HTTPSConnection
        end = time.monotonic() + timeout
        connection = kind(self._host, self._port, timeout=timeout)
        headers = {"Content-Type": "application/json"}
        timer = None
        try:
            connection.connect()
            # A socket's own time-out starts anew with each byte that comes.
            left = max(0.0, end - time.monotonic())
            timer = threading.Timer(left, _hang_up, [connection.sock])
            timer.daemon = True
            timer.start()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            status, reply = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() >= end or isinstance(error, TimeoutError):
                raise self._late(timeout) from error
            raise ConnectionError(
                f"{self.address} cannot be asked ({error or 'it hung up'}). "
                "Does TensorFlow Serving run there, and is this its REST port?"
            ) from error
        finally:
            if timer:
                timer.cancel()
            connection.close()
        # Hanging up may look like the reply's end.
        if time.monotonic() >= end:
            raise self._late(timeout)
        return status, reply

    def _late(self, timeout):
        return TimeoutError(
            f"{self.address} gave no whole reply within {timeout:.3g} s. Ask "
            "for fewer points, or wait longer (timeout=…)."
        )


def _hang_up(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # It has just been closed.


def _as_lists(array):
    """Nested lists; float32 as the shortest decimals that are read as it."""
    array = np.asarray(array)
    if array.dtype == np.float32:
        # Of the decimals: the double of a float32 has twice as many.
        flat = [float(str(x)) for x in array.ravel()]
        array = np.array(flat, "float64").reshape(array.shape)
    return array.tolist()


def _as_array(value):
    array = np.asarray(value)
    return array.astype("float32") if array.dtype.kind == "f" else array
