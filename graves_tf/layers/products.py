"""Matrix products whose operands may be narrower than their result."""

import keras
from keras import ops

from graves_tf.layers.compiled import under_xla


def product(a, b, dtype="float32"):
    """`a @ b` with the operands in `dtype` and the result in float32.

    With `dtype="bfloat16"` this is what a matrix unit does best: half the
    bytes in, float32 sums out. Float64 and float32 operands are left alone.
    TensorFlow rounds the sums to `dtype` in between, but for what is
    `compiled`, where it is also twice as fast.

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
    return _tensorflow_product(a, b)


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


def repeated_product(b, rows, dtype="float32", transpose=False):
    """A function `a -> product(a, b, dtype)` for use in a scan.

    `b` is cast and laid out once, in the way that XLA's products on CPUs of
    so many rows are fastest with: a loop does it the same every time, and on
    the wrong one the step takes up to twice as long.

    Args:
        b: `(k, n)`.
        rows: of every `a (rows, k)`; None where not known, as in TensorFlow's
            `fit`: taken for many.
        dtype: as in `product`.
        transpose: `a (rows, n) -> product(a, bᵀ, dtype)` instead.
    """
    if not _along_rows(rows, dtype, transpose):
        b = transposed(b, dtype) if transpose else ops.cast(b, dtype)
        return lambda a: product(a, b, dtype)
    b = ops.cast(b, dtype) if transpose else transposed(b, dtype)
    if not _in_halves(rows, dtype):
        return lambda a: _product_along_rows(a, b, dtype)

    def by_halves(a):
        halves = (a[: rows // 2], a[rows // 2 :])
        return ops.concatenate(
            [_product_along_rows(half, b, dtype) for half in halves], axis=0
        )

    return by_halves


def _along_rows(rows, dtype, transpose):
    """Whether a product is best with the sums along the operand's rows."""
    if dtype == "bfloat16":
        return transpose and (rows is None or rows >= 32)
    return rows is None or rows >= 48


def _in_halves(rows, dtype):
    """Whether JAX is faster with the rows in two products.

    On CPUs some 64 rows of bfloat16 are, by up to 1.7 times: 32 and 96 have
    that speed by themselves.
    """
    some = dtype == "bfloat16" and rows is not None and 48 < rows < 96
    if not some or keras.backend.backend() != "jax":
        return False
    import jax

    return jax.default_backend() == "cpu"


def _product_along_rows(a, b, dtype):
    """`a (m, k)` times the transpose of `b (n, k)`, as `product`."""
    a = ops.cast(a, dtype)
    if keras.backend.backend() == "jax":
        from jax import lax

        axes = (((1,), (1,)), ((), ()))
        wide = "float64" if dtype == "float64" else "float32"
        return lax.dot_general(a, b, axes, preferred_element_type=wide)
    return _tensorflow_product(a, b, transpose_b=True)


def _tensorflow_product(a, b, **options):
    """A narrow product as wide as it can be had: outside of XLA it is not."""
    import tensorflow as tf

    wide = "float64" if a.dtype == "float64" else "float32"
    if under_xla():
        return tf.matmul(a, b, output_type=wide, **options)
    return tf.cast(tf.matmul(a, b, **options), wide)


def outer_sum(a, b, dtype="float32"):
    """The sum over all leading axes of `a`'s and `b`'s outer products.

    The gradient of a kernel, in one product: `a (..., m)`, `b (..., n)` give
    `(m, n)`.
    """
    a = ops.reshape(a, (-1, ops.shape(a)[-1]))
    b = ops.reshape(b, (-1, ops.shape(b)[-1]))
    return product(transposed(a, dtype), b, dtype)
