"""A layer's inputs times its kernel, in a narrow type both ways."""

from graves_tf.layers.custom_gradient import custom_gradient
from graves_tf.layers.products import outer_sum
from graves_tf.layers.products import product
from graves_tf.layers.products import transposed


def dense_product(x, kernel, dtype):
    """`product`, whose derivatives are such products too.

    Left to the backends, those would be products of float32 with `dtype`,
    which is to say of float32.

    Args:
        x: `(..., k)`.
        kernel: `(k, n)`.
        dtype: as in `product`.

    Returns:
        `(..., n)`.
    """
    if dtype in ("float32", "float64"):
        return product(x, kernel, dtype)

    @custom_gradient
    def run(x, kernel):
        def grad(dy):
            return (
                product(dy, transposed(kernel, dtype), dtype),
                outer_sum(x, dy, dtype),
            )

        return product(x, kernel, dtype), grad

    # Eager TensorFlow wants tensors here, not variables.
    return run(x, kernel + 0.0)
