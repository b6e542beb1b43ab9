"""What every test shares: seeds, the real data, the backend's marker."""

import os
import pathlib
import random
import sys

import numpy as np
import pytest

# Before anything imports TensorFlow or matplotlib.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")
# Small networks, compiled many times over: compiling is what takes long.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")

SHARED_DATA = pathlib.Path(__file__).parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items):
    """Skips the tests marked `tensorflow` on every other backend."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend == "tensorflow":
        return
    skip = pytest.mark.skip(reason=f"needs TensorFlow, runs on {backend}")
    for item in items:
        if "tensorflow" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def seed():
    """Seeds Python, NumPy and, where a test has imported it, Keras."""
    random.seed(0)
    np.random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture(scope="session")
def shared_data():
    """The folder of real corpora; skips the test where there is none."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def iam_ondb_data(shared_data):
    """The folder of the real IAM-OnDB; skips the test where it is absent."""
    folder = shared_data / "iam_ondb"
    if not folder.is_dir():
        pytest.skip(f"no IAM-OnDB at {folder}")
    return folder


@pytest.fixture(scope="session")
def scribbler(tmp_path_factory):
    """An untrained network's file; its window hurries, so that lines end."""
    import keras

    from graves_tf.networks import HandwritingSynthesizer

    keras.utils.set_random_seed(3)
    network = HandwritingSynthesizer(
        hidden=(8, 8),
        num_mixtures=2,
        num_gaussians=2,
        characters_per_point=0.2,
        offset_mean=(8.0, 0.0),
        offset_std=(40.0, 36.0),
    )
    path = tmp_path_factory.mktemp("weights") / "scribbler.keras"
    network.save(path)
    return path
