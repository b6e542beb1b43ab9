"""The weights that ship: each loads, and its card's head speaks of it."""

import hashlib
import pathlib
import zlib

import numpy as np
import pytest

from graves_tf import weights
from graves_tf.weights.model_card import card_of
from graves_tf.weights.model_card import read_head

FOLDER = pathlib.Path(weights.__file__).parent


def test_names_are_those_of_the_files():
    assert weights.names() == sorted(p.stem for p in FOLDER.glob("*.keras"))
    assert "synthesis" in weights.names()


@pytest.mark.parametrize("name", weights.names())
def test_weights_load_and_their_card_is_theirs(name):
    network = weights.load(name)
    assert network.preset == name
    assert all(np.isfinite(w).all() for w in network.get_weights())
    card = card_of(name)
    head = read_head(card)
    assert (head["task"], head["preset"]) == (network.task, network.preset)
    digest = hashlib.sha256(weights.find(name).read_bytes()).hexdigest()
    assert head["sha256"] == weights.sha256(name) == digest
    text = card.read_text(encoding="utf-8")
    assert f"{network.count_params():,}" in text
    for part in ("Data", "Recipe", "Weaknesses"):
        assert f"**{part}**: " in text


def test_all_of_them_leave_the_wheel_below_40_mb():
    """The rest of it is not half a MB."""
    files = [p for p in FOLDER.iterdir() if p.is_file()]
    assert sum(len(zlib.compress(p.read_bytes())) for p in files) < 39.5e6


def test_a_card_without_its_head_is_refused(tmp_path):
    path = tmp_path / "a.md"
    text = card_of("synthesis").read_text(encoding="utf-8")
    for bad in (
        text.replace("---\n", "", 1),
        text.replace("terms: ", "license: "),
    ):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(ValueError, match="a.md must begin with"):
            read_head(path)


def test_a_shipped_file_is_found_by_its_name():
    name = "synthesis.int8.tflite"
    assert weights.find(name) == FOLDER / name


def test_a_path_goes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "synthesis").write_bytes(b"mine")
    assert weights.find("synthesis") == pathlib.Path("synthesis")


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(FileNotFoundError, match="synthesis"):
        weights.find("cuneiform")


def test_a_network_for_another_task_is_refused():
    with pytest.raises(ValueError, match="prediction"):
        weights.load("synthesis", task="prediction")
