"""The weights that ship: each loads, and has a card that tells its hash."""

import hashlib
import pathlib

import numpy as np
import pytest

from graves_tf import weights

FOLDER = pathlib.Path(weights.__file__).parent


def test_names_are_those_of_the_files():
    assert weights.names() == sorted(p.stem for p in FOLDER.glob("*.keras"))
    assert "synthesis" in weights.names()


@pytest.mark.parametrize("name", weights.names())
def test_weights_load_and_their_card_is_theirs(name):
    network = weights.load(name)
    assert network.preset == name
    assert all(np.isfinite(w).all() for w in network.get_weights())
    card = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    digest = hashlib.sha256(weights.find(name).read_bytes()).hexdigest()
    assert digest in card
    assert f"{network.count_params():,}" in card


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
