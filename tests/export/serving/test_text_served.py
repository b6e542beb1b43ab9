"""A text network is served as well."""

import itertools

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def network():
    from graves_tf.networks import TextPredictor
    from graves_tf.text.vocabulary import Vocabulary

    network = TextPredictor(
        Vocabulary.fit("the cat sat\non the mat\n", "character"),
        hidden=(9, 8),
    )
    rng = np.random.default_rng(0)
    for weight in network.weights:
        weight.assign(rng.normal(scale=0.7, size=weight.shape))
    return network


@pytest.fixture(scope="module")
def server(network, tmp_path_factory):
    pytest.importorskip("tensorflow_serving")
    from served_model import ServedModel
    from stand_in import StandIn

    from graves_tf.export.serving_folder import export_version

    path = export_version(network, tmp_path_factory.mktemp("text"))
    with StandIn(ServedModel(path.parent), "text") as server:
        yield server


@pytest.fixture(params=["rest", "grpc"])
def served(request, server):
    from graves_tf.export.serving_client import PROTOCOLS

    served = PROTOCOLS[request.param](getattr(server, request.param), "text")
    yield served
    served.close()


def step_inputs(**changed):
    inputs = {
        "symbol": np.array([-1], "int32"),
        "uniform": np.array([0.5], "float32"),
        "temperature": np.array([0.8], "float32"),
    }
    return {**inputs, **changed}


def test_it_is_warmed_up(server):
    expected = ["init", "serving_default", "step"]
    assert sorted(server.model.warmed_up) == expected


def test_it_draws_the_networks_symbols(served, network):
    from graves_tf.sampling.text_sampler import TextSampler

    expected = [
        int(symbol[0])
        for symbol in itertools.islice(
            TextSampler(network).symbols(None, 0.8, seed=4), 25
        )
    ]
    symbol = np.array([-1], "int32")
    state = served.predict("init", {"symbol": symbol}, 20)
    rng, drawn = np.random.default_rng(4), []
    for _ in expected:
        inputs = step_inputs(
            symbol=symbol, uniform=rng.random(1, dtype="float32"), **state
        )
        state = served.predict("step", inputs, 20)
        del state["log_probabilities"]
        symbol = state.pop("symbol").astype("int32")
        drawn.append(int(symbol[0]))
    assert drawn == expected


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"symbol": np.array([99], "int32")}, "numbers of the vocabulary"),
        ({"temperature": np.zeros(1, "float32")}, "must be positive"),
        ({"uniform": np.ones(1, "float32")}, "below 1"),
        ({"uniform": np.full(1, np.nan, "float32")}, "below 1"),
    ],
)
def test_what_it_refuses(served, changed, message):
    state = served.predict("init", {"symbol": np.array([-1], "int32")}, 20)
    with pytest.raises(ValueError, match=message):
        served.predict("step", step_inputs(**changed, **state), 20)
