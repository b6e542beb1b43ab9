"""Dynamic evaluation: every symbol predicted once, then learned from."""

import keras
import numpy as np
from keras import ops

from graves_tf.text.losses import BitsPerSymbol
from graves_tf.text.losses import SymbolErrors
from graves_tf.text.losses import SymbolLoss
from graves_tf.text.scoring import figures
from graves_tf.text.streams import TextStreams


@keras.saving.register_keras_serializable(package="graves_tf")
class DynamicRMS(keras.optimizers.Optimizer):
    """The update of Krause et al. (2018), "Dynamic evaluation".

        θ ← θ − η g / (√MS_g + ε m) + λ (√MS_g / m) (θ_g − θ)

    MS_g, the mean square of each weight's gradient, comes from the training
    data, and so does θ_g, the trained weight that θ decays toward. m is the
    mean of √MS_g over the weights of the same tensor: what learns fast decays
    fast, and none by more than its whole way.

    Krause et al. have one m for all weights, and a small number for ε m. A
    vocabulary of words forbids both: the row of a word that the training data
    showed never has no MS_g, and would be thrown away by its first gradient.

    Args:
        learning_rate: η.
        decay: λ.
        epsilon: ε.
    """

    def __init__(
        self, learning_rate=1e-4, decay=1e-3, epsilon=0.5, name=None, **kwargs
    ):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.decay = decay
        self.epsilon = epsilon

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.mean_squares = self.add_optimizer_variables(
            variables, "mean_square"
        )
        self.trained = self.add_optimizer_variables(variables, "trained")

    def start(self, variables, mean_squares):
        """Take θ_g from the variables, and MS_g, a list of arrays."""
        self.build(variables)
        for own, value in zip(self.mean_squares, mean_squares, strict=True):
            own.assign(value)
        for own, variable in zip(self.trained, variables, strict=True):
            own.assign(variable + 0.0)
        # Not 0 even where there was no gradient at all.
        self.mean_roots = [
            float(np.sqrt(m).mean(dtype="float64")) + 1e-12
            for m in mean_squares
        ]

    def update_step(self, gradient, variable, learning_rate):
        number = self._get_variable_index(variable)
        root = ops.sqrt(self.mean_squares[number])
        mean = self.mean_roots[number]
        step = learning_rate * gradient / (root + self.epsilon * mean)
        pull = ops.minimum(self.decay * root / mean, 1.0)
        back = pull * (self.trained[number] - variable)
        self.assign_add(variable, back - step)

    def get_config(self):
        return {
            **super().get_config(),
            "decay": self.decay,
            "epsilon": self.epsilon,
        }


def mean_squares(network, symbols, batches=200, length=100):
    """MS_g of each weight, from the start of the training text.

    Args:
        network: a `TextPredictor`; its weights stay as they are.
        symbols: `(N,)`, of the training text.
        batches: how many sequences to look at, at most.
        length: T, of each; as dynamic evaluation will have it.

    Returns:
        List of arrays, one for each trainable weight.
    """
    collector = SquareCollector(learning_rate=0.0)
    model = reader(network, collector)
    stream = TextStreams(symbols[: batches * length], 1, length)
    model.fit(stream, shuffle=False, verbose=0)
    return [ops.convert_to_numpy(s) / len(stream) for s in collector.squares]


def evaluate(network, symbols, optimizer, length=100, advance=None):
    """Dynamic evaluation of a text (Sec. 3.1).

    The text is read once, as one stream. A sequence of T symbols is scored
    with the weights as they are before it; then comes one update. The
    network itself stays as it is: a copy learns.

    Args:
        network: a `TextPredictor`.
        symbols: `(N,)`, whole numbers.
        optimizer: e.g. `keras.optimizers.SGD(1e-4)`, which is the paper's
            kind, or a `DynamicRMS` and its mean squares:
            `(DynamicRMS(), mean_squares(…))`.
        length: T.
        advance: called with 1 after each sequence, e.g. that of
            `progress_of`.

    Returns:
        `graves_tf.text.scoring.figures`.
    """
    statistics = None
    if isinstance(optimizer, tuple):
        optimizer, statistics = optimizer
    model = reader(network, optimizer)
    if statistics is not None:
        optimizer.start(model.trainable_variables, statistics)
    stream = TextStreams(symbols, 1, length)
    callbacks = []
    if advance:
        callback = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: advance(1)
        )
        callbacks.append(callback)
    history = model.fit(
        stream, shuffle=False, verbose=0, callbacks=callbacks
    ).history
    count = len(symbols)
    return figures(
        history["bits_per_symbol"][-1] * np.log(2.0) * count,
        round(history["errors"][-1] * count),
        count,
        network.vocabulary.kind,
    )


def reader(network, optimizer, streams=1):
    """A copy that reads some streams and learns from them, without noise.

    Args:
        network: a `TextPredictor`.
        optimizer: a Keras optimizer.
        streams: B.

    Returns:
        A compiled `TextPredictor`.
    """
    config = {**network.get_config(), "streams": streams, "weight_noise": None}
    copy = type(network).from_config(config)
    for own, layer in zip(copy.noisy_layers, network.noisy_layers, strict=True):
        own.set_weights(
            [ops.convert_to_numpy(w) for w in layer.ordinary_weights]
        )
    copy.compile(
        optimizer,
        SymbolLoss(),
        metrics=[BitsPerSymbol(), SymbolErrors()],
        jit_compile=True,
    )
    return copy


@keras.saving.register_keras_serializable(package="graves_tf")
class SquareCollector(keras.optimizers.Optimizer):
    """Changes nothing, and adds up the squares of the gradients."""

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.squares = self.add_optimizer_variables(variables, "square")

    def update_step(self, gradient, variable, learning_rate):
        number = self._get_variable_index(variable)
        self.assign_add(self.squares[number], ops.square(gradient))
