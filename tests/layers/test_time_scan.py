import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers.time_scan import time_scan

T, B = 5, 2
X = np.random.default_rng(0).normal(size=(T, B, 3)).astype("float32")
SHAPES = ((B, 3), (B,))


def step(carry, inputs):
    """Outputs that look like neither the carry nor the inputs."""
    total, count = carry
    (x,) = inputs
    total = 0.5 * total + x
    return (total, count + 1.0), (total * count, ops.sum(x, axis=-1))


def by_loop(x, reverse):
    total, count = np.ones((B, 3)), np.zeros((1,))
    outputs = [None] * T
    for t in reversed(range(T)) if reverse else range(T):
        total = 0.5 * total + x[t]
        outputs[t] = total * count, x[t].sum(axis=-1)
        count = count + 1
    return (total, count), [np.stack(y) for y in zip(*outputs, strict=True)]


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_is_a_loop(reverse):
    carry, outputs = time_scan(
        step,
        (ops.ones((B, 3)), ops.zeros((1,))),
        (ops.convert_to_tensor(X),),
        SHAPES,
        reverse=reverse,
    )
    expected = by_loop(X.astype("float64"), reverse)
    for part, values in zip((carry, outputs), expected, strict=True):
        for y, value in zip(part, values, strict=True):
            np.testing.assert_allclose(
                ops.convert_to_numpy(y), value, rtol=1e-5, atol=1e-6
            )


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("compile_as", ["eager", "graph", "xla"])
def test_output_over_an_input_is_a_loop_too(reverse, compile_as):
    def both(carry, inputs):
        scale, x = inputs
        total = 0.5 * carry[0] + x
        return (total,), (total * x, ops.sum(scale * x, axis=-1))

    def scan(x):
        scale = ops.ones((T, 1)) * 2.0
        return time_scan(
            both, (ops.ones((B, 3)),), (scale, x), SHAPES, reverse, over=1
        )

    if compile_as != "eager":
        if keras.backend.backend() != "tensorflow":
            pytest.skip("TensorFlow's graphs")
        import tensorflow as tf

        scan = tf.function(scan, jit_compile=compile_as == "xla")
    (last,), (products, sums) = scan(ops.convert_to_tensor(X))
    total, expected = np.ones((B, 3)), np.zeros((T, B, 3))
    for t in reversed(range(T)) if reverse else range(T):
        total = 0.5 * total + X[t]
        expected[t] = total * X[t]
    for actual, value in (
        (last, total),
        (products, expected),
        (sums, 2.0 * X.sum(axis=-1)),
    ):
        np.testing.assert_allclose(
            ops.convert_to_numpy(actual), value, rtol=1e-5, atol=1e-5
        )


def test_gradient(differentiate):
    def loss(scan):
        def of(x):
            carry, outputs = scan(x)
            return ops.sum(ops.square(outputs[0])) + ops.sum(carry[0])

        return of

    def scan(x):
        return time_scan(
            step, (ops.ones((B, 3)), ops.zeros((1,))), (x,), SHAPES
        )

    def loop(x):
        carry, outputs = (ops.ones((B, 3)), ops.zeros((1,))), []
        for t in range(T):
            carry, output = step(carry, (x[t],))
            outputs.append(output[0])
        return carry, [ops.stack(outputs)]

    value, (dx,), _ = differentiate(loss(scan), [X])
    expected, (dx_loop,), _ = differentiate(loss(loop), [X])
    assert value == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(dx, dx_loop, rtol=1e-4, atol=1e-5)
