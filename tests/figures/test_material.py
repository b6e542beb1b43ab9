import pytest

from graves_tf.figures.material import AbsentError
from graves_tf.figures.material import Material


def test_the_papers_lines_go_first(material):
    texts = ["rule under law", "nothing of the kind"]
    chosen = material.lines_saying(texts, "validation_1")
    assert chosen[0].text == "rule under law"
    assert chosen[1].text not in texts
    again = material.lines_saying(texts, "validation_1")
    assert [line.text for line in again] == [line.text for line in chosen]


def test_another_split_can_be_named(weights, data):
    material = Material([weights["synthesis"]], split="train", data=data)
    assert "an other line" in [x.text for x in material.lines("validation_1")]


def test_too_few_lines(material):
    with pytest.raises(ValueError, match="has 3 lines"):
        material.lines_saying(list("abcdef"), "validation_1")


def test_what_ships_stands_in(weights):
    material = Material([weights["text"]])
    assert material.network("text").hidden == (5,)
    assert material.network("synthesis").preset == "synthesis"


def test_data_that_is_not_there_is_absent(tmp_path):
    material = Material(data_dir=tmp_path, manual_dir=tmp_path)
    with pytest.raises(AbsentError, match="lineStrokes"):
        material.lines("train")
