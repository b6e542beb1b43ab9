"""XLA for a part of a TensorFlow graph, and what it is to compute at once."""

import functools

import keras

_enabled = True
_under_xla = False


def compile_parts(enabled):
    """Whether `compiled` compiles, in the graphs built from now on."""
    global _enabled
    _enabled = enabled


def compiled(f, training=True):
    """`f`, compiled by XLA where TensorFlow builds a graph.

    Eagerly, on other backends, and after `compile_parts(False)`, `f` is as it
    was.

    Args:
        f: a function of tensors and tuples of them, whose derivative nobody
            asks for: it stands within a `custom_gradient`.
        training: without it `f` is as it was. A network that is saved to be
            used must do so where there is no XLA.
    """
    if keras.backend.backend() != "tensorflow" or not training:
        return f

    @functools.wraps(f)
    def run(*args):
        import tensorflow as tf

        if tf.executing_eagerly() or not _enabled:
            return f(*args)
        return tf.function(_traced(f), jit_compile=True, autograph=False)(*args)

    return run


def _traced(f):
    def run(*args):
        global _under_xla
        before, _under_xla = _under_xla, True
        try:
            return f(*args)
        finally:
            _under_xla = before

    return run


def under_xla():
    """Whether what is being traced is part of what `compiled` compiles."""
    return _under_xla


def at_once(tensors):
    """The same tensors, as they are to be computed: once, and together.

    Within a scan XLA copies cheap arithmetic into each of its users; in a
    step's derivative that doubles the time.
    """
    if keras.backend.backend() == "jax":
        import jax

        return jax.lax.optimization_barrier(tensors)
    if _under_xla:
        from tensorflow.compiler.tf2xla.python import xla

        return tuple(xla.optimization_barrier(*tensors))
    return tensors
