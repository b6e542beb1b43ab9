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
    assert sample.runs_on == expected.runs_on
    assert sample.longest_look == expected.longest_look
    assert sample.complete == expected.complete
    assert sample.good == expected.good
    assert sample.attempts == expected.attempts
    assert sample.text == expected.text


def scribble(seed):
    """Someone's line of 14 points, `(14, 3)`."""
    rng = np.random.default_rng(seed)
    places = np.cumsum(rng.normal(8.0, 30.0, (14, 2)), axis=0) + 500
    lifts = rng.random((14, 1)) < 0.3
    return np.concatenate([places, lifts], axis=1).astype("float32")


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("bias", [0.0, 2.0])
def test_writes_what_keras_writes(sampler, on_keras, seed, bias):
    sample = sampler.sample(TEXT, bias=bias, seed=seed)
    same(sample, on_keras.write([TEXT], bias=bias, seed=seed)[0])
    assert sample.strokes.dtype == np.float32
    assert sample.strokes[-1, 2] == 1.0


def test_primed_writes_what_keras_writes(sampler, on_keras):
    from graves_tf.ink.line import Line

    strokes = scribble(2)
    style = Line(strokes, "ab")
    sample = sampler.sample(TEXT, seed=1, prime=(strokes, "ab"), attempts=2)
    expected = on_keras.write([TEXT], seed=1, styles=[style], attempts=2)[0]
    same(sample, expected)


def test_lines_side_by_side_are_what_keras_writes(sampler, on_keras):
    from graves_tf.ink.line import Line

    texts = [TEXT, "a", "Of many lengths, and more", "in it", "ab, cd", "Go."]
    bias = [0.5, 0.0, 1.0, 0.5, 2.0, 0.0]
    style = scribble(3)
    primes = [None, (style, "ab"), None, None, (style, "abc"), None]
    # Fewer rows than texts: each that ends makes room for another.
    samples = sampler.sample_lines(
        texts,
        bias,
        seed=5,
        max_points=40,
        primes=primes,
        attempts=3,
        first=7,
        batch_size=4,
    )
    expected = on_keras.write(
        texts,
        bias,
        seed=5,
        styles=[p and Line(*p) for p in primes],
        attempts=3,
        max_points=40,
        first=7,
    )
    for sample, line in zip(samples, expected, strict=True):
        same(sample, line)
    # One has no end within the bound, and was drawn again.
    assert len({sample.attempts for sample in samples}) > 1


@pytest.mark.parametrize("batch_size", [1, 3, 20])
def test_a_line_does_not_depend_on_its_neighbours(sampler, batch_size):
    texts = [TEXT, "A longer one than it", "b"] * 2
    samples = sampler.sample_lines(texts, seed=2, batch_size=batch_size)
    for number, (text, sample) in enumerate(zip(texts, samples, strict=True)):
        (alone,) = sampler.sample_lines([text], seed=2, first=number)
        same(alone, sample)


def test_the_first_of_lines_is_a_line_alone(sampler):
    first, second = sampler.write_lines([TEXT, TEXT], seed=4)
    alone = sampler.write(TEXT, seed=4)
    np.testing.assert_allclose(first, alone, atol=1e-3, rtol=1e-5)
    assert second.shape != alone.shape or np.abs(second - alone).max() > 1
    assert sampler.write_lines([]) == []


def test_what_is_amiss_is_said(sampler):
    """By the rules that Keras has, on the runtime's own ink."""
    from graves_tf.sampling.sample import longest_look
    from graves_tf.sampling.sample import runs_past_text

    texts = ["ab", "ab.", TEXT, "a b "] * 15
    found = set()
    for sample in sampler.sample_lines(texts, bias=0.0, attempts=1):
        args = sample.text, sample.strokes, sample.phi
        assert sample.runs_on is runs_past_text(*args)
        assert sample.longest_look == longest_look(sample.text, sample.phi)
        found.add((sample.runs_on, sample.good))
    assert found == {(True, False), (False, False), (False, True)}


def test_the_bound_of_ink_after_the_text_is_that_of_keras():
    from graves_tf.export import runtime
    from graves_tf.sampling import sample

    assert runtime._RUNS_ON == sample.RUNS_ON


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


def test_primed_steps_are_the_line_a_point_at_a_time(sampler):
    prime = (scribble(4), "ab")
    points = np.array(list(sampler.steps(TEXT, prime=prime)), "float32")
    strokes = sampler.sample(TEXT, prime=prime, attempts=1).strokes
    np.testing.assert_array_equal(points, strokes)
    np.testing.assert_array_equal(points[0, :2], 0.0)


@pytest.fixture(scope="module")
def endless(network, tmp_path_factory):
    """A sampler that never lifts the pen, and so never stops."""
    from graves_tf.export.tflite import export_tflite
    from graves_tf.run_folder import copy_of

    never = copy_of(network, "float32")
    bias = never.head.bias.numpy()
    # The end of a stroke is sigmoid(-e).
    bias[0] = 1e4
    never.head.bias.assign(bias)
    folder = tmp_path_factory.mktemp("endless")
    return Sampler(*export_tflite(never, folder, ["float32"]))


def test_a_model_that_never_stops_ends_at_the_bound(endless):
    text = "ab"
    sample = endless.sample(text, attempts=2)
    assert not sample.finished and sample.attempts == 2
    bound = 150 + 45 * len(text)
    assert len(sample.strokes) == bound + 1
    assert len(list(endless.steps(text))) == bound + 1
    for sample in endless.sample_lines([text, "a"], attempts=2):
        assert not sample.finished and sample.attempts == 2
        assert len(sample.strokes) == 150 + 45 * len(sample.text) + 1


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
    list(sampler.steps("another"))
    with pytest.raises(RuntimeError, match="another line"):
        list(points)


