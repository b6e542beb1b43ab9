import json

import keras
import numpy as np
import pytest
from keras import ops

from graves_tf.layers import PeepholeLSTM
from graves_tf.networks import TextPredictor
from graves_tf.text.losses import BitsPerSymbol
from graves_tf.text.losses import SymbolLoss
from graves_tf.text.streams import TextStreams
from graves_tf.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("abcde\n", "character")
K = VOCABULARY.size


def make(hidden=(7, 5), seed=0, **arguments):
    """A network with large random weights, lest any of them not matter."""
    network = TextPredictor(VOCABULARY, hidden, **arguments)
    rng = np.random.default_rng(seed)
    for weight in network.trainable_weights:
        weight.assign(rng.normal(scale=0.7, size=weight.shape))
    return network


def text(rows, length, seed=1):
    return np.random.default_rng(seed).integers(0, K, (rows, length))


def values(tensors):
    return [ops.convert_to_numpy(t) for t in keras.tree.flatten(tensors)]


def by_one_hot(network, symbols):
    """ŷ from one-hot vectors, multiplied out, and layers told nothing."""
    x = ops.one_hot(symbols, K)
    outputs = []
    for lstm, units in zip(network.lstms, network.hidden, strict=True):
        layer = PeepholeLSTM(units, return_sequences=True)
        both = ops.concatenate([x, *outputs[-1:]], axis=-1)
        layer.build(both.shape)
        layer.set_weights([ops.convert_to_numpy(w) for w in lstm.weights[:4]])
        outputs.append(layer(both))
    kernel, bias = network.head.weights[:2]
    return ops.matmul(ops.concatenate(outputs, axis=-1), kernel) + bias


@pytest.mark.parametrize("hidden", [(7,), (7, 5), (3, 4, 5)])
def test_looking_up_is_multiplying_by_one_hot_vectors(hidden):
    network = make(hidden)
    symbols = text(4, 9)
    symbols[0, 0] = symbols[2, 5] = -1
    np.testing.assert_allclose(
        *values([network({"symbols": symbols}), by_one_hot(network, symbols)]),
        rtol=1e-4,
        atol=1e-5,
    )


def test_sizes():
    network = TextPredictor(Vocabulary(range(49), "byte"), hidden=(1000,))
    assert network.count_params() == (49 + 1000 + 1) * 4000 + 3000 + 1001 * 49


def test_the_state_goes_on_from_batch_to_batch():
    whole, carrying = make(), make(streams=3)
    symbols = text(3, 12)
    expected = ops.convert_to_numpy(whole({"symbols": symbols}))
    found = [
        carrying(
            {
                "symbols": symbols[:, first : first + 4],
                "keep": np.full((3, 1), float(first > 0), "float32"),
            }
        )
        for first in (0, 4, 8)
    ]
    np.testing.assert_allclose(
        np.concatenate(values(found), axis=1), expected, rtol=1e-4, atol=1e-5
    )


def test_the_state_starts_anew_where_asked():
    network = make(streams=3)
    symbols = text(3, 4)
    ones, mixed = np.ones((3, 1), "float32"), np.array([[1.0], [0], [1]])
    first, again = (
        ops.convert_to_numpy(network({"symbols": symbols, "keep": keep}))
        for keep in (0 * ones, mixed.astype("float32"))
    )
    np.testing.assert_allclose(first[1], again[1], atol=1e-6)
    assert np.abs(first[[0, 2]] - again[[0, 2]]).max() > 1e-2


def test_step_is_run():
    network = make()
    symbols = text(2, 6)
    expected, last = network.run(symbols, network.initial_state(2))
    state, found = network.initial_state(2), []
    for t in range(6):
        y, state = network.step(ops.convert_to_tensor(symbols[:, t]), state)
        found.append(y)
    np.testing.assert_allclose(
        np.stack(values(found), axis=1), values(expected)[0], atol=1e-4
    )
    for ours, theirs in zip(values(state), values(last), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_fit_learns_a_text_that_repeats_itself():
    keras.utils.set_random_seed(0)
    network = TextPredictor(VOCABULARY, hidden=(16,), streams=4)
    batches = TextStreams(np.tile(VOCABULARY.encode("abacad\n")[0], 60), 4, 20)
    network.compile(
        keras.optimizers.Adam(0.02), SymbolLoss(), metrics=[BitsPerSymbol()]
    )
    history = network.fit(batches, epochs=40, shuffle=False, verbose=0).history
    bits = history["bits_per_symbol"]
    assert bits[0] > 1.5
    assert bits[-1] < 0.2


def test_loss_and_bits_leave_padding_out():
    logits = np.random.default_rng(0).normal(size=(2, 3, K)).astype("float32")
    targets = np.array([[1, 2, -1], [0, -1, -1]])
    log = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    nats = np.array([-log[0, 0, 1] - log[0, 1, 2], -log[1, 0, 0]])
    np.testing.assert_allclose(
        ops.convert_to_numpy(SymbolLoss().call(targets, logits)), nats, 1e-5
    )
    metric = BitsPerSymbol()
    metric.update_state(targets, logits)
    assert float(metric.result()) == pytest.approx(
        nats.sum() / 3 / np.log(2), rel=1e-5
    )


def test_config_holds_everything():
    network = make(streams=3, clip_lstm=2.0, preset="ptb_char")
    config = json.loads(json.dumps(network.get_config()))
    again = TextPredictor.from_config(config)
    assert again.get_config() == network.get_config()
    assert again.vocabulary == VOCABULARY


def test_saved_and_loaded(tmp_path):
    network = make(streams=3)
    symbols = text(3, 4)
    keep = np.ones((3, 1), "float32")
    network({"symbols": symbols, "keep": 0 * keep})
    network.save(tmp_path / "text.keras")
    loaded = keras.saving.load_model(tmp_path / "text.keras")
    # The state is kept: a resumed run reads on.
    for ours, theirs in zip(loaded.weights, network.weights, strict=True):
        np.testing.assert_array_equal(*values([ours, theirs]))
    inputs = {"symbols": symbols, "keep": keep}
    np.testing.assert_allclose(
        *values([loaded(inputs), network(inputs)]), atol=1e-6
    )


@pytest.mark.parametrize("hidden", [(), (0,)])
def test_bad_hidden(hidden):
    with pytest.raises(ValueError, match="hidden"):
        TextPredictor(VOCABULARY, hidden=hidden)
