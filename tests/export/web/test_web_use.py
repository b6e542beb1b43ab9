"""The page with bad input, other ways of use, and what goes wrong."""

import contextlib
import shutil

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow
TEXT = "Hello, page"


@pytest.mark.parametrize(
    "field, value, message",
    [
        ("text", "", "The text is empty"),
        ("text", "a" * 10_000, "10000 characters; at most 1000"),
        ("text", "\u05e9\u05dc\u05d5\u05dd", "does not know: \u05d5"),
        ("text", "hi \U0001f600", "does not know: \U0001f600"),
        ("bias", "-1", "legibility must be a number from 0 to 10. It is -1"),
        ("bias", "1e9", "legibility must be a number from 0 to 10"),
        ("bias", "", "legibility must be a number from 0 to 10."),
        ("seed", "-3", "seed must be a number from 0"),
        ("seed", "0.5", "seed must be a whole number"),
    ],
)
def test_bad_input_is_said_beside_its_field(page, field, value, message):
    page.put(field, value)
    _, error = page.write(5)
    assert message in error
    assert page.find(field).get_attribute("aria-invalid") == "true"
    assert page.find("error").get_attribute("role") == "alert"
    # What was amiss is put right, and it is as if nothing had been.
    page.put(field, {"text": "Fine", "bias": 1, "seed": 2}[field])
    assert page.write()[1] == ""


def test_an_empty_pad_and_a_missing_text(page):
    page.choose("own")
    _, error = page.write(5)
    assert "The pad is empty" in error
    page.put("own-text", " ")
    _, error = page.write(5)
    assert "its text is missing" in error
    page.put("own-text", "a" * 41)
    _, error = page.write(5)
    assert "at most 40" in error


def test_it_can_be_stopped(page):
    page.put("text", "a long text, " * 40)
    page.find("write").click()
    page.until(lambda: page.find("stop").is_enabled())
    page.driver.switch_to.active_element.send_keys("\ue00c")
    page.until(lambda: page.text("status") == "Stopped.", 5)
    page.until(lambda: page.find("write").is_enabled(), 5)
    label = page.find("ink").get_attribute("aria-label")
    assert label == "Nothing is written" or label.startswith("Handwriting: a")
    page.put("text", TEXT)
    assert page.write()[0].startswith("Done")


# --- who uses it how ---------------------------------------------------------


def test_everything_is_reached_by_the_keyboard(page):
    from selenium.webdriver.common.keys import Keys

    page.put("text", "")
    page.find("text").send_keys(TEXT, Keys.CONTROL, Keys.ENTER)
    page.until(lambda: page.text("status").startswith("Done"))
    page.find("text").click()
    reached = []
    for _ in range(12):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(page.driver.switch_to.active_element.get_attribute("id"))
    assert reached[:8] == [
        "write",
        "replay",
        "svg",
        "png",
        "bias-slider",
        "bias",
        "seed",
        "new-seed",
    ]
    style = page.driver.find_element("css selector", "[value=free]")
    style.send_keys(Keys.ARROW_DOWN)
    chosen = "return document.querySelector('[name=style]:checked').value"
    assert page.run(chosen) == "0"


def test_every_control_has_a_name(page):
    page.choose("own")
    controls = page.driver.find_elements(
        "css selector", "input, button, textarea, canvas, fieldset"
    )
    assert len(controls) > 15
    names = [control.accessible_name for control in controls]
    assert all(names), list(zip(names, controls, strict=True))
    assert page.driver.find_element("css selector", "html").get_attribute(
        "lang"
    )


def test_a_narrow_screen(page):
    size = page.driver.get_window_size()
    try:
        page.driver.set_window_size(500, 800)
        page.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {
                "width": 320,
                "height": 640,
                "deviceScaleFactor": 2,
                "mobile": True,
            },
        )
        page.put("text", "as it does by hand, and on a phone")
        assert page.write()[0].startswith("Done")
        assert page.run("return document.documentElement.scrollWidth") <= 320
        strokes = page.ink()
        # Two lines, so that the letters stay large enough.
        assert np.ptp(np.concatenate(strokes)[:, 1]) > 500
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.driver.set_window_size(size["width"], size["height"])


# --- what goes wrong ---------------------------------------------------------


@pytest.fixture
def variant(browser, page_folder, serve, tmp_path):
    """Opens the page with something in one of its files replaced."""
    with contextlib.ExitStack() as stack:

        def opened(file, old, new):
            folder = tmp_path / "variant"
            shutil.copytree(page_folder, folder)
            code = (folder / file).read_bytes()
            assert code.count(old.encode()) == 1
            code = code.replace(old.encode(), new.encode())
            (folder / file).write_bytes(code)
            return browser.open(stack.enter_context(serve(folder)))

        yield opened


