"""A layer's inputs times its kernel: vectors multiplied, symbols looked up."""

from keras import ops

from graves_tf.layers.joining import apart
from graves_tf.layers.joining import side_by_side
from graves_tf.layers.products import outer_sum
from graves_tf.layers.products import product
from graves_tf.layers.products import transposed

# Up to so many rows their gradient is one product; a sum by rows beyond.
FEW_SYMBOLS = 512


def input_product(symbols, parts, kernel, dtype):
    """`x @ kernel`, x being one-hot vectors of symbols beside the parts.

    Args:
        symbols: `(...)`, whole numbers, -1 for the null vector; or None.
        parts: list of `(..., n_i)`.
        kernel: `(V + Σ n_i, m)`; V is what the parts leave over.
        dtype: as in `product`.

    Returns:
        `(..., m)`.
    """
    if symbols is None:
        return product(side_by_side(parts), kernel, dtype)
    rows = _symbol_rows(parts, kernel)
    z = look_up(symbols, kernel[:rows])
    if not parts:
        return z
    return z + product(side_by_side(parts), kernel[rows:], dtype)


def look_up(symbols, table):
    """The rows `(..., m)` of a table for symbols; zeros for -1."""
    there = ops.cast(symbols >= 0, table.dtype)[..., None]
    return there * ops.take(table, ops.maximum(symbols, 0), axis=0)


def input_gradients(symbols, parts, kernel, dz, dtype, after):
    """The derivatives of `input_product` over whole sequences.

    Args:
        symbols, parts, kernel, dtype: as they were; `symbols (T, B)`.
        dz: `(TB, m)`.
        after: `(B, n)`, a tensor that nothing is to be computed before.

    Returns:
        `dkernel (V + Σ n_i, m)`, and the list of the parts' `(T, B, n_i)`.
    """
    rows = 0 if symbols is None else _symbol_rows(parts, kernel)
    gradients = []
    if rows:
        gradients.append(_sum_by_symbol(symbols, dz, rows, dtype))
    dparts = []
    if parts:
        x = side_by_side(parts, after)
        gradients.append(outer_sum(x, dz, dtype))
        dx = product(dz, transposed(kernel[rows:], dtype), dtype)
        dx = ops.reshape(dx, (*ops.shape(x)[:2], dx.shape[-1]))
        dparts = apart(dx, parts)
    if len(gradients) == 1:
        return gradients[0], dparts
    return ops.concatenate(gradients, axis=0), dparts


def _symbol_rows(parts, kernel):
    return kernel.shape[0] - sum(part.shape[-1] for part in parts)


def _sum_by_symbol(symbols, dz, rows, dtype):
    """The sum of dz over the steps of each symbol: `(V, m)`."""
    symbols = ops.reshape(symbols, (-1,))
    if rows <= FEW_SYMBOLS:
        return outer_sum(ops.one_hot(symbols, rows, dtype=dz.dtype), dz, dtype)
    # The null vector's row is one beyond the last.
    symbols = ops.where(symbols < 0, rows, symbols)
    return ops.segment_sum(dz, symbols, num_segments=rows + 1)[:rows]
