"""What the progress bar shows."""

import keras

from graves_tf.losses import SequenceLoss


@keras.saving.register_keras_serializable(package="graves_tf")
def nats_per_sequence(y_true, y_pred):
    """L(x) (Eq. 26) of each sequence, without what a layer adds to the loss.

    Args:
        y_true: `(B, T, 3)`, x3 = -1 at padding.
        y_pred: ŷ `(B, T, 1 + 6M)`.

    Returns:
        `(B,)`.
    """
    return SequenceLoss().call(y_true, y_pred)
