import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers.products import outer_sum
from graves_tf.layers.products import product
from graves_tf.layers.products import repeated_product
from graves_tf.layers.products import transposed

# Small integers are exact in bfloat16, and so are their products in float32.
RNG = np.random.default_rng(0)
A = RNG.integers(-8, 9, (3, 2, 70)).astype("float32")
B = RNG.integers(-8, 9, (70, 5)).astype("float32")
DTYPES = ["float32", "bfloat16"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_product(dtype):
    result = product(ops.convert_to_tensor(A), B, dtype)
    assert keras.backend.standardize_dtype(result.dtype) == "float32"
    exact = A @ B
    if dtype == "bfloat16" and keras.backend.backend() == "tensorflow":
        # TensorFlow alone rounds the result too.
        np.testing.assert_allclose(
            ops.convert_to_numpy(result), exact, rtol=2**-8
        )
    else:
        np.testing.assert_array_equal(ops.convert_to_numpy(result), exact)


def test_operands_are_rounded():
    fine = ops.convert_to_tensor([[1.0 + 2**-12]])
    one = ops.convert_to_tensor([[1.0]])
    assert float(product(fine, one, "float32")[0, 0]) == 1 + 2**-12
    assert float(product(fine, one, "bfloat16")[0, 0]) == 1


@pytest.mark.parametrize("dtype", DTYPES)
def test_transposed(dtype):
    result = transposed(ops.convert_to_tensor(B), dtype)
    assert keras.backend.standardize_dtype(result.dtype) == dtype
    np.testing.assert_array_equal(
        ops.convert_to_numpy(ops.cast(result, "float32")), B.T
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_outer_sum(dtype):
    b = RNG.integers(-8, 9, (3, 2, 4)).astype("float32")
    result = outer_sum(
        ops.convert_to_tensor(A), ops.convert_to_tensor(b), dtype
    )
    expected = sum(
        np.outer(A[i, j], b[i, j]) for i in range(3) for j in range(2)
    )
    rough = dtype == "bfloat16" and keras.backend.backend() == "tensorflow"
    np.testing.assert_allclose(
        ops.convert_to_numpy(result), expected, rtol=2**-8 if rough else 0
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("rows", [None, 2, 40, 64, 71])
def test_repeated_product(rows, transpose, dtype):
    a = RNG.integers(-8, 9, (rows or 3, 5 if transpose else 70))
    a = a.astype("float32")
    times = repeated_product(ops.convert_to_tensor(B), rows, dtype, transpose)
    result = times(ops.convert_to_tensor(a))
    assert keras.backend.standardize_dtype(result.dtype) == "float32"
    rough = dtype == "bfloat16" and keras.backend.backend() == "tensorflow"
    np.testing.assert_allclose(
        ops.convert_to_numpy(result),
        a @ (B.T if transpose else B),
        rtol=2**-8 if rough else 0,
    )
