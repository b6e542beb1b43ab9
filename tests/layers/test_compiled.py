import keras
import numpy as np
import pytest

from graves_tf.layers import PeepholeLSTM
from graves_tf.layers.compiled import at_once
from graves_tf.layers.compiled import compile_parts
from graves_tf.layers.compiled import compiled
from graves_tf.layers.compiled import under_xla

pytestmark = pytest.mark.tensorflow


@pytest.fixture(autouse=True)
def enabled_again():
    """Whatever a test, this or one before, has left it at."""
    compile_parts(True)
    yield
    compile_parts(True)


def calls(function):
    """The functions that XLA is to compile within a TensorFlow graph."""
    graph = function.get_concrete_function().graph
    return [
        op
        for op in graph.get_operations()
        if "_XlaMustCompile" in op.node_def.attr
        and op.get_attr("_XlaMustCompile")
    ]


def test_a_graphs_part_is_compiled():
    import tensorflow as tf

    seen = []

    def part(x):
        seen.append(under_xla())
        doubled, same = at_once((2.0 * x, x))
        return doubled + same

    whole = tf.function(lambda: compiled(part)(tf.constant([1.0, 2.0])))
    assert len(calls(whole)) == 1
    np.testing.assert_allclose(whole(), [3.0, 6.0])
    assert seen == [True]
    assert not under_xla()
    np.testing.assert_allclose(compiled(part)(tf.constant([1.0])), [3.0])
    assert seen == [True, False]


def test_an_error_leaves_nothing_behind():
    import tensorflow as tf

    def part(x):
        raise RuntimeError("of the part's own")

    with pytest.raises(RuntimeError, match="of the part's own"):
        tf.function(lambda: compiled(part)(tf.constant(1.0)))()
    assert not under_xla()


@pytest.mark.parametrize(
    "training, enabled", [(True, True), (True, False), (False, True)]
)
def test_layers_compile_to_train_unless_told_not_to(training, enabled):
    import tensorflow as tf

    layer = PeepholeLSTM(3, return_sequences=True)
    x = keras.random.normal((2, 5, 4), seed=0)
    eager = layer(x)
    compile_parts(enabled)
    function = tf.function(lambda: layer(x, training=training))
    assert bool(calls(function)) == (training and enabled)
    np.testing.assert_allclose(function(), eager, atol=1e-6)
