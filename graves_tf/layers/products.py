"""Matrix products whose operands may be narrower than their result."""

import keras
from keras import ops


def product(a, b, dtype="float32"):
    """`a @ b` with the operands in `dtype` and the result in float32.

    With `dtype="bfloat16"` this is what a matrix unit does best: half the
    bytes in, float32 sums out. Float64 and float32 operands are left alone.

    Args:
        a: `(..., m, k)`.
        b: `(k, n)`.
        dtype: the operands' type, a layer's `compute_dtype`.

    Returns:
        `(..., m, n)`, float32 (float64 where `dtype` is).
    """
    a, b = ops.cast(a, dtype), ops.cast(b, dtype)
    if dtype in ("float32", "float64"):
        return ops.matmul(a, b)
    if keras.backend.backend() == "jax":
        import jax.numpy as jnp

        return jnp.matmul(a, b, preferred_element_type=jnp.float32)
    return ops.cast(ops.matmul(a, b), "float32")


def transposed(a, dtype="float32"):
    """`a (m, n)` transposed, cast, and laid out in memory as it reads.

    XLA's CPU products of narrow types are more than twice as slow on an
    operand that is transposed by its strides alone.
    """
    a = ops.transpose(ops.cast(a, dtype))
    if dtype in ("float32", "float64") or keras.backend.backend() != "jax":
        return a
    from jax.experimental import layout

    return layout.with_layout_constraint(
        a, layout.Layout(major_to_minor=(0, 1))
    )


def outer_sum(a, b, dtype="float32"):
    """The sum over all leading axes of `a`'s and `b`'s outer products.

    The gradient of a kernel, in one product: `a (..., m)`, `b (..., n)` give
    `(m, n)`.
    """
    a = ops.reshape(a, (-1, ops.shape(a)[-1]))
    b = ops.reshape(b, (-1, ops.shape(b)[-1]))
    return product(transposed(a, dtype), b, dtype)
