import itertools

import numpy as np
import pytest
from keras import ops

from graves_tf.networks import TextPredictor
from graves_tf.sampling.text_sampler import TextSampler
from graves_tf.sampling.text_sampler import pick_symbol
from graves_tf.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abcd\n", "character")


@pytest.fixture(scope="module")
def sampler():
    network = TextPredictor(VOCABULARY, hidden=(6,))
    rng = np.random.default_rng(0)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(scale=0.7, size=weight.shape))
    return TextSampler(network)


def draw(sampler, count, **arguments):
    symbols = sampler.symbols(**arguments)
    return np.stack(list(itertools.islice(symbols, count)), axis=1)


def test_drawn_as_often_as_probable():
    outputs = np.log([[0.1, 0.6, 0.05, 0.25]]).astype("float32")
    uniform = (np.arange(1000, dtype="float32") + 0.5) / 1000
    for temperature in (1.0, 0.5, 2.0):
        found = ops.convert_to_numpy(
            pick_symbol(outputs.repeat(1000, axis=0), uniform, temperature)
        )
        weights = np.exp(outputs[0] / temperature)
        np.testing.assert_allclose(
            np.bincount(found, minlength=4) / 1000,
            weights / weights.sum(),
            atol=0.002,
        )


def test_extreme_draws_and_temperatures():
    outputs = np.array([[200.0, -200.0, 199.0]], "float32")
    for uniform in (0.0, np.float32(1) - np.float32(2**-24)):
        for temperature in (1e-3, 1.0, 1e3):
            found = pick_symbol(
                outputs, np.array([uniform], "float32"), temperature
            )
            assert 0 <= int(found[0]) < 3
    cold = pick_symbol(outputs, np.array([0.99], "float32"), 1e-3)
    assert int(cold[0]) == 0


def test_seeds(sampler):
    first, again, other = (
        draw(sampler, 40, seed=seed, batch_size=3) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (first[0] != first[1]).any()


def test_cold_texts_follow_the_most_probable(sampler):
    network = sampler.network
    found = draw(sampler, 12, temperature=1e-4, seed=3)[0]
    state, symbol = network.initial_state(1), np.array([-1], "int32")
    for drawn in found:
        outputs, state = network.step(ops.convert_to_tensor(symbol), state)
        assert ops.convert_to_numpy(outputs)[0].argmax() == drawn
        symbol = np.array([drawn], "int32")


def test_priming_is_reading(sampler):
    whole = draw(sampler, 10, temperature=1e-4)[0]
    rest = draw(sampler, 6, temperature=1e-4, prime=whole[:4])[0]
    np.testing.assert_array_equal(rest, whole[4:])


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan")])
def test_bad_temperature(sampler, temperature):
    with pytest.raises(ValueError, match="temperature"):
        draw(sampler, 1, temperature=temperature)
