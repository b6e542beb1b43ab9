"""Makes the golden checkpoints: `python tests/golden/make.py`.

Each is a tiny network as some version of this package saved it, with what it
computed then. They must keep loading, and computing that. So a file that is
there is never made again: a change of the format adds another version.
"""

from pathlib import Path

import numpy as np
from keras import ops

from graves_tf.ink.alphabet import Alphabet
from graves_tf.networks import HandwritingPredictor
from graves_tf.networks import HandwritingSynthesizer

FOLDER = Path(__file__).parent
VERSION = 1
TINY = {
    "hidden": (4, 4, 4),
    "num_mixtures": 2,
    "offset_mean": (8.0, 0.5),
    "offset_std": (40.0, 30.0),
}


def make(name, network, inputs):
    checkpoint = FOLDER / f"{name}_v{VERSION}.keras"
    if checkpoint.exists():
        print(f"{checkpoint.name} is there: kept")
        return
    # NumPy's numbers: the same with every backend.
    rng = np.random.default_rng(2013)
    network.set_weights(
        [0.5 * rng.normal(size=w.shape) for w in network.weights]
    )
    network.save(checkpoint)
    outputs = ops.convert_to_numpy(network(inputs))
    np.savez_compressed(
        checkpoint.with_suffix(".npz"), outputs=outputs, **inputs
    )
    print(f"{checkpoint.name}: {checkpoint.stat().st_size} bytes")


def main():
    rng = np.random.default_rng(13)
    offsets = rng.normal(size=(2, 6, 3)).astype("float32")
    offsets[:, 0] = 0
    offsets[..., 2] = rng.random((2, 6)) < 0.3
    make("predictor", HandwritingPredictor(**TINY), {"offsets": offsets})
    characters = np.array([[1, 2, 0, 3], [4, 1, -1, -1]], "int32")
    make(
        "synthesizer",
        HandwritingSynthesizer(
            **TINY, alphabet=Alphabet(" abc"), num_gaussians=2, preset="tiny"
        ),
        {"offsets": offsets, "characters": characters},
    )


if __name__ == "__main__":
    main()
