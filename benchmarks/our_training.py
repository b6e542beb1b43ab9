"""Our side of the benchmarks of a whole training step."""

import numpy as np


def compiled_network(dtype="float32", preset="synthesis"):
    """A fresh network with the paper's optimizer, under XLA."""
    import keras

    from graves_tf.losses import SequenceLoss
    from graves_tf.networks import HandwritingSynthesizer

    network = HandwritingSynthesizer.from_preset(
        preset, dtype="mixed_bfloat16" if dtype == "bfloat16" else "float32"
    )
    optimizer = keras.optimizers.RMSprop(
        1e-4, rho=0.95, momentum=0.9, epsilon=1e-4, centered=True
    )
    network.compile(optimizer=optimizer, loss=SequenceLoss(), jit_compile=True)
    return network


def random_batch(batch, steps, characters, symbols, seed=0):
    """Noise in the shape of a batch: what comes in, and what is to come."""
    random = np.random.default_rng(seed)
    strokes = random.normal(size=(batch, steps + 1, 3)).astype("float32")
    strokes[:, :, 2] = strokes[:, :, 2] > 1.5
    strokes[:, 0] = 0.0
    text = random.integers(symbols, size=(batch, characters), dtype="int32")
    inputs = {"offsets": strokes[:, :-1], "characters": text}
    return inputs, strokes[:, 1:]
