"""What an exported sampler's narrow weights cost, by `graves_tf.evaluate`."""

import json

import numpy as np
import pytest

from graves_tf import evaluate
from graves_tf import packed
from graves_tf.ink.line import Line


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A packed file of lines of several lengths."""
    rng = np.random.default_rng(0)
    lines = []
    for i, length in enumerate((7, 30, 31, 90, 12)):
        strokes = rng.normal(size=(length, 3)).cumsum(0) * 30
        strokes[:, 2] = rng.random(length) < 0.1
        lines.append(
            Line(strokes.astype("float32"), "Gone, by 9."[: 2 * i + 1])
        )
    path = tmp_path_factory.mktemp("data") / "a.npz"
    packed.save(path, {"validation_1": lines}, name="made", config="up")
    return path


@pytest.fixture
def score(data, capsys):
    def run(file):
        arguments = [str(file), "--data", str(data), "--batch-size", "2"]
        assert evaluate.main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_float32_costs_nothing(score, keras_file, tflite_files):
    expected, found = score(keras_file), score(tflite_files["float32"])
    assert found["sequences"] == 5 and found["points"] == expected["points"]
    for key in ("nats_per_sequence", "nats_per_point", "sse"):
        assert found[key] == pytest.approx(expected[key], rel=1e-4)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_narrow_weights_cost_something(score, tflite_files, precision):
    exact = score(tflite_files["float32"])["nats_per_point"]
    found = score(tflite_files[precision])["nats_per_point"]
    assert found != exact
    assert found == pytest.approx(exact, abs=0.2)


def test_a_file_that_is_none(data, tmp_path, capsys):
    path = tmp_path / "x.tflite"
    path.write_bytes(b"no model")
    assert evaluate.main([str(path), "--data", str(data)]) != 0
    assert "x.tflite is not a sampler" in capsys.readouterr().err
