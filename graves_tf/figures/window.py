"""Fig. 13: where in the text the network was, while it wrote."""

from matplotlib.figure import Figure

from graves_tf.ink import attention

TEXT = "Thought that the muster from"
ROW = 0.17  # inches a character


def draw(material):
    """The window's weights above the ink; a matplotlib `Figure`."""
    (sample,) = material.write([TEXT])
    return draw_window(sample)


def draw_window(sample):
    """A `Figure` of φ(t, u) above, and below it the line it wrote.

    Time runs to the right, and the ink stands below the time at which it was
    written; characters run upward, and `end` is φ(t, U + 1).

    Args:
        sample: a `Sample`.
    """
    height = ROW * sample.phi.shape[1]
    figure = Figure(figsize=(8.0, height + 1.6), layout="constrained")
    window, ink = figure.subplots(
        2, 1, sharex=True, height_ratios=(height, 1.0)
    )
    length = len(sample.strokes)
    attention.draw_map(window, sample.phi, sample.text, ROW)
    attention.draw_ink(ink, sample.strokes)
    window.set_xlim(-0.5, length - 0.5)
    window.tick_params(labelbottom=True)
    return figure
