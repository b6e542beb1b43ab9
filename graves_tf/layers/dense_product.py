"""A layer's inputs times its kernel, in a narrow type both ways."""

import itertools

from graves_tf.layers.custom_gradient import custom_gradient
from graves_tf.layers.products import outer_sum
from graves_tf.layers.products import product
from graves_tf.layers.products import transposed


def dense_product(x, kernel, dtype):
    """`product`, whose derivatives are such products too.

    Left to the backends, those would be products of float32 with `dtype`,
    which is to say of float32.

    Args:
        x: `(..., k)`; or a list of `(..., k_i)`, taken to be side by side
            without being copied there.
        kernel: `(k, n)`, or `(Σ k_i, n)`.
        dtype: as in `product`.

    Returns:
        `(..., n)`.
    """
    if isinstance(x, (list, tuple)):
        if len(x) == 1:
            return dense_product(x[0], kernel, dtype)
        ends = [0, *itertools.accumulate(part.shape[-1] for part in x)]
        return sum(
            dense_product(part, kernel[start:end], dtype)
            for part, (start, end) in zip(
                x, itertools.pairwise(ends), strict=True
            )
        )
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
