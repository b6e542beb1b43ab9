"""Layers in float64: their derivatives against differences.

On TensorFlow: on JAX, Keras's own products round float64 to float32.
"""

import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import PeepholeLSTM
from graves_tf.layers import SoftWindow
from graves_tf.layers.windowed_lstm import WindowedLSTM

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="not on JAX, by Keras"
)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 6, 3))
HIDDEN = RNG.normal(size=(2, 5))
CHARACTERS = np.eye(4)[RNG.integers(0, 4, (2, 5))]
KAPPA = np.zeros((2, 3))
# Larger than any derivative here.
LOOSE = {"clip_gradient": 1e6, "dtype": "float64"}


@pytest.mark.parametrize(
    ("make", "inputs"),
    [
        (lambda: PeepholeLSTM(5, **LOOSE), [X]),
        (lambda: WindowedLSTM(5, num_gaussians=3, **LOOSE), [X, CHARACTERS]),
        (lambda: SoftWindow(3, dtype="float64"), [HIDDEN, CHARACTERS, KAPPA]),
    ],
    ids=["PeepholeLSTM", "WindowedLSTM", "SoftWindow"],
)
def test_derivatives(make, inputs):
    import tensorflow as tf

    layer = make()

    def loss():
        outputs = layer(*(ops.convert_to_tensor(x) for x in inputs))
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return sum(ops.sum(ops.sin(x)) for x in outputs)

    loss()
    variables = layer.trainable_variables
    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, [v.value for v in variables])
    for variable, gradient in zip(variables, gradients, strict=True):
        found = gradient.numpy()
        assert found.dtype == "float64"
        # Along one direction for all of a variable's elements.
        along = RNG.normal(size=found.shape)
        middle, step = ops.convert_to_numpy(variable).copy(), 1e-6
        sides = []
        for sign in (1, -1):
            variable.assign(middle + sign * step * along)
            sides.append(float(loss()))
        variable.assign(middle)
        difference = (sides[0] - sides[1]) / (2 * step)
        assert (found * along).sum() == pytest.approx(difference, rel=1e-6)
