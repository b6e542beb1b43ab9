"""`python -m graves_tf.weights.ship`: half the size, and TFLite beside it."""

import numpy as np
import pytest

from graves_tf import weights
from graves_tf.export.runtime import Sampler
from graves_tf.weights.ship import halve
from graves_tf.weights.ship import main


@pytest.fixture(scope="module")
def text_network(tmp_path_factory):
    """The file of a text network, large enough for its weights to count."""
    from graves_tf.networks import TextPredictor
    from graves_tf.text.vocabulary import Vocabulary

    network = TextPredictor(Vocabulary(list("abc \n"), "character"), (60,))
    rng = np.random.default_rng(0)
    network.set_weights([rng.normal(size=w.shape) for w in network.weights])
    path = tmp_path_factory.mktemp("text") / "text.keras"
    network.save(path)
    return path


def test_halved_weights_are_half_the_size_and_nearly_the_same(
    text_network, tmp_path
):
    path = tmp_path / "half.keras"
    halve(text_network, path)
    assert path.stat().st_size < 0.7 * text_network.stat().st_size
    before, after = weights.load(text_network), weights.load(path)
    assert after.get_config() == before.get_config()
    for old, new in zip(before.get_weights(), after.get_weights(), strict=True):
        assert new.dtype == "float32" and (new != old).any()
        np.testing.assert_allclose(new, old, rtol=2**-11, atol=2**-25)


def test_halving_twice_changes_nothing(text_network, tmp_path):
    once, twice = tmp_path / "once.keras", tmp_path / "twice.keras"
    halve(text_network, once)
    halve(once, twice)
    assert once.read_bytes() == twice.read_bytes()


def test_a_weight_too_large_for_it_is_refused(text_network, tmp_path, capsys):
    network = weights.load(text_network)
    network.weights[0].assign(network.weights[0] + 7e4)
    network.save(tmp_path / "large.keras")
    arguments = ["text", str(tmp_path / "large.keras"), "-o", str(tmp_path)]
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "large.keras" in error
    assert "65504" in error
    assert [path.name for path in tmp_path.iterdir()] == ["large.keras"]


def test_a_text_network_ships_alone(text_network, tmp_path, capsys):
    arguments = ["text", str(text_network), "-o", str(tmp_path / "new")]
    assert main(arguments) == 0
    (path,) = (tmp_path / "new").iterdir()
    assert path.name == "text.keras"
    assert f"sha256: {weights.sha256(path)}" in capsys.readouterr().out


def test_adaptive_noise_stays_behind(tmp_path, capsys):
    from graves_tf.layers import AdaptiveWeightNoise
    from graves_tf.networks import HandwritingPredictor

    noise = AdaptiveWeightNoise(sequences=10)
    network = HandwritingPredictor(hidden=(5,), weight_noise=noise)
    network.save(tmp_path / "noisy.keras")
    noisy = str(tmp_path / "noisy.keras")
    assert main(["plain", noisy, "-o", str(tmp_path)]) == 0
    shipped = weights.load(tmp_path / "plain.keras")
    assert shipped.weight_noise is None
    kernel = np.asarray(network.lstms[0].kernel)
    np.testing.assert_allclose(shipped.lstms[0].kernel, kernel, atol=1e-3)


def test_what_it_was_trained_with_is_kept(tmp_path):
    from graves_tf.layers import VariationalDropout
    from graves_tf.networks import HandwritingPredictor
    from graves_tf.regularization import regularization_of

    network = HandwritingPredictor(
        hidden=(5,), weight_noise=VariationalDropout(0.125)
    )
    network.save(tmp_path / "noisy.keras")
    noisy = str(tmp_path / "noisy.keras")
    assert main(["plain", noisy, "-o", str(tmp_path)]) == 0
    shipped = weights.load(tmp_path / "plain.keras")
    assert regularization_of(shipped) == "variational_dropout"
    assert shipped.weight_noise.rate == 0.125


@pytest.mark.tensorflow
def test_a_synthesis_network_ships_with_its_samplers(scribbler, tmp_path):
    assert main(["mine", str(scribbler), "-o", str(tmp_path)]) == 0
    names = ["mine.float16.tflite", "mine.int8.tflite", "mine.keras"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for name in names[:2]:
        sampler = Sampler(tmp_path / name)
        digest = weights.sha256(tmp_path / "mine.keras")
        assert sampler.metadata["keras_sha256"] == digest
        assert np.isfinite(sampler.write("Hello", attempts=1)).all()
    # The TFLite files alone.
    (tmp_path / names[1]).unlink()
    before = (tmp_path / "mine.keras").read_bytes()
    assert main(["mine", "-o", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert (tmp_path / "mine.keras").read_bytes() == before


@pytest.mark.parametrize("content", [None, b"no network"])
def test_what_is_no_network_is_refused(content, tmp_path, capsys):
    path = tmp_path / "bad.keras"
    if content is not None:
        path.write_bytes(content)
    assert main(["mine", str(path), "-o", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("graves_tf.weights.ship: ")
    assert error.count("\n") == 1 and "bad.keras" in error
    assert not (tmp_path / "out").exists()
