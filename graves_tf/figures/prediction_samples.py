"""Fig. 11: what the prediction network writes, with no text to follow."""

import numpy as np

from graves_tf.figures.rows import Row
from graves_tf.figures.rows import draw_rows

COUNT = 8
POINTS = 700


def draw(material):
    """A `Figure` of unbiased samples of 700 steps."""
    network = material.network("prediction")
    samples = sample_points(network, COUNT, POINTS, material.seed)
    return draw_rows([[Row(strokes) for strokes in samples]])


def sample_points(network, count, points, seed):
    """Lines of so many steps, drawn from Pr(x_{t+1} | y_t).

    Args:
        network: a `HandwritingPredictor`.
        count: lines.
        points: steps of each.
        seed: as of `Draws`.

    Returns:
        List of `(points + 1, 3)` strokes, in the recording's units.
    """
    from keras import ops

    from graves_tf.layers.time_scan import time_scan
    from graves_tf.sampling.compiled import compiled
    from graves_tf.sampling.draws import Draws
    from graves_tf.sampling.pen_step import first_pen
    from graves_tf.sampling.pen_step import pen_step
    from graves_tf.sampling.sample import points_of

    bias = np.zeros(count, "float32")

    def step(carry, inputs):
        pen, *state = carry
        pen, _, _, state = pen_step(network, pen, None, bias, *inputs, state)
        return (pen, *state), (pen,)

    def run(pen, state, uniforms, normals):
        _, (pens,) = time_scan(
            step, (pen, *state), (uniforms, normals), ((count, 3),)
        )
        return pens

    draws = [Draws(seed, line).take(points) for line in range(count)]
    uniforms, normals = (np.stack(d, axis=1) for d in zip(*draws, strict=True))
    pens = compiled(network, run)(
        first_pen(network, count),
        network.initial_state(count),
        uniforms,
        normals,
    )
    pens = ops.convert_to_numpy(pens)
    return [points_of(pens[:, line], primed=False) for line in range(count)]
