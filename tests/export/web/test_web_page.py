"""The page in a real Chromium: what it writes, shows and gives."""

import numpy as np
import pytest
from lxml import etree

from graves_tf.export import runtime
from graves_tf.ink.formats import read_style

pytestmark = pytest.mark.tensorflow
TEXT = "Hello, page"


@pytest.fixture(scope="module")
def sampler(tflite_files):
    """The Python runtime on the small network."""
    return runtime.Sampler(tflite_files["int8"])


def python_line(browser, sampler, monkeypatch, seed, **options):
    """What the Python runtime writes from the page's random numbers."""
    rows = browser.run(
        "const { Draws } = await import('./draws.js');"
        "return [0, 1, 2, 3, 4].map((attempt) => {"
        "  const draws = new Draws(args[0], 0, attempt);"
        "  return Array.from({ length: 1600 }, () => draws.next());"
        "});",
        seed,
    )

    def draws(line, count):
        first = line.count
        block = rows[line.attempt][first : first + count]
        return np.array(
            [[row[name] for row in block] for name in ("uniforms", "normals")],
            "float32",
        )

    monkeypatch.setattr(runtime._Line, "draws", draws)
    return sampler.sample(TEXT, seed=seed, **options)


def assert_same_ink(strokes, sample):
    """The paths of one line are a sample's strokes."""
    from graves_tf.ink.geometry import split_strokes
    from graves_tf.ink.page import set_page

    (expected,) = set_page([sample.strokes])
    expected = split_strokes(expected)
    assert len(strokes) == len(expected)
    for ours, theirs in zip(strokes, expected, strict=True):
        moved = np.any(np.diff(theirs, axis=0) != 0, axis=1)
        theirs = theirs[np.concatenate([[True], moved])]
        if len(theirs) == 1:
            ours = ours[:1]
        np.testing.assert_allclose(ours, theirs, atol=0.2)


@pytest.mark.parametrize("seed", [7, 8])
def test_type_write_stop(small_page, sampler, monkeypatch, seed):
    """What the button writes is what Python writes from the same draws."""
    small_page.put("text", TEXT)
    small_page.put("seed", seed)
    small_page.put("bias", 0.5)
    status, _ = small_page.write()
    expected = python_line(small_page, sampler, monkeypatch, seed, bias=0.5)
    assert expected.finished
    assert status.startswith("Done: ")
    # The points of all attempts are counted.
    if expected.attempts == 1:
        assert f" {len(expected.strokes)} points" in status
    assert_same_ink(small_page.ink(), expected)


def test_the_shipped_network_writes(page):
    page.put("text", TEXT)
    status, error = page.write()
    assert status.startswith("Done: ") and not error
    label = page.find("ink").get_attribute("aria-label")
    assert label == f"Handwriting: {TEXT}"
    strokes = page.ink()
    points = np.concatenate(strokes)
    # A line: much wider than high.
    assert np.ptp(points[:, 0]) > 2 * np.ptp(points[:, 1])
    assert 5 <= len(strokes) <= 40


def test_first_ink_comes_soon(page):
    page.put("text", TEXT)
    page.write()
    measures = page.run(
        "return Object.fromEntries(performance.getEntriesByType('measure')"
        ".map(({ name, duration }) => [name, duration]))"
    )
    assert measures["first ink"] < 2000


# Writes a line on the pad by pointer events, 12 ms from one to the next.
POINT = """
const [strokes, pointerType] = args;
const pad = document.getElementById('pad');
const { left, top } = pad.getBoundingClientRect();
let down = false;
strokes.forEach(([x, y, lifts], i) => {
  const send = (type) => {
    const event = new PointerEvent(type, {
      pointerId: 5, pointerType, button: type === 'pointermove' ? -1 : 0,
      clientX: left + x, clientY: top + y, bubbles: true, cancelable: true,
    });
    Object.defineProperty(event, 'timeStamp', { value: 1000 + 12 * i });
    pad.dispatchEvent(event);
  };
  send(down ? 'pointermove' : 'pointerdown');
  if (lifts) send('pointerup');
  down = !lifts;
});
"""
# Keeps what goes to the worker.
OVERHEAR = """
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message) {
  if (message.job) self.job = message.job;
  return post.call(this, message);
};
"""


def test_priming_from_the_pad(small_page, sampler, monkeypatch):
    """An example written on the pad, and what Python writes after it."""
    rng = np.random.default_rng(4)
    points = np.arange(60)
    example = np.stack(
        [
            30 + 4.0 * points,
            80 + 40 * np.sin(points / 2) + rng.normal(0, 2, 60),
            points % 15 == 14,
        ],
        axis=1,
    )
    page = small_page
    page.choose("own")
    page.run(POINT, example.round().tolist(), "pen")
    page.run(OVERHEAR)
    page.put("own-text", "four")
    page.put("text", TEXT)
    page.put("seed", 3)
    page.put("bias", 1)
    assert page.write()[0].startswith("Done")
    prime = page.run("return self.job.prime")
    assert prime["text"] == "four"
    strokes = np.array(prime["strokes"])
    assert strokes[:, 2].sum() == 4
    # The same shape, at the recordings' pace: 75 readings a second, not 83.
    assert len(strokes) == pytest.approx(60 * 75 / 83.3, abs=4)
    shape = np.ptp(strokes[:, 0]) / np.ptp(strokes[:, 1])
    expected = np.ptp(example[:, 0]) / np.ptp(example[:, 1])
    assert shape == pytest.approx(expected, rel=0.05)
    sample = python_line(
        page, sampler, monkeypatch, 3, bias=1.0, prime=(strokes, "four")
    )
    assert_same_ink(page.ink(), sample)


