"""What the layers' tests share."""

import json

import keras
import numpy as np
import pytest


def _arrays(outputs):
    return [keras.ops.convert_to_numpy(y) for y in keras.tree.flatten(outputs)]


def _differentiate(f, inputs, variables=()):
    variables = list(variables)
    if keras.backend.backend() == "jax":
        import jax

        def scalar(inputs, values):
            mapping = list(zip(variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return f(*inputs)

        value, gradients = jax.jit(jax.value_and_grad(scalar, (0, 1)))(
            [jax.numpy.asarray(x) for x in inputs],
            [v.value for v in variables],
        )
    else:
        import tensorflow as tf

        tensors = [tf.convert_to_tensor(x) for x in inputs]
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = f(*tensors)
        gradients = tape.gradient(
            value, (tensors, [v.value for v in variables])
        )
    return float(value), *(
        [keras.ops.convert_to_numpy(d) for d in part] for part in gradients
    )


@pytest.fixture(scope="session")
def differentiate():
    """`differentiate(f, inputs, variables)`, on either backend.

    `f(*inputs)` is a scalar; it may use Keras variables. Returns its value,
    and its derivatives as arrays: a list for the inputs and one for the
    variables.
    """
    return _differentiate


@pytest.fixture(scope="session")
def check_layer():
    """What holds for every layer, whatever it computes.

    `check_layer(cls, arguments, inputs, outputs=[shapes], weights=[(name,
    shape)])` checks the shapes, eager and symbolic, the weights in their
    order, the config's round trip, and mixed precision.
    """

    def check(cls, arguments, inputs, outputs, weights, loose=0.05):
        layer = cls(**arguments)
        values = _arrays(layer(*inputs))
        assert [v.shape for v in values] == outputs
        symbolic = layer(*(keras.KerasTensor(x.shape, x.dtype) for x in inputs))
        symbolic = keras.tree.flatten(symbolic)
        assert [tuple(y.shape) for y in symbolic] == outputs
        assert [y.dtype for y in symbolic] == [str(v.dtype) for v in values]
        assert [(w.name, tuple(w.shape)) for w in layer.weights] == weights
        assert layer.trainable_weights == layer.weights

        config = json.loads(json.dumps(layer.get_config()))
        for name, value in arguments.items():
            assert config[name] == value
        again = cls.from_config(config)
        assert again.get_config() == layer.get_config()
        serialized = json.loads(
            json.dumps(keras.saving.serialize_keras_object(layer))
        )
        again = keras.saving.deserialize_keras_object(serialized)
        again(*inputs)
        again.set_weights(layer.get_weights())
        for value, same in zip(values, _arrays(again(*inputs)), strict=True):
            np.testing.assert_array_equal(same, value)

        mixed = cls(**arguments, dtype="mixed_bfloat16")
        symbolic = mixed(*(keras.KerasTensor(x.shape, x.dtype) for x in inputs))
        assert {str(w.dtype) for w in mixed.weights} == {"float32"}
        mixed.set_weights(layer.get_weights())
        outputs = keras.tree.flatten(mixed(*inputs))
        for value, near, spec in zip(
            values, outputs, keras.tree.flatten(symbolic), strict=True
        ):
            assert keras.backend.standardize_dtype(near.dtype) == spec.dtype
            near = keras.ops.convert_to_numpy(near).astype("float32")
            assert np.isfinite(near).all()
            np.testing.assert_allclose(near, value, atol=loose, rtol=loose)
        return layer

    return check
