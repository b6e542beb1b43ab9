"""The optimizers by name: the paper's two, and modern ones."""

import keras
from keras import ops


def graves_rmsprop(learning_rate=1e-4):
    """Graves's RMSProp with momentum (Eqs. 38-45).

    Keras's own, with the paper's numbers: ℵ = 0.95, ℶ = 0.9, ℷ = 1e-4,
    ℸ = 1e-4.
    """
    return keras.optimizers.RMSprop(
        learning_rate, rho=0.95, momentum=0.9, epsilon=1e-4, centered=True
    )


def graves_sgd(learning_rate=1e-4, momentum=0.99, ema_momentum=0.99):
    """Stochastic gradient descent, the paper's for text (Secs. 3.1, 3.2).

    The numbers are those of Penn Treebank; Wikipedia has a momentum of 0.9.
    They are for an update a sequence: the gradient is the mean over the
    sequences of a batch, so N of them bear up to N times the rate. The
    weights' moving average is what is validated and kept as the best.
    """
    return keras.optimizers.SGD(
        learning_rate, momentum, use_ema=True, ema_momentum=ema_momentum
    )


def adam(learning_rate=1e-3, ema_momentum=0.99):
    """Adam with the global gradient norm clipped and averaged weights.

    The norm is that of the mean nats per sequence, some hundreds of points
    summed: hence the limit. The weights' moving average is what is validated
    and kept as the best.
    """
    return keras.optimizers.Adam(
        learning_rate,
        beta_2=0.99,
        epsilon=1e-8,
        global_clipnorm=2000.0,
        use_ema=True,
        ema_momentum=ema_momentum,
    )


@keras.saving.register_keras_serializable(package="graves_tf")
class Muon(keras.optimizers.Muon):
    """Keras's Muon, which takes half the time for wide kernels.

    Args:
        log_std_ratio: the rate of the deviations that adaptive weight noise
            learns, over that of the other weights that Adam moves. Those are
            logarithms: what is a step of the right size for a weight of 0.05
            changes a deviation by a thousandth of itself.

    The Newton-Schulz iteration X ← (a + bXXᵀ + c(XXᵀ)²) X keeps to X's own
    left singular vectors. So its polynomials can be multiplied up by
    themselves, as small square matrices, and X comes in twice instead of
    ten times: an LSTM's kernel `(H, 4H)` has four times their size.
    """

    def __init__(self, *args, log_std_ratio=1.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.log_std_ratio = log_std_ratio

    def update_step(self, gradient, variable, learning_rate):
        # TensorFlow's own variables have more behind the name.
        if "log_std" in variable.name:
            learning_rate = learning_rate * self.log_std_ratio
        super().update_step(gradient, variable, learning_rate)

    def zeropower_via_newtonschulz5(self, x, steps):
        rows, columns = x.shape
        if rows > columns:
            x = ops.transpose(x)
        x = x / (ops.norm(x) + 1e-7)
        gram = ops.matmul(x, ops.transpose(x))
        one = ops.eye(gram.shape[0], dtype=gram.dtype)
        factor = one
        for step in range(steps):
            polynomial = (
                self.muon_a * one
                + self.muon_b * gram
                + self.muon_c * ops.matmul(gram, gram)
            )
            factor = ops.matmul(polynomial, factor) if step else polynomial
            if step < steps - 1:
                gram = ops.matmul(polynomial, ops.matmul(gram, polynomial))
        x = ops.matmul(factor, x)
        return ops.transpose(x) if rows > columns else x

    def get_config(self):
        return {**super().get_config(), "log_std_ratio": self.log_std_ratio}


def muon(learning_rate=2e-3, ema_momentum=0.99, exclude=(), adam_lr_ratio=0.5):
    """Muon: updates of kernels made orthogonal; Adam for all other weights.

    Its steps are of Adam's size (`rms_rate`), and a batch's worth more.
    """
    return Muon(
        learning_rate,
        adam_beta_2=0.99,
        adam_lr_ratio=adam_lr_ratio,
        log_std_ratio=10.0,
        epsilon=1e-8,
        weight_decay=None,
        adam_weight_decay=None,
        exclude_layers=["peephole", "window", "log_std", *exclude],
        global_clipnorm=500.0,
        use_ema=True,
        ema_momentum=ema_momentum,
    )


OPTIMIZERS = {
    "adam": adam,
    "muon": muon,
    "graves_rmsprop": graves_rmsprop,
    "graves_sgd": graves_sgd,
}


def make_optimizer(
    name, learning_rate=None, task=None, ema_momentum=None, weight_decay=None
):
    """An optimizer by its name.

    Args:
        name: one of `OPTIMIZERS`.
        learning_rate: None: the optimizer's own.
        task: "text": Muon leaves the look-up tables and the output, which
            are as large as the vocabulary, to Adam, at twice the rate: a
            symbol's row has far to go, and few steps to do it in.
        ema_momentum: of the weights' average, where it keeps one; None: the
            optimizer's own.
        weight_decay: λ of decoupled weight decay (Loshchilov & Hutter 2019),
            for Muon alone, and there for the kernels that it makes
            orthogonal updates of: with each update they lose λ times the
            learning rate of themselves. None: nothing.

    Raises:
        ValueError: another name, or a momentum or a weight decay that cannot
            be.
    """
    if name not in OPTIMIZERS:
        raise ValueError(
            f"No optimizer is called {name!r}. There are: "
            + ", ".join(OPTIMIZERS)
        )
    arguments = {}
    if learning_rate is not None:
        arguments["learning_rate"] = learning_rate
    if name == "muon" and task == "text":
        arguments["exclude"] = ("hidden_1/kernel", "head")
        arguments["adam_lr_ratio"] = 2.0
    optimizer = OPTIMIZERS[name](**arguments)
    if ema_momentum is not None:
        if not (optimizer.use_ema and 0 <= ema_momentum < 1):
            raise ValueError(
                "The momentum of the weights' average is from 0 up to, not "
                f"including, 1, and {name} keeps "
                f"{'one' if optimizer.use_ema else 'no average'}. Received: "
                f"ema_momentum={ema_momentum}"
            )
        optimizer.ema_momentum = ema_momentum
    if weight_decay is not None:
        if name != "muon" or not weight_decay >= 0:
            raise ValueError(
                "A weight decay is a number from 0 on, and with the optimizer "
                f"muon alone. Received: {weight_decay} with {name}"
            )
        optimizer.weight_decay = weight_decay
    return optimizer
