"""A stand-in for TensorFlow Serving, on one model: tests only.

It speaks what `tensorflow_model_server` speaks of `Predict` and of the model's
status: gRPC in TensorFlow Serving's own protos, and REST in its JSON, both
`inputs` (columns) and `instances` (rows), its statuses and its error replies.
"""

import json
import re
import threading
from concurrent import futures
from http import server

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import get_model_status_pb2
from tensorflow_serving.apis import model_service_pb2_grpc
from tensorflow_serving.apis import predict_pb2
from tensorflow_serving.apis import prediction_service_pb2_grpc

# Of gRPC's codes, those that the model server maps to HTTP's.
HTTP_STATUS = {3: 400, 4: 504, 5: 404, 9: 412, 13: 500, 14: 503}
PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/(\d+))?(:predict)?")


class StandIn:
    """A server of both protocols, on ports of its own choice.

    Args:
        model: a `ServedModel`.
        name: to serve it by.
        run: what runs a request instead of `model.run`.

    Attributes:
        rest, grpc: addresses, `host:port`.
    """

    def __init__(self, model, name, run=None):
        self.model, self.name, self.run = model, name, run or model.run
        unbounded = [("grpc.max_receive_message_length", -1)]
        self._grpc = grpc.server(
            futures.ThreadPoolExecutor(8), options=unbounded
        )
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            _Prediction(self), self._grpc
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            _Models(self), self._grpc
        )
        self.grpc = f"localhost:{self._grpc.add_insecure_port('localhost:0')}"
        handler = type("Handler", (_Rest,), {"stand_in": self})
        self._rest = server.ThreadingHTTPServer(("localhost", 0), handler)
        self._rest.daemon_threads = True
        self.rest = f"localhost:{self._rest.server_address[1]}"

    def __enter__(self):
        self._grpc.start()
        threading.Thread(target=self._rest.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._grpc.stop(None)
        self._rest.shutdown()
        self._rest.server_close()

    def found(self, name, version):
        """Refuse what is not served."""
        if name != self.name or version not in (None, self.model.version):
            raise tf.errors.NotFoundError(
                None, None, f"Servable not found for request: {name}"
            )

    def predict(self, signature, inputs):
        self.model.signature(signature)
        return self.run(signature or "serving_default", inputs)


class _Prediction(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, stand_in):
        self._stand_in = stand_in

    def Predict(self, request, context):  # noqa: N802
        spec = request.model_spec
        version = spec.version.value if spec.HasField("version") else None
        try:
            self._stand_in.found(spec.name, version)
            outputs = self._stand_in.predict(
                spec.signature_name,
                {n: tf.make_ndarray(t) for n, t in request.inputs.items()},
            )
        except tf.errors.OpError as error:
            code = next(
                c for c in grpc.StatusCode if c.value[0] == error.error_code
            )
            context.abort(code, error.message)
        reply = predict_pb2.PredictResponse()
        reply.model_spec.CopyFrom(spec)
        reply.model_spec.version.value = self._stand_in.model.version
        wanted = list(request.output_filter) or list(outputs)
        for name in wanted:
            reply.outputs[name].CopyFrom(tf.make_tensor_proto(outputs[name]))
        return reply


class _Models(model_service_pb2_grpc.ModelServiceServicer):
    def __init__(self, stand_in):
        self._stand_in = stand_in

    def GetModelStatus(self, request, context):  # noqa: N802
        reply = get_model_status_pb2.GetModelStatusResponse()
        reply.model_version_status.add(
            version=self._stand_in.model.version,
            state=get_model_status_pb2.ModelVersionStatus.AVAILABLE,
        )
        return reply


class _Rest(server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        self._answer(self._status)

    def do_POST(self):  # noqa: N802
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        self._answer(lambda: self._predict(body))

    def log_message(self, *_):
        pass

    def _answer(self, respond):
        try:
            match = PATH.fullmatch(self.path)
            if match is None:
                raise tf.errors.InvalidArgumentError(
                    None, None, f"Malformed request: {self.path}"
                )
            name, version, _ = match.groups()
            self.stand_in.found(name, int(version) if version else None)
            content = respond()
            status = 200
        except tf.errors.OpError as error:
            status = HTTP_STATUS.get(error.error_code, 500)
            content = json.dumps({"error": error.message})
        payload = content.encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
        except OSError:
            pass  # The client is gone.

    def _status(self):
        return json.dumps(
            {
                "model_version_status": [
                    {
                        "version": str(self.stand_in.model.version),
                        "state": "AVAILABLE",
                        "status": {"error_code": "OK", "error_message": ""},
                    }
                ]
            }
        )

    def _predict(self, body):
        try:
            request = json.loads(body)
        except ValueError as error:
            raise _invalid(f"JSON Parse error: {error}") from error
        signature = request.get("signature_name", "")
        specs = self.stand_in.model.signature(signature).inputs
        rows = "instances" in request
        if rows:
            if any(set(row) != set(specs) for row in request["instances"]):
                raise _invalid(f"keys must be equal to: {','.join(specs)}")
            inputs = {
                n: [row[n] for row in request["instances"]] for n in specs
            }
        elif "inputs" in request:
            inputs = request["inputs"]
            if not isinstance(inputs, dict):
                inputs = {next(iter(specs)): inputs}
        else:
            raise _invalid("Missing 'inputs' or 'instances' key")
        for name in specs:
            if name not in inputs:
                raise _invalid(f"Missing named input: {name} in 'inputs'")
        outputs = self.stand_in.predict(
            signature, {n: _tensor(n, inputs[n], specs[n]) for n in specs}
        )
        values = {n: _values(a) for n, a in outputs.items()}
        if not rows:
            return json.dumps({"outputs": values}, indent=1)
        names = list(values)
        each = zip(*(values[n] for n in names), strict=True)
        return json.dumps(
            {"predictions": [dict(zip(names, r, strict=True)) for r in each]},
            indent=1,
        )


def _invalid(message):
    return tf.errors.InvalidArgumentError(None, None, message)


def _tensor(name, value, info):
    wanted = tf.as_dtype(info.dtype)
    try:
        array = np.array(value)
    except ValueError as error:
        raise _invalid(f"{name}: list at unexpected size") from error
    if array.size and array.dtype.kind not in (
        "iu" if wanted.is_integer else "iuf"
    ):
        raise _invalid(
            f"JSON Value: {str(value)[:40]} is not of expected type: "
            f"{wanted.name}"
        )
    return array.astype(wanted.as_numpy_dtype)


def _values(array):
    if array.dtype == np.float32:
        flat = [float(str(x)) for x in array.ravel()]
        array = np.array(flat, "float64").reshape(array.shape)
    return array.tolist()
