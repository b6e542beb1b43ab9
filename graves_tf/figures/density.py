"""Figs. 10, 14: the output density while a word is written."""

from typing import NamedTuple

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from graves_tf.figures.word import find_word
from graves_tf.ink.geometry import body_size

# The paper's, here of the validation set.
WORD = "under"
SPLIT = "validation_1"
WIDTH = 7.0
PIXELS = 800
# Round the points, in the size of the writing.
MARGIN = 3.0
# Brightness is a power of the value: the blobs of a stroke are thousands of
# times as dense as those of where the pen comes down next.
MAP_GAMMA = 0.2
WEIGHT_GAMMA = 0.5
COLORS = "inferno"


class DensityMap(NamedTuple):
    """A sum of densities on a grid.

    Attributes:
        values: `(rows, columns)`: a square unit of the recording's.
        left, right, top, bottom: of the grid, y down.
    """

    values: np.ndarray
    left: float
    right: float
    top: float
    bottom: float


def draw(material, task):
    """A `Figure` of a network that reads a word of handwriting.

    Args:
        material: a `Material`.
        task: "prediction" for Fig. 10, "synthesis" for Fig. 14.
    """
    network = material.network(task)
    line, _, begin, end = find_word(material.lines(SPLIT), WORD)
    outputs = read_line(network, line)[begin:end]
    return draw_density(
        density_map(network, line.strokes[begin:end], outputs, PIXELS),
        component_weights(outputs),
    )


def read_line(network, line):
    """ŷ at every point of a line but the last: `(T - 1, 1 + 6M)`."""
    from graves_tf.batches import HandwritingBatches

    batches = HandwritingBatches(
        [line],
        network.offset_mean,
        network.offset_std,
        alphabet=getattr(network, "alphabet", None),
        batch_size=1,
    )
    inputs, _ = batches[0]
    return network.predict_on_batch(inputs)[0, : len(line.strokes) - 1]


def density_map(network, strokes, outputs, pixels):
    """Where the network expected each next point, summed over the points.

    Args:
        network: the handwriting network, for its normalisation.
        strokes: `(T, 3)`: the points.
        outputs: ŷ `(T, 1 + 6M)` or one less: what was predicted at each.
        pixels: columns of the grid.

    Returns:
        A `DensityMap`.
    """
    from keras import ops

    from graves_tf.losses import mdn_nll

    margin = MARGIN * body_size(strokes)
    left, top = strokes[:, :2].min(axis=0) - margin
    right, bottom = strokes[:, :2].max(axis=0) + margin
    step = (right - left) / pixels
    x = left + step * (np.arange(pixels) + 0.5)
    y = np.arange(top + step / 2, bottom, step)
    grid = np.stack(np.meshgrid(x, y), axis=-1)
    mean, std = np.array(network.offset_mean), np.array(network.offset_std)
    values = np.zeros(grid.shape[:2])
    outputs = np.array(outputs, "float32")
    # x3 = 0 for sure, so that the density is of x1, x2 alone.
    outputs[:, 0] = 1e3
    targets = np.zeros((*values.shape, 3), "float32")
    for point, output in zip(strokes, outputs, strict=False):
        targets[..., :2] = (grid - point[:2] - mean) / std
        nats = mdn_nll(targets, ops.convert_to_tensor(output[None, None]))
        values += np.exp(-ops.convert_to_numpy(nats))
    return DensityMap(
        values / std.prod(), left, right, top, top + len(y) * step
    )


def component_weights(outputs):
    """π `(T, M)` of ŷ `(T, 1 + 6M)` (Eq. 19)."""
    from keras import ops

    from graves_tf.losses import split_outputs

    _, pi, *_ = split_outputs(ops.convert_to_tensor(outputs))
    return ops.convert_to_numpy(ops.softmax(pi, axis=-1))


def draw_density(density, weights):
    """A `Figure`: the map above, below it each component's weight."""
    high = (density.bottom - density.top) / (density.right - density.left)
    figure = Figure(figsize=(WIDTH, WIDTH * high + 2.4), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(WIDTH * high, 2.0))
    above.imshow(
        density.values,
        extent=(density.left, density.right, density.bottom, density.top),
        cmap=COLORS,
        norm=PowerNorm(MAP_GAMMA),
    )
    above.set_axis_off()
    below.imshow(
        weights.T,
        aspect="auto",
        origin="lower",
        cmap=COLORS,
        norm=PowerNorm(WEIGHT_GAMMA, vmin=0.0, vmax=1.0),
        interpolation="nearest",
    )
    below.set(xlabel="points written", ylabel="component")
    return figure
