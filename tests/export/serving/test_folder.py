"""A model's folder of versions, and what warms a server up."""

import numpy as np
import pytest

from graves_tf.export.__main__ import main

pytestmark = pytest.mark.tensorflow


def exported(golden, folder, **options):
    from graves_tf.export.serving_folder import export_version

    return export_version(golden, folder, **options)


def test_versions_count_up(golden, tmp_path, monkeypatch):
    from graves_tf.export import serving_folder

    def quick(network, directory):
        directory.mkdir()
        return directory

    monkeypatch.setattr(serving_folder, "export_saved_model", quick)
    folder = tmp_path / "models" / "writer"
    assert exported(golden, folder) == folder / "1"
    (folder / "notes").mkdir()
    assert exported(golden, folder, version=7) == folder / "7"
    assert serving_folder.versions(folder) == [1, 7]
    # Nothing is left of what they were made in.
    assert {p.name for p in folder.iterdir()} == {"1", "7", "notes"}
    with pytest.raises(ValueError, match="7 is there already.*is 8"):
        exported(golden, folder, version=7)
    with pytest.raises(ValueError, match="1 or more, not 0"):
        exported(golden, folder, version=0)


def test_a_version_comes_whole(golden, tmp_path, monkeypatch):
    """A server that looks meanwhile sees no version that is half there."""
    from graves_tf.export import serving_folder

    seen = []

    def failing(network, directory):
        directory.mkdir()
        (directory / "saved_model.pb").write_bytes(b"")
        seen.extend(serving_folder.versions(tmp_path))
        raise OSError("the disk is full")

    monkeypatch.setattr(serving_folder, "export_saved_model", failing)
    with pytest.raises(OSError, match="full"):
        exported(golden, tmp_path)
    assert seen == [] and list(tmp_path.iterdir()) == []


def test_a_server_may_read_it(folder):
    for path in [folder / "1", *(folder / "1").rglob("*")]:
        assert path.stat().st_mode & 0o004, path


def test_from_the_command_line(golden_file, tmp_path, capsys):
    folder = str(tmp_path / "writer")
    arguments = [str(golden_file), "--to", "saved_model", "-o", folder]
    assert main([*arguments, "--version", "next"]) == 0
    assert f"{tmp_path}/writer/1  " in capsys.readouterr().out
    assert main([*arguments, "--version", "5"]) == 0
    assert (tmp_path / "writer" / "5" / "saved_model.pb").is_file()
    for version in ("5", "0", "new"):
        assert main([*arguments, "--version", version]) == 2
        error = capsys.readouterr().err
        assert version in error and error.count("\n") == 1
    arguments[2] = "tflite"
    assert main([*arguments, "--version", "1"]) == 2
    assert "--to saved_model" in capsys.readouterr().err


def test_the_newest_version_is_served(golden, folder, tmp_path):
    pytest.importorskip("tensorflow_serving")
    from served_model import ServedModel

    for version in (2, 10):
        (tmp_path / str(version)).symlink_to(folder / "1")
    model = ServedModel(tmp_path)
    assert model.version == 10
    model.close()


def test_every_signature_is_warmed_up(served_model):
    public = {n for n in served_model.signatures if not n.startswith("__")}
    assert sorted(served_model.warmed_up) == sorted(public)


def test_warm_up_requests_are_the_servers_own_protos(folder):
    """Each field by name, as TensorFlow Serving's own classes read them."""
    pytest.importorskip("tensorflow_serving")
    import tensorflow as tf
    from tensorflow_serving.apis import prediction_log_pb2

    path = folder / "1" / "assets.extra" / "tf_serving_warmup_requests"
    records = list(tf.data.TFRecordDataset(str(path)).as_numpy_iterator())
    assert len(records) <= 1000
    logs = map(prediction_log_pb2.PredictionLog.FromString, records)
    requests = {
        log.predict_log.request.model_spec.signature_name: log for log in logs
    }
    request = requests["prime"].predict_log.request
    arrays = {n: tf.make_ndarray(t) for n, t in request.inputs.items()}
    assert {n: (a.dtype, a.shape) for n, a in arrays.items()} == {
        "offsets": (np.float32, (1, 4, 3)),
        "lengths": (np.int32, (1,)),
        "characters": (np.int32, (1, 16)),
    }
    # And nothing that these classes do not know.
    for record, log in zip(records, requests.values(), strict=True):
        copy = prediction_log_pb2.PredictionLog()
        copy.CopyFrom(log)
        copy.DiscardUnknownFields()
        assert copy.ByteSize() == len(record)
