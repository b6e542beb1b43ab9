"""The figures whose rows are lines: Figs. 11, 15 to 21."""

import numpy as np
import pytest
from keras import ops

from graves_tf.figures import beside_real
from graves_tf.figures import bias_ladder
from graves_tf.figures import prediction_samples
from graves_tf.figures import primed
from graves_tf.figures.material import Material
from graves_tf.ink.geometry import split_strokes
from graves_tf.sampling.draws import Draws
from graves_tf.sampling.handwriting_sampler import HandwritingSampler
from graves_tf.sampling.pick import pick_point


def drawn(figure):
    """Label and ink of each row, from the top."""
    (axes,) = figure.axes
    assert len(axes.texts) == len(axes.collections)
    rows = zip(axes.texts, axes.collections, strict=True)
    return [(text.get_text(), ink) for text, ink in rows]


def assert_shows(ink, strokes):
    """A row is these strokes, moved."""
    ends = [
        path.vertices[[0, -1]] for path in ink.get_paths() if len(path.vertices)
    ]
    expected = [stroke[[0, -1]] for stroke in split_strokes(strokes)]
    assert len(ends) == len(expected)
    shift = ends[0][0] - expected[0][0]
    # A dot is drawn as a short line.
    np.testing.assert_allclose(
        np.array(ends) - shift, expected, atol=0.01 * np.ptp(strokes[:, :2])
    )


def assert_written(rows, network, texts, **options):
    samples = HandwritingSampler(network).write(texts, **options)
    for (_, ink), sample in zip(rows, samples, strict=True):
        assert_shows(ink, sample.strokes)


@pytest.mark.parametrize("bias", [0.0, 0.15])
def test_a_real_line_stands_above_its_text_generated(material, bias):
    rows = drawn(beside_real.draw(material, bias))
    labels = [label for label, _ in rows]
    block = ["real"] + [""] * beside_real.COUNT
    assert labels == block * 2
    generated = [row for row in rows if not row[0]]
    real = [ink for label, ink in rows if label]
    by_text = {line.text: line for line in material.lines("validation_1")}
    for ink, text in zip(real, beside_real.TEXTS, strict=True):
        assert_shows(ink, by_text[text].strokes)
    texts = [t for t in beside_real.TEXTS for _ in range(beside_real.COUNT)]
    assert_written(
        generated, material.network("synthesis"), texts, bias=bias, seed=0
    )


def test_primed_lines_follow_their_style(material):
    rows = drawn(primed.draw(material, primed.BIASED, 1.0))
    by_text = {line.text: line for line in material.lines("train")}
    styles = [by_text[text] for text in primed.STYLES]
    real = [ink for label, ink in rows if label == "real"]
    for ink, style in zip(real, styles, strict=True):
        assert_shows(ink, style.strokes)
    count = len(primed.BIASED)
    assert [label for label, _ in rows[: count + 1]] == ["real"] + [""] * count
    assert_written(
        [row for row in rows if not row[0]],
        material.network("synthesis"),
        list(primed.BIASED) * len(styles),
        styles=[style for style in styles for _ in primed.BIASED],
        bias=1.0,
        seed=0,
    )


def test_each_step_of_the_ladder_has_its_bias(weights):
    material = Material([weights["synthesis"]], seed=4)
    rows = drawn(bias_ladder.draw(material))
    labels = [label for label, _ in rows]
    assert labels[:3] == ["bias 0", "bias 0.1", "bias 0.5"]
    assert labels[-3:] == ["bias 10"] * 3
    assert_written(
        rows,
        material.network("synthesis"),
        [text for _, text in bias_ladder.LADDER],
        bias=[float(label.removeprefix("bias ")) for label in labels],
        seed=4,
    )


def test_prediction_samples_are_the_networks_steps(predictor):
    samples = prediction_samples.sample_points(predictor, 2, 12, seed=3)
    mean, std = np.array([8, 0, 0]), np.array([40, 36, 1])
    for line, strokes in enumerate(samples):
        uniforms, normals = Draws(3, line).take(12)
        state, pen = predictor.initial_state(1), np.zeros((1, 3), "float32")
        pens = []
        for uniform, normal in zip(uniforms, normals, strict=True):
            y, state = predictor.step(pen, state)
            zero = np.zeros(1, "float32")
            pen = pick_point(y, zero, uniform[None], normal[None])
            pens.append(ops.convert_to_numpy(pen)[0] * std + mean)
        pens = np.array(pens)
        assert strokes.shape == (13, 3)
        np.testing.assert_allclose(
            strokes[1:, :2], np.cumsum(pens[:, :2], axis=0), rtol=1e-4, atol=0.1
        )
        np.testing.assert_array_equal(strokes[1:-1, 2], pens[:-1, 2])


def test_prediction_samples_are_of_700_steps(weights):
    material = Material([weights["prediction"]])
    rows = drawn(prediction_samples.draw(material))
    network = material.network("prediction")
    samples = prediction_samples.sample_points(network, 8, 700, seed=0)
    for (label, ink), strokes in zip(rows, samples, strict=True):
        assert not label
        assert_shows(ink, strokes)
