import numpy as np
import pytest
from keras import ops

from graves_tf.ink.line import Line
from graves_tf.ink.offsets import to_offsets
from graves_tf.networks import HandwritingPredictor
from graves_tf.sampling.draws import Draws
from graves_tf.sampling.handwriting_sampler import HandwritingSampler
from graves_tf.sampling.pen_step import NEXT_WORD
from graves_tf.sampling.pen_step import bias_of
from graves_tf.sampling.pen_step import density_step
from graves_tf.sampling.pen_step import first_state
from graves_tf.sampling.pen_step import pen_step
from graves_tf.sampling.pen_step import text_ends
from graves_tf.sampling.pen_step import with_next_word
from graves_tf.sampling.pick import pick_point
from graves_tf.sampling.sample import runs_past_text

SPEED = 0.25


@pytest.fixture(scope="module")
def sampler(make_network):
    return HandwritingSampler(make_network(SPEED), chunk=10)


def by_hand(network, text, bias, draws, prime=(), bound=200):
    """Pens of the free steps, one network step after another.

    Up to the first that the stop rule does not count: the pen that went in
    was lifted, φ's largest beyond the text is more than 0.85 of that over it,
    and the next stroke would begin right of all ink.
    """
    mean = np.array([*network.offset_mean, 0.0], "float32")
    std = np.array([*network.offset_std, 1.0], "float32")
    word = NEXT_WORD if network.alphabet.unknown else ""
    characters = network.alphabet.encode(text + word)[None]
    state = network.initial_state(1)
    pen, pens, path = mean[None], [], [0.0]
    for t in range(len(prime) + bound):
        path.append(path[-1] + pen[0, 0])
        uniforms, normals = draws.take(1)
        y, phi, state = network.step(
            ops.convert_to_tensor((pen - mean) / std),
            ops.convert_to_tensor(characters),
            state,
        )
        if t < len(prime):
            pen = prime[t : t + 1]
            continue
        drawn = pick_point(
            y,
            ops.convert_to_tensor([np.float32(bias)]),
            ops.convert_to_tensor(uniforms),
            ops.convert_to_tensor(normals),
        )
        new = ops.convert_to_numpy(drawn) * std + mean
        if network.whole_offsets:
            new = np.rint(new)
        phi = ops.convert_to_numpy(phi)[0]
        over = phi[len(text) :].max() > 0.85 * phi[: len(text)].max()
        onward = path[-1] + new[0, 0] > max(path)
        if t > len(prime) and pen[0, 2] and over and onward:
            return np.array(pens)
        pen = new
        pens.append(pen[0])
    raise AssertionError(f"{text!r} did not end.")


def assert_is(sample, pens):
    """A line from the origin, by its pens."""
    assert sample.finished
    np.testing.assert_array_equal(sample.strokes[0], 0)
    np.testing.assert_allclose(
        np.diff(sample.strokes[:, :2], axis=0), pens[:, :2], atol=1e-3
    )
    np.testing.assert_array_equal(sample.strokes[1:-1, 2], pens[:-1, 2])
    assert sample.strokes[-1, 2] == 1


@pytest.mark.parametrize("unknown", [True, False])
def test_a_line_is_its_steps(make_network, unknown):
    """With a next word to see, and where its letters are not known without."""
    sampler = HandwritingSampler(make_network(SPEED, unknown), chunk=10)
    texts = ["ab", "abcd", "abc dabc"]
    samples = sampler.write(texts, bias=0.5, seed=3)
    for row, (text, sample) in enumerate(zip(texts, samples, strict=True)):
        assert sample.text == text
        assert sample.complete
        assert sample.unvisited == ()
        assert sample.attempts == 1
        assert sample.strokes.dtype == np.float32
        draws = Draws(3, row, 0)
        assert_is(sample, by_hand(sampler.network, text, 0.5, draws))


def test_whole_offsets(make_network):
    """Each is rounded before the network goes on from it."""
    network = make_network(SPEED, whole_offsets=True)
    (sample,) = HandwritingSampler(network, chunk=10).write(["abcd"], seed=3)
    np.testing.assert_array_equal(sample.strokes, np.rint(sample.strokes))
    assert_is(sample, by_hand(network, "abcd", 0.5, Draws(3, 0, 0)))
    free = make_network(SPEED)
    assert not free.whole_offsets
    pens = by_hand(free, "abcd", 0.5, Draws(3, 0, 0))
    count = min(len(pens), len(sample.strokes) - 1)
    offsets = np.diff(sample.strokes[:, :2], axis=0)[:count]
    # Not merely the free line, rounded.
    assert np.abs(offsets - pens[:count, :2]).max() > 0.5


