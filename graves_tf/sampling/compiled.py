"""Compiling a function of a network's weights, on either backend."""

import keras


def compiled(network, function):
    """`function`, compiled; the network's weights may change between calls.

    Args:
        network: the model whose weights `function` uses.
        function: of tensors, returns tensors.

    Returns:
        A function of the same arguments.
    """
    if keras.backend.backend() == "jax":
        import jax

        @jax.jit
        def run(values, *args):
            mapping = list(zip(network.variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                return function(*args)

        return lambda *args: run([v.value for v in network.variables], *args)
    import tensorflow as tf

    return tf.function(function)