def test_steps_do_not_outlive_lines(sampler):
    points = sampler.steps(TEXT)
    next(points)
    sampler.write_lines([TEXT], attempts=1)
    with pytest.raises(RuntimeError, match="another line"):
        list(points)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_narrow_files_write(tflite_files, precision):
    sampler = Sampler(tflite_files[precision])
    texts = [TEXT, "A longer one than it", "ab"]
    samples = sampler.sample_lines(texts, attempts=1)
    for number, (text, sample) in enumerate(zip(texts, samples, strict=True)):
        assert len(sample.strokes) > 1 and np.isfinite(sample.strokes).all()
        # Each row is rounded on its own.
        (alone,) = sampler.sample_lines([text], first=number, attempts=1)
        same(alone, sample)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "empty"),
        ("  ", "empty"),
        (None, "string"),
        ("caf√é", "'é', '√'"),
        ("two\nlines", "n'"),
        ("שלום", "'ו', 'ל', 'ם', 'ש'"),
        ("hi 😀", "'😀'"),
        ("".join(map(chr, range(0x4E00, 0x4E40))), "…. Known"),
        ("a" * 10_000, "10000 characters.* 300"),
    ],
)
def test_what_cannot_be_written_is_refused(sampler, text, words):
    for refuse in (sampler.write, sampler.steps):
        with pytest.raises(ValueError, match=words):
            refuse(text)
    with pytest.raises(ValueError, match=f"Text 1: .*{words}"):
        sampler.write_lines([TEXT, text])


@pytest.mark.parametrize(
    "option, value, words",
    [
        *(("bias", b, "bias") for b in (-1.0, np.nan, np.inf, 1e30, "x", None)),
        *(("seed", s, "seed") for s in (-1, 1.5, np.nan, "1", None)),
        *(("max_points", m, "max_points") for m in (0, -1, 10**9, 1.5)),
    ],
)
def test_what_is_out_of_range_is_refused(sampler, option, value, words):
    for refuse in (sampler.write, sampler.steps):
        with pytest.raises(ValueError, match=f"{words} must be .* Received"):
            refuse(TEXT, **{option: value})
    with pytest.raises(ValueError, match=f"Text 0: .*{words} must be"):
        sampler.write_lines([TEXT], **{option: value})


@pytest.mark.parametrize("count", [-1, 1.5, np.nan, "2", None])
def test_attempts_that_are_no_number_are_refused(sampler, count):
    words = "attempts must be a whole number, 1 or more. Received"
    with pytest.raises(ValueError, match=words):
        sampler.write(TEXT, attempts=count)
    with pytest.raises(ValueError, match=words):
        sampler.write_lines([TEXT], attempts=count)
    with pytest.raises(ValueError, match="attempt must be a whole number, 0"):
        sampler.steps(TEXT, attempt=count)


def spoilt(value):
    strokes = scribble(0)
    strokes[3, 1] = value
    return strokes


@pytest.mark.parametrize(
    "prime, words",
    [
        ("ab", "strings?|must be strokes"),
        (3, "must be strokes"),
        ((3, 4), "string"),
        ((scribble(0),), "must be strokes"),
        ((scribble(0), ""), "text is empty"),
        ((scribble(0), None), "string"),
        ((scribble(0), "😀"), "'😀'"),
        ((scribble(0), "a" * 300), "301 characters|prime's included"),
        (([], "ab"), "T at least 2"),
        ((None, "ab"), "T at least 2"),
        ((np.zeros((4, 2)), "ab"), r"\(T, 3\).*\(4, 2\)"),
        ((np.zeros((1, 3)), "ab"), "T at least 2"),
        ((np.zeros((20_001, 3)), "ab"), "20001 points"),
        ((spoilt(np.nan), "ab"), "point 3 .* finite"),
        ((spoilt(np.inf), "ab"), "point 3 .* finite"),
        ((spoilt(-1e33), "ab"), "point 3 .* finite"),
    ],
)
def test_a_senseless_prime_is_refused(sampler, prime, words):
    with pytest.raises(ValueError, match=words):
        sampler.write(TEXT, prime=prime)
    with pytest.raises(ValueError, match=words):
        sampler.steps(TEXT, prime=prime)


@pytest.mark.parametrize(
    "texts, options, words",
    [
        (TEXT, {}, "list"),
        (["a", "b"], {"bias": [1.0, 2.0, 3.0]}, "2 texts, but 3 biases"),
        (["a", "b"], {"primes": [None]}, "1 primes"),
        (["a"], {"batch_size": 0}, "batch_size"),
        (["a", "b"], {"bias": [0.5, -1.0]}, "Text 1: .*bias"),
        (["a", "b"], {"primes": [None, "x"]}, "Text 1: .*prime"),
    ],
)
def test_lines_that_make_no_sense_are_refused(sampler, texts, options, words):
    with pytest.raises(ValueError, match=words):
        sampler.write_lines(texts, **options)


def test_the_bounds_are_those_of_a_server():
    from graves_tf.export import runtime
    from graves_tf.export import serving_limits

    for name in ("MAX_CHARACTERS", "MAX_POINTS", "MAX_BIAS"):
        assert getattr(runtime, name) == getattr(serving_limits, name)


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


def test_the_draws_are_those_of_sampling(sampler):
    from graves_tf.export.runtime import _Line
    from graves_tf.sampling.draws import Draws

    line = _Line(sampler, TEXT, 0.5, 7, None, None, number=3, attempt=2)
    for drawn, expected in zip(
        line.draws(9), Draws(7, 3, 2).take(9), strict=True
    ):
        np.testing.assert_array_equal(drawn, expected)
