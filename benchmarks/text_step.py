"""A training step of a text network against PyTorch.

ptb_char: an nn.LSTM on one-hot vectors and a linear output, as most write it.
ptb_word: an nn.Embedding as wide as the layer in front, the usual stand-in
for one-hot vectors of 10,000. Both sides: batch 64 x 100 symbols, state
carried, the optimizer's update (SGD) included.
"""

import os

import numpy as np
import timing

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

OURS = "graves_tf TextPredictor"
PEER = "torch.nn.LSTM"
CLASSES = {"ptb_char": 50, "ptb_word": 10_000}


def main():
    arguments = timing.parser(__doc__)
    arguments.add_argument("--preset", choices=CLASSES, default="ptb_char")
    arguments.add_argument("--batch", type=int, default=64)
    arguments.add_argument("--steps", type=int, default=100)
    timing.add_dtype(arguments)
    arguments.add_argument(
        "--peer-dtype",
        choices=["float32", "bfloat16"],
        default="float32",
        help="bfloat16: the peer under torch.autocast",
    )
    args = arguments.parse_args()
    timing.set_torch_threads(args.threads)
    timing.set_tensorflow_threads(args.threads)
    random = np.random.default_rng(0)
    shape = (args.batch, args.steps + 1)
    symbols = random.integers(CLASSES[args.preset], size=shape, dtype="int32")
    times = timing.alternate(
        {OURS: our_step(args, symbols), PEER: torch_step(args, symbols)},
        args.rounds,
    )
    timing.report(times, OURS, PEER, goal=1.2)


def our_step(args, symbols):
    """A function that does one update of ours."""
    import keras

    from graves_tf.networks import TextPredictor
    from graves_tf.text.losses import SymbolLoss
    from graves_tf.text.vocabulary import Vocabulary

    words = tuple(f"w{i}" for i in range(CLASSES[args.preset] - 1))
    network = TextPredictor.from_preset(
        args.preset,
        vocabulary=Vocabulary((*words, "<unk>"), "word"),
        streams=args.batch,
        dtype="mixed_bfloat16" if args.dtype == "bfloat16" else "float32",
    )
    network.compile(keras.optimizers.SGD(1e-4), SymbolLoss(), jit_compile=True)
    inputs = {
        "symbols": symbols[:, :-1],
        "keep": np.ones((args.batch, 1), "float32"),
    }
    return lambda: network.train_on_batch(inputs, symbols[:, 1:])


def torch_step(args, symbols):
    """A function that does one update of the peer, its state carried."""
    import torch
    from torch import nn

    classes, units = CLASSES[args.preset], 1000
    by_word = args.preset == "ptb_word"
    lstm = nn.LSTM(units if by_word else classes, units)
    embedding = nn.Embedding(classes, units)
    head = nn.Linear(units, classes)
    parts = [lstm, head, *([embedding] if by_word else [])]
    optimizer = torch.optim.SGD(
        [w for part in parts for w in part.parameters()], 1e-4
    )
    text = torch.tensor(symbols.T.astype("int64"))
    state = [torch.zeros(1, args.batch, units) for _ in range(2)]

    def run():
        optimizer.zero_grad()
        if by_word:
            x = embedding(text[:-1])
        else:
            x = nn.functional.one_hot(text[:-1], classes).float()
        with torch.autocast("cpu", enabled=args.peer_dtype == "bfloat16"):
            h, after = lstm(x, tuple(state))
            outputs = head(h).flatten(0, 1)
        loss = nn.functional.cross_entropy(
            outputs.float(), text[1:].flatten(), reduction="sum"
        )
        (loss / args.batch).backward()
        optimizer.step()
        state[:] = [s.detach().float() for s in after]
        return float(loss)

    return run


if __name__ == "__main__":
    main()
