"""A golden network, exported and served by a stand-in for TensorFlow Serving.

The stand-in's modules are beside this file; only these tests import them.
"""

import pathlib
import sys
import types

import numpy as np
import pytest

HERE = pathlib.Path(__file__).parent
GOLDEN = HERE.parents[1] / "golden" / "synthesizer_v1.keras"
NAME = "golden"
sys.path.append(str(HERE))


@pytest.fixture(scope="session")
def golden_file():
    return GOLDEN


@pytest.fixture(scope="session")
def golden():
    """A network of the alphabet ` abc`, whose lines end after some points."""
    from graves_tf import weights

    return weights.load(GOLDEN)


@pytest.fixture(scope="session")
def folder(golden, tmp_path_factory):
    """The golden network's folder of versions; there is version 1."""
    from graves_tf.export.serving_folder import export_version

    folder = tmp_path_factory.mktemp("models") / NAME
    export_version(golden, folder)
    return folder


@pytest.fixture(scope="session")
def metadata(folder):
    return folder / "1" / "assets.extra" / "graves_tf.json"


@pytest.fixture(scope="session")
def served_model(folder):
    pytest.importorskip("tensorflow_serving")
    from served_model import ServedModel

    model = ServedModel(folder)
    yield model
    model.close()


@pytest.fixture(scope="session")
def server(served_model):
    """A `StandIn` on the golden network."""
    from stand_in import StandIn

    with StandIn(served_model, NAME) as server:
        yield server


@pytest.fixture(params=["rest", "grpc"])
def client(request, server, metadata):
    """A `ServingClient` of either protocol."""
    with connect(server, metadata, request.param) as client:
        yield client


def connect(server, metadata, protocol, **options):
    from graves_tf.export.serving_client import ServingClient

    address = getattr(server, protocol)
    return ServingClient(address, server.name, metadata, protocol, **options)


@pytest.fixture(scope="session")
def connected():
    """`connect`, for tests that serve something else."""
    return connect


@pytest.fixture(scope="session")
def on_keras(golden):
    from graves_tf.sampling.handwriting_sampler import HandwritingSampler

    return HandwritingSampler(golden)


@pytest.fixture(scope="session")
def style():
    """Someone's line."""
    from graves_tf.ink.line import Line

    rng = np.random.default_rng(2)
    strokes = np.zeros((13, 3), "float32")
    strokes[:, :2] = 500 + np.cumsum(rng.normal(8.0, 30.0, (13, 2)), axis=0)
    strokes[:, 2] = rng.random(13) < 0.3
    return Line(strokes, "ab a")


@pytest.fixture(scope="session")
def primed(golden, style):
    """Inputs of a primed line, and what Keras draws from them, unbounded."""
    from graves_tf.ink.offsets import to_offsets
    from graves_tf.sampling.draws import Draws

    offsets = to_offsets(style.strokes)
    codes = golden.alphabet.encode(f"{style.text} {'cab a ' * 4}")
    steps = len(offsets) + 200
    uniforms, normals = Draws(10).take(steps)
    return types.SimpleNamespace(
        offsets=offsets,
        characters=codes[None],
        bias=np.array([0.5], "float32"),
        uniforms=uniforms[None, len(offsets) :],
        normals=normals[None, len(offsets) :],
    )
