"""TensorFlow Serving's gRPC API, by `tensorflow-serving-api`.

That package needs TensorFlow: its protos are TensorFlow's. What is to run
without either takes `serving_rest.py`.
"""

from graves_tf.export.serving_refusal import reason


class GrpcServer:
    """A model on a server that speaks gRPC (its port is 8500 by default).

    Several threads may share one.

    Args:
        address: `host:port`.
        model: name that the server serves it by.
        version: int; None: its newest.

    Raises:
        ImportError: `tensorflow-serving-api` is not installed.
    """

    def __init__(self, address, model, version=None):
        try:
            import grpc
            from tensorflow_serving.apis import prediction_service_pb2_grpc
        except ImportError as error:
            raise ImportError(
                "gRPC needs tensorflow-serving-api: pip install "
                "'graves_tf[serving]'. REST (protocol='rest') needs nothing."
            ) from error
        self.address, self.model, self.version = address, model, version
        # Replies pass gRPC's own bound, 4 MB, with a line of 400 characters.
        unbounded = [
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
        ]
        self._channel = grpc.insecure_channel(address, options=unbounded)
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(
            self._channel
        )

    def predict(self, signature, inputs, timeout):
        """Ask for a signature's outputs.

        Args:
            signature: its name.
            inputs: dict of name to array, the rows first.
            timeout: seconds, for all of it.

        Returns:
            dict of name to array, of the types that the model gives.

        Raises:
            ValueError: the server refuses the request; it says why.
            TimeoutError: no whole reply came in time.
            ConnectionError: there is no such server, or it failed.
        """
        import grpc
        import tensorflow as tf
        from tensorflow_serving.apis import predict_pb2

        request = predict_pb2.PredictRequest()
        request.model_spec.name = self.model
        request.model_spec.signature_name = signature
        if self.version is not None:
            request.model_spec.version.value = self.version
        for name, array in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        try:
            reply = self._stub.Predict(request, timeout=timeout)
        except grpc.RpcError as error:
            raise self._told(error, timeout) from error
        return {n: tf.make_ndarray(t) for n, t in reply.outputs.items()}

    def close(self):
        """Close the connection."""
        self._channel.close()

    def _told(self, error, timeout):
        """What to raise for a call that failed."""
        import grpc

        code, message = error.code(), reason(error.details() or "")
        if code == grpc.StatusCode.DEADLINE_EXCEEDED:
            return TimeoutError(
                f"{self.address} gave no whole reply within {timeout:.3g} s. "
                "Ask for fewer points, or wait longer (timeout=…)."
            )
        if code in (
            grpc.StatusCode.INVALID_ARGUMENT,
            grpc.StatusCode.NOT_FOUND,
            grpc.StatusCode.FAILED_PRECONDITION,
        ):
            return ValueError(
                f"{self.address} refuses the request ({code.name}): {message}"
            )
        return ConnectionError(
            f"{self.address} cannot be asked ({code.name}: {message}). Does "
            "TensorFlow Serving run there, and is this its gRPC port?"
        )
