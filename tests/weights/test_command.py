"""`python -m graves_tf.weights`."""

import json
import os
import subprocess
import sys

import pytest

from graves_tf import weights
from graves_tf.weights.__main__ import main
from graves_tf.weights.model_card import card_of


def test_the_list_names_what_ships(capsys):
    assert main([]) == 0
    entries = capsys.readouterr().out.split("\n\n")
    assert [entry.split("\n")[0] for entry in entries] == weights.names()
    (synthesis,) = (e for e in entries if e.startswith("synthesis\n"))
    for part in (
        "preset synthesis",
        "nats per sequence",
        "non-commercial",
        weights.sha256("synthesis")[:12],
        f" MB {weights.find('synthesis')}",
        f" MB {weights.find('synthesis.float16.tflite')}",
        f" MB {weights.find('synthesis.int8.tflite')}",
    ):
        assert part in synthesis


def test_a_name_prints_the_card(capsys):
    assert main(["synthesis"]) == 0
    text = card_of("synthesis").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text


def test_json(capsys):
    assert main(["--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in entries] == weights.names()
    for entry in entries:
        name = entry["name"]
        assert entry["sha256"] == weights.sha256(name)
        path = weights.find(name)
        assert entry["files"][str(path)] == path.stat().st_size
        assert main([name, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == [entry]


@pytest.mark.parametrize("name", ["cuneiform", "synthesis.md", "../weights"])
def test_a_name_that_does_not_ship(name, capsys):
    assert main([name]) == 2
    error = capsys.readouterr().err
    assert error.startswith("graves_tf.weights: ") and error.count("\n") == 1
    assert name in error and "synthesis" in error


def test_listing_imports_no_framework():
    program = (
        "import sys; from graves_tf.weights.__main__ import main; main([]);"
        "assert not {'keras', 'tensorflow', 'jax', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