def test_phi_beyond_the_text_is_its_largest(sampler):
    text = "abc"
    (sample,) = sampler.write([text], seed=1)
    kappa = SPEED * np.arange(1, len(sample.phi) + 1)[:, None]
    places = np.arange(1, len(text + NEXT_WORD) + 2)
    phi = np.exp(-((kappa - places) ** 2))
    beyond = phi[:, len(text) :].max(axis=1, keepdims=True)
    np.testing.assert_allclose(
        sample.phi, np.hstack([phi[:, : len(text)], beyond]), atol=1e-5
    )


def test_the_bound(make_network):
    """A window that never arrives: drawn again, as often as allowed."""
    sampler = HandwritingSampler(make_network(1e-4), chunk=10)
    (sample,) = sampler.write(["abc"], attempts=3, max_points=25)
    assert not sample.finished and not sample.complete
    assert len(sample.strokes) == 26
    assert sample.attempts == 3
    # None was better than the first.
    assert sample.attempt == 0
    assert sample.unvisited == (1, 2)


@pytest.mark.parametrize("chunk", [1, 4, 7, 1000])
def test_a_stop_at_the_bound_itself(make_network, chunk):
    """It takes one step more, which not every chunk has: it is none."""
    text, draws = "abc", Draws(3)
    sampler = HandwritingSampler(make_network(SPEED), chunk)
    count = len(by_hand(sampler.network, text, 0.5, draws))
    for bound, finished in ((count - 1, False), (count, False), (99, True)):
        (sample,) = sampler.write([text], seed=3, max_points=bound, attempts=1)
        assert sample.finished == finished
        assert len(sample.strokes) == min(bound, count) + 1


def test_skipped_characters_are_drawn_again(make_network):
    """A window of two characters a step looks at each second one alone."""
    sampler = HandwritingSampler(make_network(2.0), chunk=10)
    samples = sampler.write(["abcd", "a c"], attempts=2)
    assert samples[0].finished and not samples[0].complete
    assert samples[0].unvisited == (0, 2)
    assert samples[0].attempts == 2


def test_only_what_is_incomplete_is_drawn_again(make_network, monkeypatch):
    sampler = HandwritingSampler(make_network(SPEED), chunk=10)
    calls = []
    draw = sampler._draw

    def failing_once(texts, *arguments):
        calls.append(list(texts))
        samples = draw(texts, *arguments)
        if len(calls) == 1:
            samples[1] = samples[1]._replace(finished=False)
        return samples

    monkeypatch.setattr(sampler, "_draw", failing_once)
    samples = sampler.write(["a", "bc", "d"], seed=4)
    assert calls == [["a", "bc", "d"], ["bc"]]
    assert [s.attempts for s in samples] == [1, 2, 1]
    assert [s.attempt for s in samples] == [0, 1, 0]
    assert all(s.complete for s in samples)
    assert_is(samples[1], by_hand(sampler.network, "bc", 0.5, Draws(4, 1, 1)))


def test_ink_after_the_text_is_drawn_again(sampler):
    texts = ["ab"] * 30
    once, twice = (sampler.write(texts, seed=1, attempts=n) for n in (1, 2))
    assert {sample.runs_on for sample in once} == {True, False}
    for one, two in zip(once, twice, strict=True):
        assert one.runs_on == runs_past_text("ab", one.strokes, one.phi)
        assert one.complete == (not one.runs_on)
        assert two.attempts == 1 + one.runs_on


def test_the_seed_is_the_ink(sampler):
    first, again, other = (
        sampler.write(["abc"], seed=seed)[0].strokes for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first[:10] - other[:10]).max() > 0.1


def test_neighbours_do_not_matter(sampler):
    (alone,) = sampler.write(["abc"], seed=1)
    together = sampler.write(["abc", "abc", "dcba abcd abcd"], seed=1)
    np.testing.assert_allclose(
        together[0].strokes, alone.strokes, rtol=1e-4, atol=1e-3
    )
    np.testing.assert_allclose(together[0].phi, alone.phi, atol=1e-5)
    assert np.abs(together[1].strokes[:10] - alone.strokes[:10]).max() > 0.1


