import numpy as np

from graves_tf.figures import window
from graves_tf.figures.material import Material
from graves_tf.sampling.handwriting_sampler import HandwritingSampler


def test_the_window_stands_above_the_ink(weights):
    material = Material([weights["synthesis"]], seed=1)
    figure = window.draw(material)
    above, ink = figure.axes
    figure.draw_without_rendering()
    assert above.get_position().y0 > ink.get_position().y1
    labels = [label.get_text() for label in above.get_yticklabels()]
    assert labels == [*window.TEXT.replace(" ", "\u2423"), "end"]
    network = material.network("synthesis")
    (sample,) = HandwritingSampler(network).write([window.TEXT], seed=1)
    (image,) = above.images
    np.testing.assert_allclose(image.get_array(), sample.phi.T)
    assert image.origin == "lower"
    # One axis of time for both, with its numbers.
    assert above.get_xlim() == ink.get_xlim()
    assert any(label.get_text() for label in above.get_xticklabels())
