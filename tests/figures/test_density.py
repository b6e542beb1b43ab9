import numpy as np
import pytest
from keras import ops
from scipy.stats import multivariate_normal

from graves_tf.figures import density
from graves_tf.ink.offsets import to_offsets

MEAN, STD = np.array([8.0, 0.0]), np.array([40.0, 36.0])


def outputs_of(e, pi, mu, log_sigma, rho):
    """ŷ of one point from lists a component, `mu` and `log_sigma` of pairs."""
    mu, log_sigma = np.transpose(mu), np.transpose(log_sigma)
    return np.array(
        [e, *pi, *mu[0], *mu[1], *log_sigma[0], *log_sigma[1], *rho]
    )


def cells(found):
    """Centres `(rows, columns, 2)` of the map's cells, and their area."""
    rows, columns = found.values.shape
    width = (found.right - found.left) / columns
    height = (found.bottom - found.top) / rows
    x = found.left + width * (np.arange(columns) + 0.5)
    y = found.top + height * (np.arange(rows) + 0.5)
    return np.stack(np.meshgrid(x, y), axis=-1), width * height


def test_the_map_is_the_sum_of_the_mixtures(predictor, make_line):
    strokes = make_line("abc").strokes
    outputs = np.stack(
        [
            outputs_of(
                0.3,
                (0.0, 1.0, -0.5),
                ((0.1 * t, -0.2), (-0.5, 0.4), (0.0, 0.0)),
                ((-1.0, -1.5), (-0.3, -1.0), (0.2, 0.0)),
                (0.5, -1.0, 0.0),
            )
            for t in range(3)
        ]
    ).astype("float32")
    found = density.density_map(predictor, strokes[:3], outputs, pixels=120)
    grid, _ = cells(found)
    expected = np.zeros(found.values.shape)
    for point, y in zip(strokes, outputs.astype("float64"), strict=False):
        _, *parts = np.split(y, 1 + 3 * np.arange(6))
        pi, mu1, mu2, sigma1, sigma2, rho = parts
        pi = np.exp(pi) / np.exp(pi).sum()
        for j in range(3):
            s1, s2 = np.exp(sigma1[j]) * STD[0], np.exp(sigma2[j]) * STD[1]
            across = np.tanh(rho[j]) * s1 * s2
            expected += pi[j] * multivariate_normal(
                point[:2] + MEAN + STD * (mu1[j], mu2[j]),
                [[s1 * s1, across], [across, s2 * s2]],
            ).pdf(grid)
    np.testing.assert_allclose(found.values, expected, rtol=1e-3, atol=1e-12)


def test_mass_sits_where_the_points_go(predictor, make_line):
    """A network that knows each next point: one blob a point, there."""
    strokes = make_line("word").strokes
    offsets = (to_offsets(strokes)[:, :2] - MEAN) / STD
    sharp = np.log(4.0 / STD)
    outputs = np.stack(
        [
            outputs_of(9.0, (0.0,), (offset,), (sharp,), (0.0,))
            for offset in offsets
        ]
    ).astype("float32")
    found = density.density_map(predictor, strokes, outputs, pixels=300)
    grid, area = cells(found)
    assert found.values.sum() * area == pytest.approx(len(offsets), rel=1e-3)
    away = np.hypot(
        *(grid[..., None] - strokes[1:, :2].T).transpose(2, 3, 0, 1)
    )
    assert found.values.shape == away.shape[1:]
    near = away.min(axis=0) < 12
    assert found.values[near].sum() * area > 0.98 * len(offsets)
    # And none where the first point was: nothing predicted that.
    first = np.hypot(*(grid - strokes[0, :2]).transpose(2, 0, 1)) < 6
    assert found.values[first].max() < 0.01 * found.values.max()


def test_a_line_is_read_as_it_was_written(synthesizer, predictor, make_line):
    line = make_line("ab c")
    offsets = to_offsets(line.strokes)
    offsets[:, :2] = (offsets[:, :2] - MEAN) / STD
    pens = np.concatenate([np.zeros((1, 3)), offsets[:-1]]).astype("float32")
    characters = synthesizer.alphabet.encode(line.text)[None]
    for network in (synthesizer, predictor):
        state = network.initial_state(1)
        expected = []
        for pen in pens:
            if network is synthesizer:
                y, _, state = network.step(pen[None], characters, state)
            else:
                y, state = network.step(pen[None], state)
            expected.append(ops.convert_to_numpy(y)[0])
        found = density.read_line(network, line)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("task", ["prediction", "synthesis"])
def test_the_map_stands_above_the_weights(material, monkeypatch, task):
    monkeypatch.setattr(density, "PIXELS", 60)
    figure = density.draw(material, task)
    above, below = figure.axes
    figure.draw_without_rendering()
    assert above.get_position().y0 > below.get_position().y1
    (weights,) = below.images
    mixtures = material.network(task).num_mixtures
    # "under", of 8 points a letter.
    assert weights.get_array().shape == (mixtures, 40)
    np.testing.assert_allclose(weights.get_array().sum(axis=0), 1, atol=1e-5)
    (image,) = above.images
    left, right, bottom, top = image.get_extent()
    line = material.lines("validation_1")[0]
    word = line.strokes[32:72]
    assert left < word[:, 0].min() and word[:, 0].max() < right
    assert top < word[:, 1].min() and word[:, 1].max() < bottom
    assert above.get_ylim() == (bottom, top), "y runs down, as recorded"
