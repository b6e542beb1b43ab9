import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import WeightNoise
from graves_tf.networks import TextPredictor
from graves_tf.text import dynamic
from graves_tf.text.losses import symbol_nll
from graves_tf.text.scoring import TextScorer
from graves_tf.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abcd\n", "character")
TEXT = VOCABULARY.encode("abacad\n" * 40)[0].astype("int32")


def make(seed=0, **arguments):
    network = TextPredictor(VOCABULARY, hidden=(6,), **arguments)
    rng = np.random.default_rng(seed)
    for layer in network.noisy_layers:
        for weight in layer.ordinary_weights:
            weight.assign(rng.normal(scale=0.5, size=weight.shape))
    return network


def gradients(network, symbols, state):
    """Summed nats of a sequence, their gradients, and the next state."""
    inputs, targets = symbols[None, :-1], symbols[None, 1:]
    if keras.backend.backend() == "jax":
        import jax

        variables = network.trainable_variables

        def loss(values):
            mapping = list(zip(variables, values, strict=True))
            with keras.StatelessScope(state_mapping=mapping):
                outputs, after = network.run(inputs, state)
            return ops.sum(symbol_nll(targets, outputs)), after

        (nats, after), found = jax.value_and_grad(loss, has_aux=True)(
            [v.value for v in variables]
        )
    else:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            outputs, after = network.run(inputs, state)
            nats = ops.sum(symbol_nll(targets, outputs))
        found = tape.gradient(
            nats, [v.value for v in network.trainable_variables]
        )
    return float(nats), [np.asarray(g) for g in found], after


def by_hand(network, text, update, length):
    """Every sequence scored, then learned from: Sec. 3.1 written out."""
    weights = [ops.convert_to_numpy(w) for w in network.trainable_weights]
    state = network.initial_state(1)
    padded = np.concatenate([[-1], text]).astype("int32")
    total = 0.0
    for first in range(0, len(text), length):
        part = padded[first : first + length + 1]
        nats, found, state = gradients(network, part, state)
        total += nats
        weights = [
            update(number, weight, gradient)
            for number, (weight, gradient) in enumerate(
                zip(weights, found, strict=True)
            )
        ]
        for variable, value in zip(
            network.trainable_weights, weights, strict=True
        ):
            variable.assign(value)
    return total


def test_gradient_descent_is_what_the_paper_does():
    network = make()
    before = network.get_weights()
    found = dynamic.evaluate(
        network, TEXT, keras.optimizers.SGD(0.01), length=20
    )
    for old, new in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    expected = by_hand(network, TEXT, lambda _, w, g: w - 0.01 * g, 20)
    assert found["symbols"] == len(TEXT)
    assert found["nats"] == pytest.approx(expected, rel=1e-4)


def test_learning_nothing_is_static_evaluation():
    network = make()
    static = TextScorer(network).score(TEXT, streams=1)
    found = dynamic.evaluate(network, TEXT, keras.optimizers.SGD(0.0), 30)
    for key in ("nats", "error_percent", "symbols", "perplexity"):
        assert found[key] == pytest.approx(static[key], rel=1e-4)


def test_mean_squares():
    network = make()
    found = dynamic.mean_squares(network, TEXT, batches=3, length=10)
    squares = [np.zeros(w.shape) for w in network.trainable_weights]
    state = network.initial_state(1)
    padded = np.concatenate([[-1], TEXT]).astype("int32")
    for first in (0, 10, 20):
        _, each, state = gradients(network, padded[first : first + 11], state)
        squares = [s + g**2 / 3 for s, g in zip(squares, each, strict=True)]
    for ours, theirs in zip(found, squares, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-7)


def test_the_rms_rule_is_krauses():
    network = make()
    squares = dynamic.mean_squares(network, TEXT[::-1].copy(), 5, 20)
    found = dynamic.evaluate(
        network, TEXT, (dynamic.DynamicRMS(0.01, 0.02, 0.1), squares), 20
    )
    trained = [ops.convert_to_numpy(w) for w in network.trainable_weights]
    roots = [np.sqrt(s) for s in squares]

    def update(number, weight, gradient):
        root, mean = roots[number], roots[number].mean()
        pull = np.minimum(root / mean, 1 / 0.02)
        step = 0.01 * gradient / (root + 0.1 * mean)
        return weight - step + 0.02 * pull * (trained[number] - weight)

    expected = by_hand(network, TEXT, update, 20)
    assert found["nats"] == pytest.approx(expected, rel=1e-4)


def test_a_weight_without_a_gradient_in_training_stays_within_bounds():
    """A symbol that the training data did not have."""
    network = make()
    squares = dynamic.mean_squares(network, TEXT[TEXT > 0], 5, 20)
    found = dynamic.evaluate(
        network, TEXT, (dynamic.DynamicRMS(1e-3), squares), 20
    )
    static = TextScorer(network).score(TEXT, streams=1)["nats"]
    assert found["nats"] < 1.1 * static


def test_it_helps_on_a_text_that_repeats_itself():
    network = make()
    static = TextScorer(network).score(TEXT, streams=1)["nats"]
    found = dynamic.evaluate(network, TEXT, keras.optimizers.SGD(0.1), 20)
    assert found["nats"] < 0.9 * static


def test_noise_is_left_out():
    plain, noisy = make(), make(weight_noise=WeightNoise(0.5))
    ours, theirs = (
        dynamic.evaluate(network, TEXT[:100], keras.optimizers.SGD(0.01), 20)
        for network in (plain, noisy)
    )
    assert ours == pytest.approx(theirs, rel=1e-5)
