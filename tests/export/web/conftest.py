"""The page's folder, served on loopback, and a headless Chromium."""

import contextlib
import functools
import http.server
import os
import shutil
import threading
import time

import numpy as np
import pytest
from lxml import etree

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@pytest.fixture(scope="session")
def page_folder(network, tmp_path_factory):
    """The page with the small random network."""
    return written(network, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="session")
def shipped_folder(tmp_path_factory):
    """The page with the weights that ship."""
    from graves_tf.export.loading import load_network
    from graves_tf.weights import find

    card = find("synthesis").with_suffix(".md")
    folder = tmp_path_factory.mktemp("shipped")
    return written(load_network("synthesis"), folder, card)


def written(network, folder, card=None):
    """The page's folder; skips the test where LiteRT.js cannot be had."""
    from graves_tf.export.litert_js import PACKAGES
    from graves_tf.export.litert_js import tarball
    from graves_tf.export.web_folder import export_web

    try:
        for package in PACKAGES:
            tarball(package)
    except OSError as error:
        pytest.skip(str(error))
    export_web(network, folder, card)
    return folder


class Handler(http.server.SimpleHTTPRequestHandler):
    """Says nothing of what is asked."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """The folder's URL, while it is served."""
    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def serve():
    """`served`, for tests that end the server themselves."""
    return served


def paths(svg):
    """The points of each path of an SVG: where its pieces end."""
    strokes = []
    for path in etree.fromstring(svg).iterfind(".//{*}path"):
        commands = path.get("d").replace("C", " C ").replace("L", " L ")
        begin, *pieces = [
            [float(x) for x in part.split() if x not in "CL"]
            for part in commands.removeprefix("M").replace("L", "C").split("C")
        ]
        strokes.append(np.array([begin, *(piece[-2:] for piece in pieces)]))
    return strokes


class Browser:
    """What the tests do in a page.

    Args:
        driver: of selenium.
        downloads: the folder where the browser puts files.
    """

    def __init__(self, driver, downloads):
        self.driver, self.downloads = driver, downloads

    def open(self, url):
        self.driver.get(url)
        return self

    def run(self, code, *args):
        """What an async function body returns; `args` are its arguments."""
        reply = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "const args = [...arguments].slice(0, -1);"
            f"(async () => {{ {code} }})().then("
            "(value) => done({ value }),"
            "(error) => done({ error: error.message ?? `${error}` }));",
            *args,
        )
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply.get("value")

    def call(self, module, function, *args):
        """What a module's function returns."""
        return self.run(
            f"return (await import('./{module}')).{function}(...args)", *args
        )

    def find(self, element):
        return self.driver.find_element("id", element)

    def text(self, element):
        return self.find(element).text

    def put(self, field, value):
        """Sets a field, as typing or dragging does in the end."""
        self.run(
            "const field = document.getElementById(args[0]);"
            "field.value = args[1];"
            "field.dispatchEvent(new Event('input', { bubbles: true }));",
            field,
            str(value),
        )

    def choose(self, style):
        selector = f"[name=style][value='{style}']"
        self.driver.find_element("css selector", selector).click()

    def until(self, condition, seconds=60):
        """Waits for a function of no arguments; says what the page says."""
        from selenium.common.exceptions import StaleElementReferenceException

        def holds():
            try:
                return condition()
            except StaleElementReferenceException:
                # The page has just gone, and comes again.
                return False

        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                said = f"{self.text('status')!r} {self.text('error')!r}"
                raise TimeoutError(f"not within {seconds} s: {said}")
            time.sleep(0.02)

    def until_ready(self):
        # The page's own patience is 180 s.
        self.until(
            lambda: self.text("status") == "Ready." or self.text("error"), 200
        )
        assert not self.text("error")
        return self

    def write(self, seconds=60):
        """Presses the button; waits for the end; gives status and error."""
        self.find("write").click()
        self.until(lambda: self.find("write").is_enabled(), seconds)
        return self.text("status"), self.text("error")

    def download(self, button, name):
        """The bytes that a button gives."""
        path = self.downloads / name
        path.unlink(missing_ok=True)
        self.find(button).click()
        self.until(lambda: path.is_file() and path.stat().st_size, 20)
        return path.read_bytes()

    def ink(self):
        """The points of each path of the SVG that it gives."""
        return paths(self.download("svg", "handwriting.svg"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A `Browser`; skips the test where there is no Chromium."""
    webdriver = pytest.importorskip("selenium.webdriver")
    binary = next(filter(None, map(shutil.which, NAMES)), None)
    driver_path = shutil.which("chromedriver")
    if binary is None or driver_path is None:
        pytest.skip(
            "no Chromium with its chromedriver (on Debian: apt-get install "
            "chromium chromium-driver)"
        )
    downloads = tmp_path_factory.mktemp("downloads")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("headless=new", "disable-gpu", "disable-dev-shm-usage"):
        options.add_argument(f"--{argument}")
    options.add_argument("--window-size=1100,1000")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium's own sandbox refuses the superuser, as in a container.
        options.add_argument("--no-sandbox")
    options.add_experimental_option(
        "prefs", {"download.default_directory": str(downloads)}
    )
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(driver_path)
    )
    driver.set_script_timeout(120)
    yield Browser(driver, downloads)
    driver.quit()


@pytest.fixture(scope="session")
def page_url(page_folder):
    with served(page_folder) as url:
        yield url


@pytest.fixture(scope="session")
def shipped_url(shipped_folder):
    with served(shipped_folder) as url:
        yield url


@pytest.fixture
def modules(browser, page_url):
    """The browser on a page of the folder that runs nothing."""
    return browser.open(page_url + "litert-license.txt")


@pytest.fixture
def page(browser, shipped_url):
    """The page with the shipped weights, ready to write."""
    return browser.open(shipped_url).until_ready()


@pytest.fixture
def small_page(browser, page_url):
    """The page with the small network."""
    return browser.open(page_url).until_ready()
