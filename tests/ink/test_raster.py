import gc
import io

import numpy as np
import pytest
from PIL import Image

from graves_tf.ink.raster import MAX_PIXELS
from graves_tf.ink.raster import POINTS_PER_SECOND
from graves_tf.ink.raster import to_gif
from graves_tf.ink.raster import to_image
from graves_tf.ink.raster import to_png


def zigzag(points=90, stroke=30):
    """A line of up and down strokes, 50 units high."""
    strokes = np.zeros((points, 3), np.float32)
    strokes[:, 0] = np.arange(points) * 20
    strokes[:, 1] = 100 + 25 * np.sin(np.arange(points))
    strokes[stroke - 1 :: stroke, 2] = 1
    strokes[-1, 2] = 1
    return strokes


def frames_of(data):
    image = Image.open(io.BytesIO(data))
    frames = []
    for number in range(image.n_frames):
        image.seek(number)
        frames.append((image.convert("RGB"), image.info["duration"]))
    return frames


def test_pixels_lie_where_the_ink_is():
    strokes = zigzag()
    image = to_image(strokes, scale=1.0, margin=30, stroke_width=6)
    assert image.mode == "RGB"
    ink = 255 - np.asarray(image.convert("L"), int)
    assert abs(image.width - (89 * 20 + 60)) <= 1
    for x, y, _ in strokes:
        row, column = int(y - strokes[:, 1].min() + 30), int(x + 30)
        assert ink[row, column] > 200, (x, y)
    # The pen was up between strokes, and the margin is blank.
    gap = int((strokes[29, 0] + strokes[30, 0]) / 2 + 30)
    assert ink[:, gap].max() < 30
    assert ink[:20].max() == ink[-20:].max() == 0
    # Antialiased: there are many shades.
    assert len(np.unique(ink)) > 15


def test_height_colour_and_transparency():
    image = to_image(zigzag(), height=120, color="#ff0000", background=None)
    assert image.mode == "RGBA"
    assert image.height == 120
    pixels = np.asarray(image)
    assert pixels[0, 0, 3] == 0
    assert pixels[..., 3].max() == 255
    assert set(map(tuple, pixels[pixels[..., 3] == 255][:, :3])) == {
        (255, 0, 0)
    }


def test_stroke_width_follows_the_writing_not_the_units():
    small = np.asarray(to_image(zigzag()))
    large = np.asarray(to_image(zigzag() * np.float32([100, 100, 1])))
    assert abs(small.shape[0] - large.shape[0]) <= 1
    assert (small < 128).mean() == pytest.approx((large < 128).mean(), rel=0.03)


def test_png_file(tmp_path):
    to_png([zigzag(), zigzag() + [0, 200, 0]], tmp_path / "a.png", height=99)
    with Image.open(tmp_path / "a.png") as image:
        assert image.format == "PNG"
        assert image.height == 99


def test_size_is_bounded():
    image = to_image(zigzag(), scale=1000.0)
    assert image.width * image.height <= MAX_PIXELS * 1.01


@pytest.mark.parametrize(
    "strokes", [np.zeros((0, 3)), [], np.array([[5.0, 7.0, 1.0]])]
)
def test_degenerate_ink(strokes):
    image = to_image(strokes)
    assert min(image.size) >= 1
    dark = (np.asarray(image.convert("L")) < 128).any()
    assert dark == bool(np.size(strokes))
    target = io.BytesIO()
    to_gif(strokes, target)
    assert len(frames_of(target.getvalue())) == 1


def test_bad_options():
    with pytest.raises(ValueError, match="height or scale"):
        to_image(zigzag(), height=9, scale=1)
    with pytest.raises(ValueError, match="scale is -1"):
        to_image(zigzag(), scale=-1)
    with pytest.raises(ValueError, match="nocolour"):
        to_image(zigzag(), color="nocolour")
    with pytest.raises(ValueError, match="speed is 0"):
        to_gif(zigzag(), io.BytesIO(), speed=0)


def test_gif_grows_at_a_hands_pace_and_holds_its_last_frame():
    target = io.BytesIO()
    to_gif(zigzag(), target, height=80, hold=3.0)
    frames = frames_of(target.getvalue())
    assert 25 <= len(frames) <= 30
    ink = [np.asarray(frame.convert("L")) < 128 for frame, _ in frames]
    for before, after in zip(ink, ink[1:], strict=False):
        assert not (before & ~after).any()
        assert after.sum() > before.sum()
    seconds = sum(duration for _, duration in frames) / 1000 - 3.0
    assert seconds == pytest.approx(90 / POINTS_PER_SECOND, rel=0.1)
    assert frames[-1][1] >= 3000 > frames[0][1]
    # The last frame is the picture itself, in fewer shades.
    whole = np.asarray(to_image(zigzag(), height=80).convert("L"), int)
    last = np.asarray(frames[-1][0].convert("L"), int)
    assert np.abs(whole - last).max() <= 12


def test_gif_frames_and_duration_are_bounded():
    target = io.BytesIO()
    to_gif(zigzag(3000, 50), target, height=30, max_frames=40, max_seconds=5)
    frames = frames_of(target.getvalue())
    assert len(frames) <= 40
    total = sum(duration for _, duration in frames) / 1000
    assert total == pytest.approx(5 + 2, abs=0.3)


def test_gif_does_not_hold_its_frames():
    """Those of a page would be gigabytes."""

    def pictures():
        return sum(type(thing) is Image.Image for thing in gc.get_objects())

    class Watched(io.BytesIO):
        most = 0

        def write(self, data):
            # The head of a frame.
            if data[:1] == b"!":
                self.most = max(self.most, pictures())
            return super().write(data)

        def writelines(self, parts):
            for part in parts:
                self.write(part)

    before = pictures()
    target = Watched()
    to_gif(zigzag(), target, height=20)
    assert len(frames_of(target.getvalue())) > 20
    assert target.most - before < 10
