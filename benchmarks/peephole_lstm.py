"""A training step of PeepholeLSTM against torch.nn.LSTM.

Forward and backward, with the gradients of all weights and of the input, time
first on both sides. torch.nn.LSTM has no peepholes and clips nothing; ours
does both.
"""

import os

import timing

os.environ["KERAS_BACKEND"] = "tensorflow"

OURS = "graves_tf PeepholeLSTM"
PEER = "torch.nn.LSTM"


def main():
    arguments = timing.parser(__doc__)
    arguments.add_argument("--units", type=int, default=400)
    arguments.add_argument("--batch", type=int, default=64)
    arguments.add_argument("--steps", type=int, default=700)
    arguments.add_argument("--inputs", type=int, default=460)
    timing.add_dtype(arguments)
    args = arguments.parse_args()
    timing.set_torch_threads(args.threads)
    timing.set_tensorflow_threads(args.threads)

    times = timing.alternate(
        {OURS: our_step(args), PEER: torch_step(args)}, args.rounds
    )
    products = args.inputs + args.units
    flops = 3 * 2 * args.steps * args.batch * products * 4 * args.units
    timing.report(
        times,
        OURS,
        PEER,
        goal=1.3,
        note=lambda median: f"{flops / median / 1e9:.0f} GFLOP/s",
    )


def our_step(args):
    """A function that runs one step of the layer, under XLA."""
    import keras
    import tensorflow as tf

    from graves_tf.layers import PeepholeLSTM

    dtype = "mixed_bfloat16" if args.dtype == "bfloat16" else "float32"
    layer = PeepholeLSTM(
        args.units,
        clip_gradient=10.0,
        return_sequences=True,
        time_major=True,
        peephole_initializer=keras.initializers.RandomNormal(stddev=0.1),
        dtype=dtype,
    )
    shape = (args.steps, args.batch)
    x = tf.random.normal((*shape, args.inputs))
    upstream = tf.random.normal((*shape, args.units))
    layer.build(x.shape)

    @tf.function(jit_compile=True)
    def step(x, upstream):
        with tf.GradientTape() as tape:
            tape.watch(x)
            h = layer(x, training=True)
        weights = [v.value for v in layer.trainable_variables]
        return tape.gradient(h, [x, *weights], output_gradients=upstream)

    def run():
        for gradient in step(x, upstream):
            gradient.numpy()

    return run


def torch_step(args):
    """A function that runs one step of `nn.LSTM`."""
    import torch

    layer = torch.nn.LSTM(args.inputs, args.units)
    shape = (args.steps, args.batch)
    x = torch.randn(*shape, args.inputs, requires_grad=True)
    upstream = torch.randn(*shape, args.units)

    def run():
        x.grad = None
        layer.zero_grad()
        h, _ = layer(x)
        h.backward(upstream)

    return run


if __name__ == "__main__":
    main()
