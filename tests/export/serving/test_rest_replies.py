"""The model over REST by hand, as curl asks it."""

import json
import urllib.request

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

ROW = {
    "characters": [1, 2, 3, -1],
    "bias": 0.5,
    "uniforms": [[0.1, 0.2], [0.9, 0.4]],
    "normals": [[0.3, -0.2], [-1.0, 0.7]],
}


def ask(server, path, body=None):
    url = f"http://{server.rest}/v1/models/{server.name}{path}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(url, data, timeout=20) as reply:
        return json.loads(reply.read())


def test_rows_and_columns_say_the_same(server):
    columns = {name: [value, value] for name, value in ROW.items()}
    path = "/versions/1:predict"
    outputs = ask(server, path, {"inputs": columns})["outputs"]
    predictions = ask(server, path, {"instances": [ROW, ROW]})["predictions"]
    assert set(outputs) == {"pens", "phi", "length", "finished"}
    for i, row in enumerate(predictions):
        assert row == {name: value[i] for name, value in outputs.items()}
    assert np.shape(outputs["pens"]) == (2, 2, 3)


def test_a_request_without_a_name_writes(server):
    named = ask(
        server, ":predict", {"signature_name": "write", "instances": [ROW]}
    )
    assert ask(server, ":predict", {"instances": [ROW]}) == named


def test_the_models_status(server):
    (version,) = ask(server, "")["model_version_status"]
    assert version["version"] == "1" and version["state"] == "AVAILABLE"