def test_a_network_that_never_stops(variant):
    page = variant("step_model.js", "values[3] > 0", "false").until_ready()
    page.put("text", "ab")
    status, error = page.write()
    # It is shown, and said.
    assert status.startswith(f"Done: {5 * (150 + 2 * 45 + 1)} points")
    assert '"ab" did not come to an end in 5 attempts.' in error
    assert page.find("svg").is_enabled()


def test_ink_after_the_text_is_said(variant):
    page = variant("sampler.js", "RUNS_ON = 0.55", "RUNS_ON = -9").until_ready()
    page.put("text", "ab")
    status, error = page.write()
    assert status.startswith("Done")
    assert '"ab" has ink after the text in each of 5 attempts.' in error


def test_a_writer_that_hangs_is_replaced(variant):
    page = variant("writer.js", "SILENCE_MS = 20_000", "SILENCE_MS = 0")
    page.until_ready()
    page.put("text", "ab")
    _, error = page.write(10)
    assert "started anew" in error


def test_a_network_that_is_damaged(variant):
    page = variant("sampler.tflite", '"format": "web 1"', '"format": "web 9"')
    page.until(lambda: page.text("error"))
    assert "format web 9" in page.text("error")
    assert not page.find("write").is_enabled()


def test_a_network_that_is_missing(variant):
    page = variant("worker.js", '"sampler.tflite"', '"nowhere.tflite"')
    page.until(lambda: page.text("error"))
    assert "nowhere.tflite gives 404" in page.text("error")


def test_it_works_offline(browser, page_folder, serve):
    with serve(page_folder) as url:
        browser.open(url).until_ready()
    # The server is gone.
    browser.open(url).until_ready()
    browser.put("text", "ab")
    assert browser.write()[0].startswith("Done")


def export_anew(folder):
    """The folder as if it had been written anew with a page that differs."""
    for name, old, new in (
        ("index.html", "<h1>Handwriting", "<h1>Anew"),
        ("precache.js", '"version": "', '"version": "anew'),
    ):
        content = (folder / name).read_text("utf-8")
        assert old in content
        (folder / name).write_text(content.replace(old, new), "utf-8")


def until_renewed(browser):
    """What was kept before goes when the newer version comes."""
    kept = "return (await caches.keys()).filter((k) => !/ wasm /.test(k))"
    browser.until(lambda: all(" anew" in key for key in browser.run(kept)))


def heading(browser):
    return browser.run("return document.querySelector('h1').textContent")


def test_an_export_anew_is_taken_up(browser, page_folder, serve, tmp_path):
    folder = tmp_path / "page"
    shutil.copytree(page_folder, folder)
    with serve(folder) as url:
        browser.open(url).until_ready()
        export_anew(folder)
        browser.open(url).until_ready()
        assert heading(browser) == "Handwriting"
        until_renewed(browser)
    # The server is gone, and what the browser itself may have kept too.
    browser.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    browser.open(url).until_ready()
    assert heading(browser) == "Anew"
    browser.put("text", "ab")
    assert browser.write()[0].startswith("Done")


def test_a_page_that_fails_is_renewed(browser, page_folder, serve, tmp_path):
    folder = tmp_path / "page"
    shutil.copytree(page_folder, folder)
    worker = folder / "worker.js"
    whole = worker.read_text("utf-8")
    worker.write_text(whole.replace("sampler.tflite", "no.tflite"), "utf-8")
    with serve(folder) as url:
        for _ in range(2):
            browser.open(url).until(lambda: browser.text("error"))
        worker.write_text(whole, "utf-8")
        export_anew(folder)
        browser.open(url).until(lambda: browser.text("error"))
        until_renewed(browser)
        browser.open(url).until_ready()


def test_what_is_not_the_pages_is_left_alone(
    browser, page_folder, serve, tmp_path
):
    folder = tmp_path / "page"
    shutil.copytree(page_folder, folder)
    other = folder / "other.txt"
    other.write_text("one")
    ask = "return (await fetch('other.txt', {cache: 'no-store'})).text()"
    with serve(folder) as url:
        browser.open(url).until_ready()
        browser.open(url).until_ready()
        assert browser.run("return !!navigator.serviceWorker.controller")
        assert browser.run(ask) == "one"
        other.write_text("other")
        assert browser.run(ask) == "other"


def test_another_page_in_its_place(browser, page_folder, serve, tmp_path):
    folder = tmp_path / "page"
    shutil.copytree(page_folder, folder)
    with serve(folder) as url:
        browser.open(url).until_ready()
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "index.html").write_text("<h1>Another</h1>")
        browser.open(url)
        # While it is loaded again there may be no heading at all.
        browser.until(lambda: "<h1>Another" in browser.driver.page_source)