@pytest.mark.parametrize("kind", ["mouse", "touch", "pen"])
def test_pointers_on_the_pad(page, kind):
    """Events that come from the browser itself."""
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.actions.pointer_input import PointerInput

    page.choose("own")
    pad = page.find("pad")
    page.driver.execute_script("arguments[0].scrollIntoView()", pad)
    pointer = PointerInput(kind, kind)
    actions = ActionBuilder(page.driver, mouse=pointer, duration=20)
    for left in (-60, 40):
        actions.pointer_action.move_to(pad, left, 0).pointer_down()
        for x, y in [(20, -30), (40, 20)]:
            actions.pointer_action.move_to(pad, left + x, y)
        actions.pointer_action.pointer_up()
    actions.perform()
    page.run(OVERHEAR)
    page.put("own-text", "vv")
    page.put("text", "a")
    page.write()
    strokes = np.array(page.run("return self.job.prime.strokes"))
    assert strokes[:, 2].sum() == 2 and strokes[-1, 2] == 1
    assert len(strokes) > 6
    page.find("undo").click()
    page.write()
    strokes = np.array(page.run("return self.job.prime.strokes"))
    assert strokes[:, 2].sum() == 1
    page.find("clear").click()
    assert not page.find("undo").is_enabled()
    assert "pad is empty" in page.write()[1]


def test_the_pads_line_is_saved_for_training(small_page, tmp_path):
    points = [[30, 40, 0], [34, 60, 0], [38, 80, 1], [50, 50, 0], [60, 62, 1]]
    page = small_page
    page.choose("own")
    page.run(POINT, points, "pen")
    page.put("own-text", " say \u201cvi\u201d ")
    path = tmp_path / "line.json"
    path.write_bytes(page.download("save", "line.json"))
    line = read_style(path, convert=False)
    assert line.text == 'say "vi"'
    assert line.strokes[:, 2].sum() == 2
    assert line.strokes[0].tolist() == [30, 40, 0]
    assert line.strokes[-1].tolist() == [60, 62, 1]
    page.put("own-text", "")
    page.find("save").click()
    assert "its text is missing" in page.text("error")


def test_an_example_hand_changes_the_ink(page):
    page.put("text", TEXT)
    inks = []
    for style in ("free", "0", "1"):
        page.choose(style)
        assert page.write()[0].startswith("Done")
        inks.append(page.download("svg", "handwriting.svg"))
    assert len(set(inks)) == 3


def test_png(page):
    import io

    from PIL import Image

    page.put("text", TEXT)
    page.put("color", "#cc0000")
    page.write()
    content = page.download("png", "handwriting.png")
    pixels = np.array(Image.open(io.BytesIO(content)).convert("RGB"))
    assert pixels.shape[1] > 400
    assert (pixels[0] == 255).all()
    assert (pixels == [0xCC, 0, 0]).all(axis=-1).mean() > 0.005


def test_pen_width_and_colour_need_no_new_writing(page):
    page.put("text", TEXT)
    page.write()
    page.put("pen-width", 0.4)
    page.put("color", "#00aa00")
    svg = etree.fromstring(page.download("svg", "handwriting.svg"))
    group = svg.find("{*}g")
    assert group.get("stroke") == "#00aa00"
    page.put("pen-width", 0.2)
    other = etree.fromstring(page.download("svg", "handwriting.svg"))
    ratio = float(group.get("stroke-width")) / float(
        other.find("{*}g").get("stroke-width")
    )
    assert ratio == pytest.approx(2, rel=0.02)


def test_replay(page):
    def ink():
        return page.run(
            "const { width, height } = document.getElementById('ink');"
            "const { data } = document.getElementById('ink')"
            ".getContext('2d').getImageData(0, 0, width, height);"
            "return data.filter((value, i) => i % 4 == 3 && value).length;"
        )

    page.put("text", TEXT)
    page.write()
    whole = ink()
    page.find("replay").click()
    page.until(lambda: 0 < ink() < 0.6 * whole, 5)
    page.until(lambda: page.text("replay") == "Replay", 30)
    assert ink() == whole


def test_several_lines_stand_below_each_other(page):
    page.put("text", "one line\nand another")
    assert page.write()[0].startswith("Done")
    strokes = page.ink()
    heights = [stroke[:, 1].mean() for stroke in strokes]
    assert heights[-1] - heights[0] > 200


def test_an_empty_line_parts_paragraphs(page):
    def heights(text):
        page.put("text", text)
        assert page.write()[0].startswith("Done")
        return [stroke[:, 1].mean() for stroke in page.ink()]

    together, apart = heights("one\ntwo"), heights("one\n\n\ntwo\n")
    drop = together[-1] - together[0]
    assert apart[-1] - apart[0] > 1.5 * drop
