"""Handwriting from an exported network on a TensorFlow Serving server.

    client = ServingClient("localhost:8501", "writer", "graves_tf.json")
    strokes = client.write("hello world", bias=0.75, seed=1)

`graves_tf.json` lies in the `assets.extra` of the version that is served: it
has the alphabet. Over REST, the default, this needs numpy and no TensorFlow;
over gRPC it needs `tensorflow-serving-api`, `pip install 'graves_tf[serving]'`.

It draws what `graves_tf.sampling.HandwritingSampler` draws from the same seed.
"""

import json
import numbers
import pathlib
import time

from graves_tf.export.serving_grpc import GrpcServer
from graves_tf.export.serving_line import ServedLine
from graves_tf.export.serving_line import check_number
from graves_tf.export.serving_rest import RestServer
from graves_tf.ink.alphabet import Alphabet

PROTOCOLS = {"rest": RestServer, "grpc": GrpcServer}
_FORMAT = 1
# Seconds, eleven days: more than a system's clocks take.
LONGEST = 1e6


class ServingClient:
    """Writes texts by a model on a server. Several threads may share one.

    Args:
        address: `host:port`, for REST also a URL.
        model: name that the server serves the model by.
        metadata: path of its `graves_tf.json`, or the dict that is in it.
        protocol: `rest` or `grpc`.
        version: of the model; None: its newest.
        timeout: seconds that any one call may take, all that it asks of the
            server together; at most 1e6.

    Attributes:
        metadata: dict.
        server: a `RestServer` or a `GrpcServer`: `predict` asks for any
            signature, a text network's included.

    Raises:
        FileNotFoundError: there is no such `graves_tf.json`.
        ValueError: it is none of a handwriting network; or an unknown
            protocol, an address that is none, or a timeout that is not
            positive.
        ImportError: gRPC without `tensorflow-serving-api`.
    """

    def __init__(
        self,
        address,
        model,
        metadata,
        protocol="rest",
        version=None,
        timeout=60.0,
    ):
        if protocol not in PROTOCOLS:
            raise ValueError(
                f"The protocol must be one of {', '.join(PROTOCOLS)}, not "
                f"{protocol!r}."
            )
        if not (isinstance(timeout, numbers.Real) and timeout > 0):
            raise ValueError(f"The timeout must be positive, not {timeout!r}.")
        self.metadata = read_metadata(metadata)
        if version is not None:
            check_number("version", version, numbers.Integral, 0)
        self.timeout = min(timeout, LONGEST)
        self._alphabet = Alphabet.from_config(self.metadata["alphabet"])
        self.server = PROTOCOLS[protocol](address, model, version)

    def write(self, text, bias=0.5, seed=0, max_points=None, **more):
        """`sample(...).strokes`: `(T, 3)` float32, absolute."""
        return self.sample(text, bias, seed, max_points, **more).strokes

    def sample(
        self,
        text,
        bias=0.5,
        seed=0,
        max_points=None,
        prime=None,
        attempts=5,
    ):
        """Write a text as one line, by the signatures `prime` and `write`.

        Args:
            text: what to write.
            bias: b of Sec. 5.4: 0 draws from the network's own density, more
                is neater.
            seed: non-negative int; the same gives the same ink.
            max_points: bound of the line's points; by default 150 and 45 for
                each character. A line that has not come to its end there is
                returned as it is, not `finished`.
            prime: `(strokes, text)` of someone's line, to write on in its
                style (Sec. 5.5); strokes `(T, 3)` are absolute, y down, in
                the recording's units.
            attempts: how often the line is drawn, at most, until it is
                finished, no character was left out, no ink follows after the
                text, and the window lingers nowhere.

        Returns:
            The best `graves_tf.sampling.sample.Sample`.

        Raises:
            ValueError: what cannot be written, before anything is sent: an
                empty or too long text, characters that the network does not
                know, a bias, a seed, a bound or attempts that are out of
                range or no numbers, a prime that is not finite strokes and a
                text. Or what the server refuses.
            TimeoutError: the server did not answer in time.
            ConnectionError: it cannot be asked.
        """
        check_number("attempts", attempts, numbers.Integral, 1)
        ask = self._deadline()
        line = ServedLine(text, self._alphabet, bias, seed, max_points, prime)
        start = self._read(line, ask)
        best, attempt = None, 0
        while True:
            inputs = {**line.draws(attempt), **start}
            reply = ask("write_on" if start else "write", inputs)
            drawn, attempt = line.sample(reply), attempt + 1
            if best is None or drawn.shortfall < best.shortfall:
                best = drawn
            if best.good or attempt >= attempts:
                return best._replace(attempts=attempt)

    def steps(
        self, text, bias=0.5, seed=0, max_points=None, prime=None, attempt=0
    ):
        """The points of one line, each as soon as it is known.

        A request for each point: for what is drawn while it is written.

        Args:
            text, bias, seed, max_points, prime: as in `sample`.
            attempt: which of the attempts in `sample` this is.

        Returns:
            Iterator of tuples x, y, end-of-stroke. It raises as `sample`
            does; its `timeout` is each step's.
        """
        line = ServedLine(text, self._alphabet, bias, seed, max_points, prime)
        return self._points(line, line.draws(attempt))

    def close(self):
        """Close the connection."""
        self.server.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _points(self, line, inputs):
        uniforms, normals = inputs.pop("uniforms"), inputs.pop("normals")
        ask = self._deadline()
        carried = self._read(line, ask) or ask(
            "init", {"characters": line.characters}
        )
        x = y = 0.0
        point = None if line.style else (x, y, 0.0)
        for t in range(line.bound):
            drawn = {"uniforms": uniforms[:, t], "normals": normals[:, t]}
            reply = self._deadline()("step", {**inputs, **drawn, **carried})
            # The stop rule speaks of the pen that went in.
            if reply["stop"][0] > 0 and t:
                break
            carried = _carried(reply)
            dx, dy, lifts = (float(value) for value in reply["pen"][0])
            if point is None:
                point = (x, y, lifts)
                continue
            # One late: the last lifts the pen.
            yield point
            x, y = x + dx, y + dy
            point = (x, y, lifts)
        yield (x, y, 1.0)

    def _read(self, line, ask):
        """The pen and the state after the style; none without one."""
        if line.style is None:
            return {}
        return _carried(ask("prime", line.style))

    def _deadline(self):
        """A `predict` that has `timeout` seconds, all its calls together."""
        end = time.monotonic() + self.timeout

        def ask(signature, inputs):
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(
                    f"The line was not complete within {self.timeout:.3g} s. "
                    "Ask for fewer attempts or points, or wait longer "
                    "(timeout=…)."
                )
            return self.server.predict(signature, inputs, left)

        return ask


def _carried(reply):
    return {
        name: value
        for name, value in reply.items()
        if name == "pen" or name.startswith("state_")
    }


def read_metadata(source):
    """What an exported handwriting network says of itself.

    Args:
        source: path of its `graves_tf.json`, or the dict that is in it.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is none, or of another format or task.
    """
    metadata, where = source, "The metadata"
    if not isinstance(source, dict):
        where = pathlib.Path(source)
        try:
            metadata = json.loads(where.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{where} is not JSON: {error}") from error
    if not isinstance(metadata, dict) or metadata.get("format") != _FORMAT:
        raise ValueError(
            f"{where} is not the graves_tf.json of an export, of format "
            f"{_FORMAT}: it lies in the SavedModel's assets.extra."
        )
    if metadata.get("task") != "synthesis":
        raise ValueError(
            f"{where} is of a network for {metadata.get('task')}, and writing "
            "by hand takes one for synthesis. RestServer.predict or "
            "GrpcServer.predict asks for any signature."
        )
    return metadata
