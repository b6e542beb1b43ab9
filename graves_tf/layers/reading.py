"""What a layer's kernels are multiplied with, of what the layer reads."""

from keras import ops

from graves_tf.layers.joining import apart


class Reading:
    """Everything, as it is: what a layer without noise reads.

    A reading is a linear function of the units that a kernel has a row for,
    the same at every step, and each sequence's own.

    Attributes:
        copies: how many rows the kernel has for each unit.
    """

    copies = 1

    def __call__(self, x):
        """`x (..., B, n)` as it is read: `(..., B, copies · n)`."""
        return x

    def back(self, dx):
        """The derivative for x, from that for what was read."""
        return dx

    def of_parts(self, parts, batch_axis):
        """Of a list of parts side by side, of n units in all.

        Args:
            parts: list of `(B, n_i)`, `(B, T, n_i)` or `(T, B, n_i)`.
            batch_axis: where B is.

        Returns:
            List of parts, in the order of the kernel's rows.
        """
        return parts


class SomeCells(Reading):
    """Some units are left out.

    Args:
        cells: `(B, n)`, what the units are multiplied with.
    """

    def __init__(self, cells):
        self.cells = cells

    def __call__(self, x):
        return x * self.cells

    def back(self, dx):
        return dx * self.cells

    def of_parts(self, parts, batch_axis):
        return _times(parts, self.cells, batch_axis)


class WithSigns(Reading):
    """The units, and once more with each sequence's own signs.

    For a kernel of twice the rows, weights above and their noise below: the
    noise's sign then differs from sequence to sequence.

    Args:
        cells: `(B, n)`, the signs.
    """

    copies = 2

    def __init__(self, cells):
        self.cells = cells

    def __call__(self, x):
        return ops.concatenate([x, x * self.cells], axis=-1)

    def back(self, dx):
        of_weights, of_noise = ops.split(dx, 2, axis=-1)
        return of_weights + of_noise * self.cells

    def of_parts(self, parts, batch_axis):
        return [*parts, *_times(parts, self.cells, batch_axis)]


def _times(parts, cells, batch_axis):
    """Each part times its own of `cells (B, n)`."""
    if len(parts[0].shape) > 2:
        cells = ops.expand_dims(cells, 1 - batch_axis)
    return [
        part * some
        for part, some in zip(parts, apart(cells, parts), strict=True)
    ]
