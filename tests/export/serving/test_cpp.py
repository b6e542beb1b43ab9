"""The versioned folder in TensorFlow's C++ loader, every signature of it."""

import pathlib
import subprocess

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="session")
def program(compile_cpp):
    """`session_run.cc`, compiled against the TensorFlow wheel."""
    return compile_cpp(pathlib.Path(__file__).with_name("session_run.cc"))


@pytest.fixture
def run(program, tmp_path):
    """Runs a signature of a version's folder on named arrays."""
    import tensorflow as tf
    from tensorflow.core.framework import tensor_pb2

    def run(version, signature, inputs):
        folders = [tmp_path / x / signature for x in ("in", "out")]
        for folder in folders:
            folder.mkdir(parents=True)
        for name, array in inputs.items():
            proto = tf.make_tensor_proto(array)
            (folders[0] / name).write_bytes(proto.SerializeToString())
        ran = subprocess.run(
            [program, version, signature, *folders],
            capture_output=True,
            text=True,
        )
        if ran.returncode == 3:
            raise ValueError(ran.stderr)
        assert ran.returncode == 0, ran.stderr
        return {
            path.name: tf.make_ndarray(
                tensor_pb2.TensorProto.FromString(path.read_bytes())
            )
            for path in folders[1].iterdir()
        }

    return run


def test_a_primed_line(run, folder, primed, on_keras, style):
    """Prime, then write on, and the first of its points by a step as well."""
    version = folder / "1"
    start = run(
        version,
        "prime",
        {
            "offsets": primed.offsets[None],
            "lengths": np.array([len(primed.offsets)], "int32"),
            "characters": primed.characters,
        },
    )
    line = {"characters": primed.characters, "bias": primed.bias}
    draws = {"uniforms": primed.uniforms, "normals": primed.normals}
    written = run(version, "write_on", {**line, **draws, **start})
    first = {name: draw[:, 0] for name, draw in draws.items()}
    stepped = run(version, "step", {**line, **first, **start})
    np.testing.assert_allclose(stepped["pen"], written["pens"][:, 0], atol=1e-4)

    (expected,) = on_keras.write(
        ["cab a " * 4], bias=0.5, seed=10, styles=[style], attempts=1
    )
    length = written["length"][0]
    assert written["finished"][0] and length == len(expected.strokes) > 3
    points = np.cumsum(written["pens"][0, :length, :2], axis=0)
    np.testing.assert_allclose(
        points - points[0], expected.strokes[:, :2], atol=1e-4
    )


def test_two_lines_from_the_start(run, folder, primed):
    """`write` is `write_on` from `init`, of as many rows as there are."""
    version = folder / "1"
    line = {
        name: np.repeat(getattr(primed, name), 2, axis=0)
        for name in ("characters", "bias", "uniforms", "normals")
    }
    start = run(version, "init", {"characters": line["characters"]})
    written = run(version, "write", line)
    gone_on = run(version, "write_on", {**line, **start})
    assert len(written["pens"]) == 2
    for name, value in written.items():
        np.testing.assert_array_equal(gone_on[name], value, err_msg=name)


def test_what_it_refuses(run, folder, primed):
    with pytest.raises(ValueError, match="INVALID_ARGUMENT.*without strokes"):
        run(
            folder / "1",
            "prime",
            {
                "offsets": primed.offsets[None],
                "lengths": np.zeros(1, "int32"),
                "characters": primed.characters,
            },
        )
