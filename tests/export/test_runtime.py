"""The runtime writes what `HandwritingSampler` writes, without Keras."""

import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

from graves_tf.export.runtime import Sampler

pytestmark = pytest.mark.tensorflow
TEXT = "Gone, by 9."


@pytest.fixture(scope="module")
def sampler(tflite_files):
    return Sampler(tflite_files["float32"])


@pytest.fixture(scope="module")
def on_keras(network):
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    return HandwritingSampler(network)


def same(sample, expected):
    np.testing.assert_allclose(
        sample.strokes, expected.strokes, atol=1e-3, rtol=1e-5
    )
    np.testing.assert_allclose(sample.phi, expected.phi, atol=1e-5)
    assert sample.finished == expected.finished
    assert sample.unvisited == expected.unvisited
    assert sample.attempts == expected.attempts
    assert sample.text == expected.text


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_writes_what_keras_writes(sampler, on_keras, seed, bias):
    sample = sampler.sample(TEXT, bias=bias, seed=seed)
    same(sample, on_keras.write([TEXT], bias=bias, seed=seed)[0])
    assert sample.strokes.dtype == np.float32
    assert sample.strokes[-1, 2] == 1.0


def test_primed_writes_what_keras_writes(sampler, on_keras):
    from graves_tf.ink.line import Line

    rng = np.random.default_rng(2)
    strokes = np.concatenate(
        [
            np.cumsum(rng.normal(8.0, 30.0, (14, 2)), axis=0) + 500,
            rng.random((14, 1)) < 0.3,
        ],
        axis=1,
    ).astype("float32")
    style = Line(strokes, "ab")
    sample = sampler.sample(TEXT, seed=1, prime=(strokes, "ab"), attempts=2)
    expected = on_keras.write([TEXT], seed=1, styles=[style], attempts=2)[0]
    same(sample, expected)


def test_a_bound_ends_a_line(sampler, on_keras):
    sample = sampler.sample(TEXT, max_points=5, attempts=1)
    assert len(sample.strokes) == 6 and not sample.finished
    same(sample, on_keras.write([TEXT], max_points=5, attempts=1)[0])


def test_steps_are_the_line_a_point_at_a_time(sampler):
    points = sampler.steps(TEXT, seed=1)
    first = next(points)
    assert first == (0.0, 0.0, 0.0)
    rest = np.array(list(points), "float32")
    strokes = sampler.sample(TEXT, seed=1, attempts=1).strokes
    np.testing.assert_array_equal(rest, strokes[1:])


def test_write_is_the_samples_strokes(sampler):
    strokes = sampler.write(TEXT, seed=4, attempts=1)
    sample = sampler.sample(TEXT, seed=4, attempts=1)
    np.testing.assert_array_equal(strokes, sample.strokes)


def test_lines_do_not_leak_into_each_other(sampler):
    before = sampler.write(TEXT, seed=4, attempts=1)
    sampler.write("Another line, and a longer one at that", attempts=1)
    after = sampler.write(TEXT, seed=4, attempts=1)
    np.testing.assert_array_equal(before, after)


def test_two_lines_at_once_are_refused(sampler):
    points = sampler.steps(TEXT)
    next(points)
    sampler.write(TEXT, attempts=1)
    with pytest.raises(RuntimeError, match="another line"):
        list(points)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_narrow_files_write(tflite_files, precision):
    sample = Sampler(tflite_files[precision]).sample(TEXT, attempts=1)
    assert len(sample.strokes) > 1 and np.isfinite(sample.strokes).all()


def test_strange_characters_are_named(sampler):
    with pytest.raises(ValueError, match="'é', '√'"):
        sampler.write("caf√é")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_text_is_refused(sampler, text):
    with pytest.raises(ValueError, match="empty"):
        sampler.steps(text)


@pytest.mark.parametrize("bias", [-1.0, np.nan])
def test_a_senseless_bias_is_refused(sampler, bias):
    with pytest.raises(ValueError, match="bias"):
        sampler.write(TEXT, bias=bias)


@pytest.mark.parametrize(
    "prime", ["ab", (np.zeros((4, 2)), "ab"), (np.zeros((1, 3)), "ab"), (3, 4)]
)
def test_a_senseless_prime_is_refused(sampler, prime):
    with pytest.raises(ValueError, match="prime"):
        sampler.write(TEXT, prime=prime)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Sampler(tmp_path / "nowhere.tflite")


def test_a_foreign_file(tmp_path):
    path = tmp_path / "foreign.tflite"
    path.write_bytes(b"TFL3" * 100)
    with pytest.raises(ValueError, match="not a sampler"):
        Sampler(path)


def test_half_a_file(tflite_files, tmp_path):
    path = tmp_path / "half.tflite"
    whole = tflite_files["int8"].read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="not a sampler"):
        Sampler(path)


def test_a_damaged_file(tflite_files, tmp_path):
    path = tmp_path / "damaged.tflite"
    whole = bytearray(tflite_files["int8"].read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="damaged"):
        Sampler(path)


def test_it_runs_alone(tflite_files, sampler, tmp_path):
    """A copy of the one file, with none of the big packages to be had."""
    from graves_tf.export import runtime

    shutil.copy(runtime.__file__, tmp_path / "runtime.py")
    model = shutil.copy(tflite_files["float32"], tmp_path)
    program = f"""
import sys
for name in ("tensorflow", "keras", "jax", "graves_tf"):
    sys.modules[name] = None
import numpy as np
from runtime import Sampler
strokes = Sampler({pathlib.Path(model).name!r}).write({TEXT!r}, seed=1)
np.save("strokes.npy", strokes)
"""
    (tmp_path / "main.py").write_text(program, "utf-8")
    # The test run itself keeps scripts' own folders off the path.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"}
    subprocess.run(
        [sys.executable, "main.py"], check=True, cwd=tmp_path, env=environment
    )
    np.testing.assert_array_equal(
        np.load(tmp_path / "strokes.npy"), sampler.write(TEXT, seed=1)
    )


def test_the_draws_are_those_of_sampling():
    from graves_tf.export.runtime import _draws
    from graves_tf.sampling.draws import Draws

    uniforms, normals = Draws(7, 0, 2).take(9)
    pairs = _draws(np.random.default_rng([7, 0, 2]), 9)
    np.testing.assert_array_equal(uniforms, [u for u, _ in pairs])
    np.testing.assert_array_equal(normals, [n for _, n in pairs])
