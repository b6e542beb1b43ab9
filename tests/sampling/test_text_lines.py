import numpy as np
import pytest

from graves_tf.ink.alphabet import Alphabet
from graves_tf.ink.line import Line
from graves_tf.sampling.sample import Sample
from graves_tf.sampling.text_lines import prepare
from graves_tf.sampling.text_lines import write_page


class Recorder:
    """A sampler that notes what it is asked for; some texts do not finish."""

    def __init__(self, unfinished=()):
        self.unfinished = unfinished
        self.asked = []

    def write(self, texts, styles=None, first=0, **options):
        styles = styles or [None] * len(texts)
        self.asked += [
            (first + i, text, style and style.text, options)
            for i, (text, style) in enumerate(zip(texts, styles, strict=True))
        ]
        strokes = np.zeros((2, 3), "float32")
        return [
            Sample(strokes, text, None, text not in self.unfinished, ())
            for text in texts
        ]


@pytest.mark.parametrize(
    "unfinished,styles",
    [
        ((), [None, "a", "a", "a"]),
        (("a", "b"), [None, None, None, "c"]),
        (("b",), [None, "a", "a", "a"]),
        ("abcd", [None, None, None, None]),
    ],
)
def test_a_page_is_in_the_hand_of_its_first_complete_line(unfinished, styles):
    sampler = Recorder(unfinished)
    samples = write_page(sampler, list("abcd"), seed=3)
    assert [sample.text for sample in samples] == list("abcd")
    assert sampler.asked == [
        (i, text, style, {"seed": 3})
        for i, (text, style) in enumerate(zip("abcd", styles, strict=True))
    ]


def test_a_given_style_is_every_lines():
    sampler = Recorder()
    style = Line(np.zeros((3, 3), "float32"), "mine")
    write_page(sampler, ["a", "b"], style, bias=1)
    assert sampler.asked == [
        (0, "a", "mine", {"bias": 1}),
        (1, "b", "mine", {"bias": 1}),
    ]


def test_prepare():
    alphabet = Alphabet("abc ", unknown=False)
    assert prepare(" ab  c\n\nba", alphabet) == ["ab c", "ba"]
    assert prepare("ab cab", alphabet, max_characters=3) == ["ab", "cab"]
    assert prepare("abX", alphabet, "skip") == ["ab"]
    with pytest.raises(ValueError, match="'X'.*knows: .*--on-unknown skip"):
        prepare("abX", alphabet)
    with pytest.raises(ValueError, match="nothing to write"):
        prepare("XX", alphabet, "skip")
