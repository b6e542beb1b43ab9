"""The TFLite files draw what Keras draws."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

pytestmark = pytest.mark.tensorflow


def test_float32_draws_the_same_points(tflite_files, step_loop, line):
    interpreter = Interpreter(str(tflite_files["float32"]))
    pens, stops, phi = step_loop(
        interpreter.get_signature_runner("init"),
        interpreter.get_signature_runner("step"),
    )
    np.testing.assert_allclose(pens, line.pens, atol=1e-4, rtol=1e-5)
    np.testing.assert_array_equal(stops, line.stops)
    np.testing.assert_allclose(phi, line.phi, atol=1e-5)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_narrow_weights_draw_nearly_the_same(
    precision, tflite_files, step_loop, line
):
    interpreter = Interpreter(str(tflite_files[precision]))
    pens, _, phi = step_loop(
        interpreter.get_signature_runner("init"),
        interpreter.get_signature_runner("step"),
    )
    assert np.isfinite(pens).all() and np.isfinite(phi).all()
    # A step's error is small; later a component may be another's.
    first = np.abs(pens[:, 0, :2] - line.pens[:, 0, :2])
    assert first.max() < (0.1 if precision == "float16" else 4.0)


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("length", [1, 5, 70])
def test_batch_and_length_are_free(tflite_files, network, batch, length):
    from graves_tf.sampling.pen_step import pen_step

    interpreter = Interpreter(str(tflite_files["float32"]))
    rng = np.random.default_rng(length)
    characters = rng.integers(0, 80, (batch, length)).astype("int32")
    carried = interpreter.get_signature_runner("init")(characters=characters)
    inputs = {
        "pen": carried.pop("pen"),
        "characters": characters,
        "bias": np.full(batch, 0.5, "float32"),
        "uniforms": rng.random((batch, 2), "float32"),
        "normals": rng.standard_normal((batch, 2), "float32"),
    }
    out = interpreter.get_signature_runner("step")(**inputs, **carried)
    state = [carried[f"state_{i}"] for i in range(9)]
    pen, stop, phi, state = pen_step(network, *inputs.values(), state)
    np.testing.assert_allclose(out["pen"], pen, atol=1e-4, rtol=1e-5)
    np.testing.assert_array_equal(out["stop"], stop)
    np.testing.assert_allclose(out["phi"], phi, atol=1e-5)
    for i, expected in enumerate(state):
        np.testing.assert_allclose(out[f"state_{i}"], expected, atol=1e-5)


def test_only_builtin_operators(tflite_files):
    for path in tflite_files.values():
        interpreter = Interpreter(str(path))
        interpreter.allocate_tensors()
        names = {op["op_name"] for op in interpreter._get_ops_details()}
        assert not {name for name in names if name.startswith("Flex")}
        # It took a fifth of a batch's time: see the network's `one_hot`.
        assert "ONE_HOT" not in names


def test_step_is_the_primary_subgraph(tflite_files):
    interpreter = Interpreter(str(tflite_files["float32"]))
    names = {detail["name"] for detail in interpreter.get_input_details()}
    assert "step_pen:0" in names


def test_narrow_files_are_smaller(tflite_files):
    sizes = {p: path.stat().st_size for p, path in tflite_files.items()}
    assert sizes["int8"] < sizes["float16"] < 0.7 * sizes["float32"]


def test_an_unknown_precision_is_named(network, tmp_path):
    from graves_tf.export.tflite import export_tflite

    with pytest.raises(ValueError, match="int4"):
        export_tflite(network, tmp_path, ["int4"])