def test_a_bias_for_each(sampler):
    both = sampler.write(["ab", "ab"], bias=[0.0, 4.0], seed=1)
    for row, bias in enumerate([0.0, 4.0]):
        draws = Draws(1, row, 0)
        assert_is(both[row], by_hand(sampler.network, "ab", bias, draws))


def test_priming(sampler):
    """The pen is clamped to the style's offsets, then free (Sec. 5.5)."""
    rng = np.random.default_rng(0)
    strokes = rng.normal(size=(9, 3)).cumsum(axis=0).astype("float32")
    strokes[:, 2] = [0, 0, 1, 0, 0, 0, 0, 0, 1]
    style = Line(strokes, "cd")
    text = "ab"
    primed, free = sampler.write([text, text], seed=2, styles=[style, None])
    assert primed.finished
    pens = by_hand(
        sampler.network,
        "cd ab",
        0.5,
        Draws(2, 0, 0),
        prime=to_offsets(strokes),
    )
    # What came before counts for the window, and is not returned.
    count = len(primed.strokes)
    assert count == len(pens)
    np.testing.assert_array_equal(primed.strokes[0, :2], 0)
    np.testing.assert_allclose(
        np.diff(primed.strokes[:, :2], axis=0), pens[1:, :2], atol=1e-3
    )
    np.testing.assert_array_equal(primed.strokes[:-1, 2], pens[:-1, 2])
    # φ of the text that was asked for, at the points that are returned.
    assert primed.phi.shape == (count, len(text) + 1)
    kappa = SPEED * np.arange(9, 9 + count)[:, None]
    phi = np.exp(-((kappa - np.array([4, 5])) ** 2))
    np.testing.assert_allclose(primed.phi[:, :2], phi, atol=1e-5)
    assert_is(free, by_hand(sampler.network, text, 0.5, Draws(2, 1, 0)))


def test_the_style_may_outlast_the_text(sampler):
    """The window is past the text already: nothing stops the clamped pen."""
    strokes = np.zeros((60, 3), "float32")
    strokes[:, 0] = np.arange(60)
    primed, other = sampler.write(
        ["ab", "ab"], styles=[Line(strokes, "cd"), None], attempts=1
    )
    # One free step, and then the stop rule is heard.
    assert primed.finished
    assert len(primed.strokes) >= 1
    assert primed.unvisited == (0, 1)
    assert other.complete


def test_a_part_of_more_texts(sampler):
    whole = sampler.write(["ab", "abc", "abcd"], seed=6)
    part = sampler.write(["abc", "abcd"], seed=6, first=1)
    for a, b in zip(whole[1:], part, strict=True):
        np.testing.assert_allclose(a.strokes, b.strokes, rtol=1e-4, atol=1e-3)


def test_it_tells_how_many_points_there_are(make_network):
    sampler = HandwritingSampler(make_network(SPEED), chunk=10)
    style = Line(sampler.write(["ab"])[0].strokes, "ab")
    told = []
    samples = sampler.write(
        ["abcd", "a"],
        styles=[style, None],
        attempts=1,
        on_points=told.append,
    )
    assert told == sorted(told) and len(told) > 2
    # A line that starts a page has the origin beside its drawn points.
    assert told[-1] == sum(len(s.strokes) for s in samples) - 1


def test_nothing_to_write(sampler):
    assert sampler.write([]) == []


@pytest.mark.parametrize("texts", [[""], ["ab", "  "]])
def test_empty_text(sampler, texts):
    with pytest.raises(ValueError, match=f"Text {len(texts) - 1} is empty"):
        sampler.write(texts)


@pytest.mark.parametrize("bias", [-0.1, float("nan"), float("inf"), [1, -1]])
def test_bad_bias(sampler, bias):
    with pytest.raises(ValueError, match="bias"):
        sampler.write(["ab", "cd"], bias=bias)


def test_unknown_characters(make_network):
    sampler = HandwritingSampler(make_network(unknown=False))
    with pytest.raises(ValueError, match="x.*z"):
        sampler.write(["axz"])


