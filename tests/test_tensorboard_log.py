import io

import numpy as np
import pytest
from PIL import Image

from graves_tf.tensorboard_log import TensorBoardLog


def test_curves_and_pictures(tmp_path):
    """Read back by TensorBoard itself."""
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    pixels = np.random.default_rng(0).integers(256, size=(4, 6), dtype="uint8")
    for name in ("sample-000020", "sample-000010", "attention-000020"):
        Image.fromarray(pixels).save(pictures / f"{name}.png")
    (pictures / "curves.png").write_bytes(b"not one of them")
    log = TensorBoardLog(tmp_path / "tensorboard", pictures)
    log.add_scalars({"loss": 2.5, "minutes": 1}, 10)
    log.add_scalars({"loss": 1.25, "minutes": 2}, 20)
    log.add_pictures(20)
    read = reader.EventAccumulator(str(tmp_path / "tensorboard"))
    read.Reload()
    tags = read.Tags()
    assert sorted(tags["scalars"]) == ["loss", "minutes"]
    assert sorted(tags["images"]) == ["attention", "sample"]
    losses = [(event.step, event.value) for event in read.Scalars("loss")]
    assert losses == [(10, 2.5), (20, 1.25)]
    (event,) = read.Images("sample")
    assert (event.step, event.width, event.height) == (20, 6, 4)
    png = io.BytesIO(event.encoded_image_string)
    np.testing.assert_array_equal(np.asarray(Image.open(png)), pixels)
