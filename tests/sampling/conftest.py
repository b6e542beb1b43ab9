"""A network whose window moves at a speed that the test sets."""

import numpy as np
import pytest

from graves_tf.ink.alphabet import Alphabet
from graves_tf.networks import HandwritingSynthesizer


@pytest.fixture(scope="session")
def make_network():
    """`make_network(speed)`: κ_t = speed · t, whatever is written."""

    def make(speed=0.25, unknown=True, **arguments):
        network = HandwritingSynthesizer(
            hidden=(4, 3),
            num_mixtures=2,
            num_gaussians=1,
            alphabet=Alphabet(" abcd", unknown=unknown),
            offset_mean=(0.5, -1.0),
            offset_std=(2.0, 3.0),
            **arguments,
        )
        rng = np.random.default_rng(0)
        network.set_weights(
            [0.6 * rng.normal(size=w.shape) for w in network.weights]
        )
        window = network.lstms[0].window
        bias = np.array([0.0, 0.0, np.log(speed)])
        window.set_weights([np.zeros((4, 3)), bias])
        return network

    return make
