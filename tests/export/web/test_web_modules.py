"""The page's modules do what the package's own do."""

import json

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow
SYMBOLS = [*" abcdefghijklmnopqrstuvwxyz,.ABC'\"-"]


def scribble(rng, points, slope=0.0):
    """Something like a line of writing, `(T, 3)`."""
    x = np.cumsum(rng.normal(20.0, 15.0, points))
    y = slope * x + np.cumsum(rng.normal(0.0, 30.0, points)) * 0.2
    y = y + 60 * np.sin(np.arange(points))
    lifts = (rng.random(points) < 0.1) | (np.arange(points) == points - 1)
    return np.stack([x, y, lifts], axis=1).round(2)


# --- random numbers ----------------------------------------------------------


def draws(modules, count, *key):
    rows = modules.run(
        "const { Draws } = await import('./draws.js');"
        "const draws = new Draws(...args[1]);"
        "return Array.from({ length: args[0] }, () => draws.next());",
        count,
        key,
    )
    return np.array([[*row["uniforms"], *row["normals"]] for row in rows])


def test_draws_are_uniform_and_normal(modules):
    from scipy import stats

    rows = draws(modules, 20000, 1, 0, 0)
    assert (rows[:, :2] >= 0).all() and (rows[:, :2] < 1).all()
    for column, distribution in zip(
        rows.T, "uniform uniform norm norm".split(), strict=True
    ):
        assert stats.kstest(column, distribution).pvalue > 1e-3
    correlation = np.corrcoef(np.concatenate([rows[1:], rows[:-1]], axis=1).T)
    assert np.abs(correlation - np.eye(8)).max() < 0.03
    np.testing.assert_array_equal(rows, rows.astype("float32"))


def test_draws_depend_on_seed_line_and_attempt(modules):
    keys = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (2**32 - 1, 0, 0)]
    first = [draws(modules, 3, *key) for key in keys]
    for i, one in enumerate(first):
        for other in first[:i]:
            assert not np.isclose(one, other).any()
    np.testing.assert_array_equal(first[0], draws(modules, 3, 0, 0, 0))


# --- text --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "  two  words ",
        "one\n\n two\r\nthree",
        "\n \none\n \n\n\ttwo\n\n",
        "a bb ccc dddd eeeee ffffff",
        "abcdefghijklmnop",
        "ab abcdefghijklmnop cd",
        "abcdefgh ijkl",
        "abcdefghi jklmnopqrst",
        "abcdefghij klmnopqrst",
        "abcdefghijk lm",
    ],
)
def test_lines_are_those_of_write(modules, text):
    from graves_tf.ink.alphabet import Alphabet
    from graves_tf.sampling.text_lines import prepare

    alphabet = Alphabet("".join(SYMBOLS), unknown=False)
    expected = prepare(text, alphabet, max_characters=10, paragraphs=True)
    assert modules.call("text.js", "prepare", text, SYMBOLS, 10) == expected


def test_typographic_marks_become_plain(modules):
    text = "\u201ca\u2019b\u201d \u2013 c\u2026"
    lines = modules.call("text.js", "prepare", text, SYMBOLS, 40)
    assert lines == ['"a\'b" - c...']


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "text is empty"),
        (" \n ", "text is empty"),
        ("a" * 10_000, "10000 characters; at most 1000"),
        ("\u05e9\u05dc\u05d5\u05dd", "does not know: \u05d5 \u05dc \u05dd"),
        ("hi \U0001f600", "does not know: \U0001f600"),
        ("a \U0001f469\u200d\U0001f52c", "know: \U0001f469\u200d\U0001f52c "),
        ("caf\u00e9", "does not know: \u00e9"),
        ("cafe\u0301", "does not know: e\u0301"),
    ],
)
def test_what_cannot_be_written_is_named(modules, text, message):
    with pytest.raises(RuntimeError, match=message):
        modules.call("text.js", "prepare", text, SYMBOLS, 40)


# --- ink ---------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_body_size_and_page(modules, seed):
    from graves_tf.ink.geometry import body_size
    from graves_tf.ink.page import set_page

    rng = np.random.default_rng(seed)
    lines = [
        scribble(rng, points, slope)
        for points, slope in [(90, 0.1), (8, 0.0), (120, -0.05)]
    ]
    listed = [line.tolist() for line in lines]
    sizes = [modules.call("geometry.js", "bodySize", line) for line in listed]
    np.testing.assert_allclose(sizes, [body_size(line) for line in lines])
    page = modules.call("page.js", "setPage", listed)
    expected = set_page(lines)
    for ours, theirs in zip(page["lines"], expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.02)


