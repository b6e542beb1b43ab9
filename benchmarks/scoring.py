"""Scoring a text against the same matrix products alone.

Ours is what graves_tf.evaluate runs: TextScorer.score, with its look-ups,
gates, softmax, counts and state. The peer does the products of the recurrent
kernel, one time step after the other, and of the output layer, in the same
batches, compiled by the same XLA, and nothing else.
"""

import os

import numpy as np
import timing

os.environ["KERAS_BACKEND"] = "tensorflow"

OURS = "graves_tf TextScorer"
PEER = "products alone"
UNITS, CLASSES, LENGTH = 1000, {"ptb_char": 50, "ptb_word": 10_000}, 100


def main():
    arguments = timing.parser(__doc__)
    arguments.add_argument("--preset", choices=CLASSES, default="ptb_char")
    arguments.add_argument("--batch", type=int, default=64, help="streams")
    arguments.add_argument(
        "--batches", type=int, default=10, help="of 100 symbols a stream"
    )
    args = arguments.parse_args()
    timing.set_tensorflow_threads(args.threads)
    classes = CLASSES[args.preset]
    count = args.batch * LENGTH * args.batches
    times = timing.alternate(
        {
            OURS: our_scoring(args, classes, count),
            PEER: products(args, classes),
        },
        args.rounds,
    )
    timing.report(
        times,
        OURS,
        PEER,
        goal=0.8,
        note=lambda median: f"{count / median:.0f} symbols/s",
    )


def our_scoring(args, classes, count):
    """A function that scores a text."""
    from graves_tf.networks import TextPredictor
    from graves_tf.text.scoring import TextScorer
    from graves_tf.text.vocabulary import Vocabulary

    words = tuple(f"w{i}" for i in range(classes - 1))
    network = TextPredictor.from_preset(
        args.preset, vocabulary=Vocabulary((*words, "<unk>"), "word")
    )
    scorer = TextScorer(network)
    scorer.compile(jit_compile=True)
    text = np.random.default_rng(0).integers(classes, size=count)
    return lambda: scorer.score(text, streams=args.batch, context=0)


def products(args, classes):
    """A function that does the products of as many symbols."""
    import tensorflow as tf

    # As XLA is fastest with it: its transpose.
    recurrent = tf.random.normal((4 * UNITS, UNITS), stddev=0.03)
    head = tf.random.normal((UNITS, classes), stddev=0.03)

    @tf.function(jit_compile=True)
    def batch(h):
        states = tf.TensorArray("float32", LENGTH, element_shape=h.shape)
        for t in tf.range(LENGTH):
            h = tf.matmul(h, recurrent, transpose_b=True)[:, :UNITS]
            states = states.write(t, h)
        outputs = tf.matmul(tf.reshape(states.stack(), (-1, UNITS)), head)
        return h, tf.reduce_max(outputs)

    def run():
        h = tf.random.normal((args.batch, UNITS))
        for _ in range(args.batches):
            h, most = batch(h)
        return float(most)

    return run


if __name__ == "__main__":
    main()
