"""`python -m graves_tf.export`."""

import pytest

from graves_tf.export.__main__ import main
from graves_tf.export.runtime import read_metadata
from graves_tf.weights import sha256

pytestmark = pytest.mark.tensorflow


def test_saved_model(keras_file, tmp_path, capsys):
    import tensorflow as tf

    assert (
        main([str(keras_file), "--to", "saved_model", "-o", str(tmp_path)]) == 0
    )
    loaded = tf.saved_model.load(str(tmp_path))
    assert {"init", "step", "write"} <= set(loaded.signatures)
    assert f"{tmp_path}  " in capsys.readouterr().out


def test_tflite(keras_file, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    arguments = [str(keras_file), "--to", "tflite", "-o", str(out)]
    assert main([*arguments, "--quantize", "int8"]) == 0
    assert [p.name for p in out.iterdir()] == ["sampler_int8.tflite"]
    assert "sampler_int8.tflite" in capsys.readouterr().out
    metadata = read_metadata(out / "sampler_int8.tflite", "synthesis")
    assert metadata["keras_sha256"] == sha256(keras_file)


def test_weights_trained_in_narrow_types_export(network, tmp_path):
    import numpy as np

    from graves_tf.export.loading import load_network

    config = {**network.get_config(), "dtype": "mixed_bfloat16"}
    narrow = type(network).from_config(config)
    narrow.set_weights(network.get_weights())
    narrow.save(tmp_path / "narrow.keras")
    loaded = load_network(tmp_path / "narrow.keras")
    assert loaded.compute_dtype == "float32"
    for ours, theirs in zip(
        loaded.get_weights(), network.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_noise_of_the_training_stays_behind(network, tmp_path):
    """The mean of the posterior is all that is exported."""
    import numpy as np

    from graves_tf.export.loading import load_network
    from graves_tf.layers import AdaptiveWeightNoise
    from graves_tf.run_folder import copy_of

    noise = AdaptiveWeightNoise(0.5, sequences=3)
    noisy = copy_of(network, "float32", weight_noise=noise)
    assert noisy.count_params() == 2 * network.count_params()
    noisy.save(tmp_path / "noisy.keras")
    loaded = load_network(tmp_path / "noisy.keras")
    for ours, theirs in zip(
        loaded.get_weights(), network.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def refused(arguments, capsys):
    """What it says, in one line, as it leaves with 2."""
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("graves_tf.export: ") and error.count("\n") == 1
    return error


def test_a_missing_file(tmp_path, capsys):
    arguments = [str(tmp_path / "none.keras"), "--to", "tflite"]
    error = refused([*arguments, "-o", str(tmp_path)], capsys)
    assert "none.keras" in error


@pytest.mark.parametrize("content", [b"", b"not a network", None])
def test_a_file_that_is_no_network(content, keras_file, tmp_path, capsys):
    path = tmp_path / "bad.keras"
    if content is None:
        content = keras_file.read_bytes()[:5000]
    path.write_bytes(content)
    out = str(tmp_path / "out")
    error = refused([str(path), "--to", "saved_model", "-o", out], capsys)
    assert "bad.keras" in error


def test_another_kind_of_network(tmp_path, capsys):
    from graves_tf.networks import HandwritingPredictor

    path = tmp_path / "predictor.keras"
    HandwritingPredictor(hidden=(8,), num_mixtures=2).save(path)
    out = str(tmp_path / "out")
    error = refused([str(path), "--to", "saved_model", "-o", out], capsys)
    assert "HandwritingPredictor" in error


def test_a_folder_that_cannot_be(keras_file, capsys):
    out = str(keras_file / "below")
    for form in ("saved_model", "tflite", "web"):
        for place in (out, str(keras_file)):
            arguments = [str(keras_file), "--to", form, "-o", place]
            assert "is a file" in refused(arguments, capsys)


def test_what_tensorflow_cannot_write_is_said(network, tmp_path):
    """The command refuses it sooner; from Python it comes to this."""
    from graves_tf.export.saved_model import export_saved_model

    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OSError, match="file"):
        export_saved_model(network, file)


def test_quantize_is_for_tflite(keras_file, tmp_path, capsys):
    arguments = [str(keras_file), "--to", "saved_model", "-o", str(tmp_path)]
    error = refused([*arguments, "--quantize", "int8"], capsys)
    assert "--to tflite" in error
