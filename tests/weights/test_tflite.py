"""The shipped TFLite files: made from the network that ships, and they write.

Where one of these fails after a change of the network, of
`graves_tf.export` or of `graves_tf.sampling`, make the files anew:
`python -m graves_tf.weights.ship synthesis`.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

from graves_tf import weights
from graves_tf.export.runtime import Sampler
from graves_tf.export.runtime import read_metadata
from graves_tf.weights.ship import PRECISIONS


def sampler_file(precision):
    return weights.find(f"synthesis.{precision}.tflite")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_names_the_shipped_network(precision):
    metadata = read_metadata(sampler_file(precision), "synthesis")
    assert metadata["precision"] == precision
    assert metadata["keras_sha256"] == weights.sha256("synthesis")


def test_float16_draws_what_keras_draws():
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    how = {"bias": 1.0, "seed": 1, "attempts": 1}
    network = weights.load("synthesis")
    (expected,) = HandwritingSampler(network).write(["Hi"], **how)
    drawn = Sampler(sampler_file("float16")).sample("Hi", **how)
    # In the recording's units; a letter is some 200 high.
    np.testing.assert_allclose(
        drawn.strokes[:10], expected.strokes[:10], atol=1.0
    )
    assert drawn.finished and expected.finished


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_writes_without_keras_and_tensorflow(precision):
    program = """if True:
        import sys
        for name in ("keras", "tensorflow", "jax"):
            sys.modules[name] = None
        from graves_tf import weights
        from graves_tf.export.runtime import Sampler
        sampler = Sampler(weights.find(sys.argv[1]))
        sample = sampler.sample("Hello", bias=1.0, seed=1)
        assert sample.finished and not sample.unvisited, sample
        width, height = sample.strokes[:, :2].max(0)
        assert width > 100, sample.strokes
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, sampler_file(precision).name],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
