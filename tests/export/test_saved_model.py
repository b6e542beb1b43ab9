"""The SavedModel draws what Keras draws."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def signatures(saved_model):
    import tensorflow as tf

    return tf.saved_model.load(str(saved_model)).signatures


def test_the_test_line_is_a_line(line):
    assert np.abs(line.pens[..., :2]).max() < 1000
    assert set(np.unique(line.pens[..., 2])) == {0.0, 1.0}
    assert line.stops[:, 1:-1].any(axis=1).all()


def test_steps_draw_the_same_points(signatures, step_loop, line):
    pens, stops, phi = step_loop(signatures["init"], signatures["step"])
    np.testing.assert_allclose(pens, line.pens, atol=1e-4, rtol=1e-5)
    np.testing.assert_array_equal(stops, line.stops)
    np.testing.assert_allclose(phi, line.phi, atol=1e-5)


def test_write_draws_the_same_points_and_stops(signatures, line):
    drawn = signatures["write"](
        characters=line.characters,
        bias=line.bias,
        uniforms=line.uniforms,
        normals=line.normals,
    )
    length = drawn["length"].numpy()
    # The first stop after the first step: pens before it count.
    expected = 1 + line.stops[:, 1:].argmax(axis=1)
    np.testing.assert_array_equal(length, expected)
    assert drawn["finished"].numpy().all()
    pens, phi = drawn["pens"].numpy(), drawn["phi"].numpy()
    assert pens.shape == line.pens.shape and phi.shape == line.phi.shape
    for row, end in enumerate(length):
        np.testing.assert_allclose(
            pens[row, :end], line.pens[row, :end], atol=1e-4, rtol=1e-5
        )
        np.testing.assert_allclose(
            phi[row, :end], line.phi[row, :end], atol=1e-5
        )
        assert not pens[row, end:].any() and not phi[row, end:].any()


def test_a_request_without_a_name_writes(signatures):
    default = signatures["serving_default"]
    assert "pens" in default.structured_outputs


def test_write_is_bounded_by_the_draws(signatures, line):
    drawn = signatures["write"](
        characters=line.characters[:1],
        bias=line.bias[:1],
        uniforms=line.uniforms[:1, :4],
        normals=line.normals[:1, :4],
    )
    assert drawn["pens"].shape == (1, 4, 3)
    assert drawn["length"].numpy().tolist() == [4]
    assert drawn["finished"].numpy().tolist() == [False]


def test_what_the_signatures_do_not_say_is_beside_them(saved_model, network):
    from graves_tf.ink.alphabet import Alphabet

    file = saved_model / "assets.extra" / "graves_tf.json"
    entries = json.loads(file.read_text("utf-8"))
    assert Alphabet.from_config(entries["alphabet"]) == network.alphabet
    assert entries["offset_std"] == [41.0, 37.0]
    assert entries["states"] == {
        "state_0": 24,
        "state_1": 24,
        "state_2": network.alphabet.size,
        "state_3": 3,
        "state_4": 32,
        "state_5": 32,
        "state_6": 24,
        "state_7": 24,
        "state_8": 2,
    }


def test_saved_model_cli_runs_it(saved_model, line, tmp_path):
    arrays = {
        key: getattr(line, key)
        for key in ("characters", "bias", "uniforms", "normals")
    }
    inputs = []
    for key, array in arrays.items():
        np.save(tmp_path / f"{key}.npy", array)
        inputs.append(f"{key}={tmp_path / key}.npy")
    subprocess.run(
        [
            sys.executable,
            *("-m", "tensorflow.python.tools.saved_model_cli", "run"),
            *("--dir", saved_model, "--tag_set", "serve"),
            *("--signature_def", "write", "--inputs", ";".join(inputs)),
            *("--outdir", tmp_path),
        ],
        check=True,
        capture_output=True,
        # Off the device and out of the source root.
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        cwd=tmp_path,
    )
    pens, length = (np.load(tmp_path / f"{n}.npy") for n in ("pens", "length"))
    for row, end in enumerate(length):
        np.testing.assert_allclose(
            pens[row, :end], line.pens[row, :end], atol=1e-4, rtol=1e-5
        )


@pytest.fixture(scope="module")
def step_loop_program(compile_cpp):
    """`step_loop.cc`, compiled against the TensorFlow wheel."""
    return compile_cpp(pathlib.Path(__file__).with_name("step_loop.cc"))


def test_a_client_in_cpp_draws_the_same_points(
    step_loop_program, saved_model, line, tmp_path
):
    draws = np.concatenate([line.uniforms[0], line.normals[0]], axis=-1)
    draws.astype("float32").tofile(tmp_path / "draws")
    subprocess.run(
        [
            *(step_loop_program, saved_model),
            *(tmp_path / "draws", tmp_path / "pens", "9"),
            *(str(c) for c in line.characters[0]),
        ],
        check=True,
        capture_output=True,
    )
    pens = np.fromfile(tmp_path / "pens", "float32").reshape(-1, 3)
    np.testing.assert_allclose(pens, line.pens[0], atol=1e-4, rtol=1e-5)