@pytest.mark.parametrize(
    "line", [[], [[3, 4, 1]], [[0, 0, 0], [50, 0, 1]]], ids=len
)
def test_little_ink_is_set_as_well(modules, line):
    from graves_tf.ink.page import set_page

    page = modules.call("page.js", "setPage", [line])
    (expected,) = set_page([np.array(line, float).reshape(-1, 3)])
    np.testing.assert_allclose(
        np.reshape(page["lines"][0], (-1, 3)), expected, atol=1e-3
    )


@pytest.mark.parametrize("points", [1, 2, 3, 40])
def test_curves(modules, points):
    from graves_tf.ink.curve import bezier

    stroke = scribble(np.random.default_rng(points), points)[:, :2]
    stroke = np.repeat(stroke, 1 + (np.arange(points) % 5 == 1), axis=0)
    ours = modules.call("curve.js", "bezier", stroke.tolist())
    np.testing.assert_allclose(np.reshape(ours, (-1, 4, 2)), bezier(stroke))


@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("text", ["two words", "a", "x" * 60])
def test_recording_units(modules, scale, text):
    from graves_tf.ink.line import Line
    from graves_tf.ink.recording_units import to_recording_units

    strokes = scribble(np.random.default_rng(3), 150)
    strokes[:, :2] *= scale
    ours = modules.call(
        "recording_units.js", "toRecordingUnits", strokes.tolist(), text
    )
    expected = to_recording_units(Line(strokes, text)).strokes
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-2)


def test_svg_is_one_path_a_stroke(modules):
    from lxml import etree

    strokes = scribble(np.random.default_rng(1), 80)
    page = modules.call("page.js", "setPage", [strokes.tolist()])
    options = {"penWidth": 0.2, "color": "#123456", "text": 'a <b> & "c"'}
    svg = etree.fromstring(
        modules.call("svg.js", "toSvg", page, options).encode()
    )
    paths = svg.findall(".//{*}path")
    assert len(paths) == strokes[:, 2].sum()
    assert svg.find("{*}title").text == options["text"]
    assert svg.find("{*}g").get("stroke") == "#123456"
    assert svg.find("{*}g").get("fill") == "none"
    left, top, width, height = map(float, svg.get("viewBox").split())
    placed = np.array(page["lines"][0])[:, :2]
    assert ([left, top] < placed.min(axis=0)).all()
    assert (placed.max(axis=0) < [left + width, top + height]).all()
    assert svg.get("width").endswith("mm")


def test_the_pad_reads_evenly_in_time(modules):
    readings = [
        {"x": x, "y": 2 * x, "time": 100 + time}
        for x, time in [(0, 0), (10, 5), (20, 45), (30, 80), (30, 200)]
    ]
    points = np.array(modules.call("pad.js", "evenly", readings))
    assert points[0].tolist() == [0, 0, 0] and points[-1, 2] == 1
    assert points[:-1, 2].sum() == 0
    times = np.arange(0, 201, 200 / 15)
    x = np.interp(times, [0, 5, 45, 80, 200], [0, 10, 20, 30, 30])
    # A pen at rest gives no more points.
    np.testing.assert_allclose(points[:, 0], np.unique(x), atol=1e-9)
    np.testing.assert_allclose(points[:, 1], 2 * points[:, 0])
    dot = modules.call("pad.js", "evenly", readings[:1])
    assert dot == [[0, 0, 1]]


# --- the network's file ------------------------------------------------------

UNPACK = """
const { unpack } = await import('./metadata.js');
const reply = await fetch('sampler.tflite');
let bytes = new Uint8Array(await reply.arrayBuffer());
bytes = (CHANGE)(bytes);
const { metadata, model } = unpack(bytes);
return { metadata, size: model.length };
"""


def test_metadata(modules, page_folder, network):
    from graves_tf.export.metadata import metadata

    reply = modules.run(UNPACK.replace("CHANGE", "(bytes) => bytes"))
    found = reply["metadata"]
    for key, value in json.loads(json.dumps(metadata(network))).items():
        assert key == "format" or found[key] == value
    size = (page_folder / "sampler.tflite").stat().st_size
    assert reply["size"] == found["model_bytes"] < size


@pytest.mark.parametrize(
    "change, message",
    [
        ("(bytes) => bytes.slice(0, 5000)", "only a part"),
        ("() => new Uint8Array(3)", "only a part"),
        ("(bytes) => { bytes[9999] ^= 1; return bytes; }", "damaged"),
    ],
)
def test_a_damaged_network_is_refused(modules, change, message):
    with pytest.raises(RuntimeError, match=message):
        modules.run(UNPACK.replace("CHANGE", change))
