"""`python -m graves_tf.export FILE --to web -o DIR`, and LiteRT.js."""

import json
import re
import urllib.error

import numpy as np
import pytest

from graves_tf.export import litert_js
from graves_tf.export.__main__ import main

pytestmark = pytest.mark.tensorflow
PACKAGE = litert_js.PACKAGES[1]


def test_the_folder_is_whole(page_folder):
    names = {
        path.relative_to(page_folder).as_posix()
        for path in page_folder.rglob("*")
        if path.is_file()
    }
    precache = (page_folder / "precache.js").read_text("utf-8")
    kept = json.loads(precache.removeprefix("self.PRECACHE = ").rstrip(";\n"))
    wasm = {name for name in names if name.startswith("litert/wasm/")}
    assert len(wasm) == 4
    assert set(kept["files"]) - {"./"} == names - wasm - {
        "precache.js",
        "sw.js",
    }
    code = "".join(
        path.read_text("utf-8")
        for path in page_folder.glob("*.*")
        if path.suffix in (".js", ".html", ".css")
    )
    for imported in re.findall(r'(?:from|import\() ?"\./([^"]+)"', code):
        assert imported in names
    # Nothing comes from elsewhere.
    links = re.findall(r"https?://[^\s\"'`]+", code)
    assert set(links) <= {"http://www.w3.org/2000/svg"}


def test_a_step_is_that_of_the_int8_file(page_folder, network, tflite_files):
    """Of fixed shapes, its tensors side by side."""
    from ai_edge_litert.interpreter import Interpreter

    from graves_tf.export.web_model import MAX_CHARACTERS
    from graves_tf.sampling.pen_step import first_state

    web, device = (
        Interpreter(str(path))
        for path in (page_folder / "sampler.tflite", tflite_files["int8"])
    )
    web_step = web.get_signature_runner("step")
    details = web_step.get_input_details()
    assert all((d["shape_signature"] > 0).all() for d in details.values())
    characters = np.full((1, MAX_CHARACTERS), -1, "int32")
    characters[0, :5] = [3, 1, 4, 1, 5]
    start = web.get_signature_runner("init")(characters=characters)
    np.testing.assert_allclose(start["pen"], [[*network.offset_mean, 0]])
    assert not start["state"].any()
    rng = np.random.default_rng(0)
    state = rng.random(start["state"].shape, "float32")
    given = rng.random((1, 8), "float32")
    ours = web_step(characters=characters, given=given, state=state)

    runner = device.get_signature_runner("step")
    sizes = [s.shape[-1] for s in first_state(network, 1)]
    states = np.split(state, np.cumsum(sizes)[:-1], axis=1)
    theirs = runner(
        pen=given[:, :3],
        characters=characters,
        bias=given[:, 3],
        uniforms=given[:, 4:6],
        normals=given[:, 6:],
        **{f"state_{i}": value for i, value in enumerate(states)},
    )
    drawn = [theirs["pen"], theirs["stop"][:, None], theirs["phi"]]
    np.testing.assert_allclose(
        ours["drawn"], np.concatenate(drawn, axis=1), atol=1e-3
    )
    states = [theirs[f"state_{i}"] for i in range(len(sizes))]
    np.testing.assert_allclose(
        ours["state"], np.concatenate(states, axis=1), atol=1e-3
    )


def test_the_device_runtime_refuses_the_pages_file(page_folder):
    from graves_tf.export.runtime import Sampler

    with pytest.raises(ValueError, match="format web 1"):
        Sampler(page_folder / "sampler.tflite")


def test_the_command(keras_file, page_folder, tmp_path, capsys):
    out = tmp_path / "new" / "page"
    assert main([str(keras_file), "--to", "web", "-o", str(out)]) == 0
    assert "index.html" in capsys.readouterr().out
    assert (out / "precache.js").read_bytes() == (
        page_folder / "precache.js"
    ).read_bytes()


def test_a_networks_card_goes_along(shipped_folder):
    assert "non-commercial" in (shipped_folder / "network.txt").read_text()
    styles = json.loads((shipped_folder / "styles.json").read_text())
    assert len(styles) >= 3
    for style in styles:
        assert np.shape(style["strokes"])[1] == 3


def test_a_network_of_text_is_refused(tmp_path):
    from graves_tf.export.web_folder import export_web
    from graves_tf.networks import HandwritingPredictor

    with pytest.raises(ValueError, match="HandwritingSynthesizer"):
        export_web(HandwritingPredictor(hidden=(8,), num_mixtures=2), tmp_path)


# --- LiteRT.js ---------------------------------------------------------------


@pytest.fixture
def downloads(monkeypatch):
    """What is asked of the network, and what it answers: a list to fill."""
    asked, answers = [], []

    class Reply:
        def __init__(self, content):
            self.content = content

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def read(self):
            return self.content

    def urlopen(url, timeout):
        asked.append(url)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Reply(answer)

    monkeypatch.setattr(litert_js.urllib.request, "urlopen", urlopen)
    monkeypatch.delenv("npm_config_registry", raising=False)
    return asked, answers


@pytest.fixture
def package():
    """A package whose content is known."""
    import base64
    import hashlib

    digest = hashlib.sha512(b"content").digest()
    return PACKAGE._replace(integrity=base64.b64encode(digest).decode())


def test_it_is_downloaded_once(downloads, package, tmp_path):
    asked, answers = downloads
    answers.append(b"content")
    folder = tmp_path / "cache"
    for _ in range(2):
        assert litert_js.tarball(package, folder) == b"content"
    assert asked == [
        "https://registry.npmjs.org/@litertjs/wasm-utils/-/"
        f"wasm-utils-{package.version}.tgz"
    ]
    assert [p.name for p in folder.iterdir()] == [package.tarball]


def test_damaged_downloads_are_replaced(downloads, package, tmp_path):
    _, answers = downloads
    answers.append(b"content")
    (tmp_path / package.tarball).write_bytes(b"cont")
    assert litert_js.tarball(package, tmp_path) == b"content"


def test_another_content_is_refused(downloads, package, tmp_path):
    _, answers = downloads
    answers.append(b"something else")
    with pytest.raises(ValueError, match="SHA-512 does not match"):
        litert_js.tarball(package, tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_a_network_it_says_what_to_do(
    downloads, monkeypatch, package, tmp_path
):
    asked, answers = downloads
    monkeypatch.setenv("npm_config_registry", "https://mirror.example/npm/")
    answers.append(urllib.error.URLError("no route to host"))
    with pytest.raises(OSError, match="no route to host") as caught:
        litert_js.tarball(package, tmp_path)
    assert str(tmp_path / package.tarball) in str(caught.value)
    assert asked[0].startswith("https://mirror.example/npm/@litertjs/")


def test_the_command_says_it_in_one_line(
    keras_file, downloads, monkeypatch, tmp_path, capsys
):
    _, answers = downloads
    answers.append(urllib.error.URLError("no route to host"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    out = str(tmp_path / "page")
    assert main([str(keras_file), "--to", "web", "-o", out]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "Connect to the network" in error