@pytest.mark.parametrize(
    ("lifted", "right", "kappa", "stop"),
    [
        (1, 6.0, 3.0, 1),
        # The pen is down; the next stroke begins in the ink; the text is
        # still in view.
        (0, 6.0, 3.0, 0),
        (1, 4.0, 3.0, 0),
        (1, 6.0, 1.0, 0),
    ],
)
def test_text_ends(make_network, lifted, right, kappa, stop):
    """5 units left of its rightmost ink the pen is lifted, and moves on."""
    network = make_network()
    phi = np.exp(-((kappa - np.arange(1, 4, dtype="float32")) ** 2))
    found = text_ends(
        network,
        ops.convert_to_tensor([[-1.0, 0.0, float(lifted)]]),
        ops.convert_to_tensor([[right, 0.0, 0.0]]),
        ops.convert_to_tensor(phi[None]),
        [ops.zeros((1, 4)), ops.convert_to_tensor([[5.0, 0.0]])],
    )
    assert ops.convert_to_numpy(found).tolist() == [stop]


def test_the_state_knows_the_rightmost_ink(make_network):
    network = make_network()
    characters = ops.convert_to_tensor(np.array([[1, 2, -1]], "int32"))
    state = first_state(network, 1)
    found = []
    for dx in (3.0, -2.0, 1.0, -4.0, 7.0):
        pen = ops.convert_to_tensor([[dx, 1.0, 0.0]])
        _, _, state = density_step(network, pen, characters, state)
        found.append(float(state[-1][0, 0]))
    assert found == [0, 2, 1, 5, 0]


def test_a_pen_at_rest_has_no_bias(make_network):
    """From its second step at rest on, until it makes a step of 0.15."""
    network = make_network()
    std = np.array(network.offset_std, "float32")
    characters = ops.convert_to_tensor(np.array([[1, 2]], "int32"))
    state = first_state(network, 1)
    bias = ops.convert_to_tensor([np.float32(2.0)])
    found = []
    for size in (0.5, 0.02, 0.02, 0.1, 0.02, 0.1, 0.2, 0.1, 0.02, 0.1, 0.02):
        step = size * std * np.float32([0.6, -0.8])
        pen = ops.convert_to_tensor(np.append(step, 0)[None].astype("float32"))
        _, _, state = density_step(network, pen, characters, state)
        found.append(float(bias_of(network, bias, state)[0]))
    assert found == [2, 2, 0, 0, 0, 0, 2, 2, 2, 2, 0]


def test_a_next_word(make_network):
    alphabet = make_network().alphabet
    word = alphabet.encode(NEXT_WORD).tolist()
    rows = [[1, 2, -1], [3, -1, -1], [1, 2, 3], [1, -1, -2], [1, 2, -2]]
    wide, count = with_next_word(alphabet, np.array(rows, "int32"))
    assert count == len(word) == 4
    assert ops.convert_to_numpy(wide).tolist() == [
        [1, 2, *word, -1],
        [3, *word, -1, -1],
        [1, 2, 3, *word],
        [1, -1, -1, -1, -1, -1, -1],
        [1, 2, -1, -1, -1, -1, -1],
    ]
    known = make_network(unknown=False).alphabet
    same, count = with_next_word(known, np.array(rows, "int32"))
    assert count == 0
    np.testing.assert_array_equal(
        ops.convert_to_numpy(same), np.maximum(rows, -1)
    )


def test_a_predictor_never_stops():
    network = HandwritingPredictor(
        hidden=(3,), num_mixtures=2, offset_mean=(1, 2), offset_std=(3, 4)
    )
    pen = np.array([[4.0, -2.0, 1.0]], "float32")
    numbers = np.array([[0.3, 0.9]], "float32")
    new, stop, phi, _ = pen_step(
        network,
        ops.convert_to_tensor(pen),
        None,
        ops.zeros((1,)),
        ops.convert_to_tensor(numbers),
        ops.convert_to_tensor(numbers),
        first_state(network, 1),
    )
    y, _ = network.step(
        ops.convert_to_tensor(np.float32([[1.0, -1.0, 1.0]])),
        network.initial_state(1),
    )
    drawn = pick_point(
        y,
        ops.zeros((1,)),
        ops.convert_to_tensor(numbers),
        ops.convert_to_tensor(numbers),
    )
    np.testing.assert_allclose(
        ops.convert_to_numpy(new),
        ops.convert_to_numpy(drawn) * [3, 4, 1] + [1, 2, 0],
        rtol=1e-5,
    )
    assert float(stop[0]) == 0
    assert ops.convert_to_numpy(phi).tolist() == [[0.0]]
