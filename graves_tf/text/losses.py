"""Loss and metrics of text prediction."""

import keras
import numpy as np
from keras import ops


def symbol_nll(targets, outputs):
    """-log Pr(x_{t+1} | y_t) of every step, in nats (Eqs. 12, 13).

    Args:
        targets: `(..., )`, whole numbers; -1 at padding.
        outputs: ŷ `(..., K)`.

    Returns:
        `(..., )`; 0 at padding.
    """
    there = targets >= 0
    chosen = ops.take_along_axis(
        outputs, ops.where(there, targets, 0)[..., None], axis=-1
    )[..., 0]
    nll = ops.logsumexp(outputs, axis=-1) - chosen
    return ops.where(there, nll, ops.zeros_like(nll))


@keras.saving.register_keras_serializable(package="graves_tf")
class SymbolLoss(keras.losses.Loss):
    """L(x) of Eq. 13: nats per sequence of T steps, its padding left out.

    Call arguments:
        y_true: `(B, T)`, the next symbols; -1 at padding.
        y_pred: ŷ `(B, T, K)`.
    """

    def __init__(self, name="nats_per_sequence", **kwargs):
        super().__init__(name=name, dtype="float32", **kwargs)

    def call(self, y_true, y_pred):
        return ops.sum(symbol_nll(ops.cast(y_true, "int32"), y_pred), axis=-1)


@keras.saving.register_keras_serializable(package="graves_tf")
class SequenceNats(keras.metrics.Mean):
    """The mean of `SymbolLoss`, without what a layer adds to the loss."""

    def __init__(self, name="nats_per_sequence", **kwargs):
        super().__init__(name=name, **kwargs)

    def update_state(self, y_true, y_pred, sample_weight=None):
        super().update_state(SymbolLoss().call(y_true, y_pred))


class _SymbolMean(keras.metrics.Metric):
    """A mean over all symbols, padding left out."""

    def __init__(self, name, **kwargs):
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.symbols = self.add_weight(name="symbols", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(y_true, "int32")
        there = ops.cast(y_true >= 0, self.symbols.dtype)
        self.total.assign_add(ops.sum(there * self.each(y_true, y_pred)))
        self.symbols.assign_add(ops.sum(there))

    def result(self):
        return self.total / ops.maximum(self.symbols, 1.0)


@keras.saving.register_keras_serializable(package="graves_tf")
class BitsPerSymbol(_SymbolMean):
    """Mean of -log₂ Pr(x_{t+1} | y_t) (Sec. 3.1)."""

    def __init__(self, name="bits_per_symbol", **kwargs):
        super().__init__(name=name, **kwargs)

    def each(self, y_true, y_pred):
        return symbol_nll(y_true, y_pred) / np.log(2.0)


@keras.saving.register_keras_serializable(package="graves_tf")
class SymbolErrors(_SymbolMean):
    """The share of symbols that are not those held most probable."""

    def __init__(self, name="errors", **kwargs):
        super().__init__(name=name, **kwargs)

    def each(self, y_true, y_pred):
        best = ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype)
        return ops.cast(best != y_true, "float32")
