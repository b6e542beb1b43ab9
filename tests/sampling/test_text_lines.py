import numpy as np
import pytest

from graves_tf.ink.alphabet import Alphabet
from graves_tf.ink.line import Line
from graves_tf.sampling.handwriting_sampler import HandwritingSampler
from graves_tf.sampling.sample import Sample
from graves_tf.sampling.text_lines import prepare
from graves_tf.sampling.text_lines import write_lines
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
        ("abc", [None, None, None, None]),
    ],
)
def test_a_page_is_in_the_hand_of_its_first_complete_line(unfinished, styles):
    sampler = Recorder(unfinished)
    samples = sum(write_page(sampler, list("abcd"), seed=3), [])
    assert [sample.text for sample in samples] == list("abcd")
    assert sampler.asked == [
        (i, text, style, {"seed": 3})
        for i, (text, style) in enumerate(zip("abcd", styles, strict=True))
    ]


def test_a_given_style_is_every_lines():
    sampler = Recorder()
    style = Line(np.zeros((3, 3), "float32"), "mine")
    assert len(list(write_page(sampler, ["a", "b"], style, bias=1))) == 1
    assert sampler.asked == [
        (0, "a", "mine", {"bias": 1}),
        (1, "b", "mine", {"bias": 1}),
    ]


@pytest.mark.parametrize(
    "lines, style, sizes",
    [
        (9, None, [1, 4, 4]),
        (8, None, [1, 4, 3]),
        (1, None, [1]),
        (9, Line(np.zeros((3, 3), "float32"), "mine"), [4, 4, 1]),
    ],
)
def test_a_page_comes_in_batches(lines, style, sizes):
    sampler = Recorder()
    texts = [str(number) for number in range(lines)]
    batches = write_page(sampler, texts, style, batch_size=4)
    # Each is drawn when it is asked for, not before.
    next(batches)
    assert len(sampler.asked) == sizes[0]
    assert [sizes[0], *map(len, batches)] == sizes
    assert [number for number, *_ in sampler.asked] == list(range(lines))


def test_of_long_lines_fewer_are_written_at_once():
    texts = ["a" * 100] * 8 + ["a" * 10, "a" * 200] + ["a"] * 3 + ["a" * 900]
    sizes = [len(x) for x in write_lines(Recorder(), texts, batch_size=8)]
    assert sizes == [8, 2, 3, 1]
    style = Line(np.zeros((3, 3), "float32"), "b" * 100)
    batches = write_lines(Recorder(), texts[:8], style, batch_size=8)
    assert [len(batch) for batch in batches] == [2] * 4


def test_ink_does_not_depend_on_the_batches(make_network):
    sampler = HandwritingSampler(make_network(0.05), chunk=20)
    texts = ["a", "abcd", "dab cab", "bb", "c"]
    style = Line(np.array([[0, 0, 0], [3, 4, 0], [9, 1, 1]], "float32"), "ad")
    for given in (None, style):
        alone, three, together = (
            sum(write_lines(sampler, texts, given, batch_size=size), [])
            for size in (1, 3, 100)
        )
        assert len({len(sample.strokes) for sample in alone}) > 1
        for one, other, third in zip(alone, three, together, strict=True):
            assert one.attempts == other.attempts == third.attempts
            for sample in (other, third):
                np.testing.assert_allclose(
                    sample.strokes, one.strokes, atol=1e-3
                )
                np.testing.assert_allclose(sample.phi, one.phi, atol=1e-5)


def test_prepare():
    alphabet = Alphabet("abc ", unknown=False)
    assert prepare(" ab  c\n\nba", alphabet) == ["ab c", "ba"]
    apart = prepare("\n ab\n\n \n\nb\nba\n\n", alphabet, paragraphs=True)
    assert apart == ["ab", "", "b", "ba"]
    assert prepare("ab cab", alphabet, max_characters=3) == ["ab", "cab"]
    assert prepare("abX", alphabet, "skip") == ["ab"]
    assert prepare("a\u00a0b", alphabet) == ["a b"]
    with pytest.raises(ValueError, match="'X'.*knows: .*--on-unknown skip"):
        prepare("abX", alphabet)
    with pytest.raises(ValueError, match="nothing to write"):
        prepare("XX", alphabet, "skip")


def test_typographic_marks_become_plain_where_they_are_unknown():
    text = "\u201ca\u2019b\u201d \u2013 c\u2026"
    known = Alphabet("abc '\"-.")
    assert prepare(text, known) == ['"a\'b" - c...']
    assert prepare("a\u2019b", Alphabet("ab'\u2019")) == ["a\u2019b"]
    with pytest.raises(ValueError, match="\u2019"):
        prepare(text, Alphabet("abc "))


def test_few_of_many_unknown_characters_are_named():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 500)))
    with pytest.raises(ValueError, match="'\u4e0b' and 488 more. It knows"):
        prepare(text, Alphabet("abc"))
