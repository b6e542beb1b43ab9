import itertools

import keras
import numpy as np
import pytest

from graves_tf.batches import HandwritingBatches
from graves_tf.batches import bucket_lengths
from graves_tf.ink.alphabet import Alphabet
from graves_tf.ink.line import Line
from graves_tf.ink.offsets import to_offsets

ALPHABET = Alphabet("abc ")
MEAN, STD = (0.5, -1.0), (2.0, 4.0)


def make_lines(count=23, seed=0):
    """Lines that can be told apart by their first step, of many lengths."""
    rng = np.random.default_rng(seed)
    lines = []
    for i in range(count):
        length = int(rng.integers(3, 80))
        strokes = rng.normal(size=(length, 3)).cumsum(axis=0)
        strokes[:, 2] = rng.random(length) < 0.2
        strokes[0, :2] = 5.0, 5.0
        strokes[1, :2] = 5.0 + i, 5.0
        text = "".join(rng.choice(list("abc "), size=1 + length // 7))
        lines.append(Line(strokes.astype("float32"), text))
    return lines


LINES = make_lines()


def make(lines=LINES, batch_size=4, seed=7, **arguments):
    arguments = {"alphabet": ALPHABET, "buckets": 3, **arguments}
    return HandwritingBatches(
        lines, MEAN, STD, batch_size=batch_size, seed=seed, **arguments
    )


def numbers(targets):
    """Which of `LINES` the rows are; -1 for a row of padding."""
    found = []
    for row in targets:
        real = row[0, 2] >= 0
        found.append(round(float(row[0, 0]) * 2 + 0.5) if real else -1)
    return found


def run(batches, count):
    """Line numbers of `count` batches, as `fit` takes them pass by pass."""
    result = []
    while len(result) < count:
        for i in range(len(batches)):
            result.append(numbers(batches[i][1]))
        batches.on_epoch_end()
    return result[:count]


def test_a_batch_is_its_lines():
    batches = make()
    for i in range(len(batches)):
        inputs, targets = batches[i]
        assert set(inputs) == {"offsets", "characters"}
        offsets, characters = inputs["offsets"], inputs["characters"]
        assert offsets.dtype == targets.dtype == np.float32
        assert offsets.shape == targets.shape == (4, targets.shape[1], 3)
        for row, number in enumerate(numbers(targets)):
            expected = to_offsets(LINES[number].strokes)
            expected[:, :2] = (expected[:, :2] - MEAN) / STD
            length = len(expected)
            np.testing.assert_allclose(
                targets[row, :length], expected, atol=1e-5
            )
            np.testing.assert_array_equal(targets[row, length:, 2], -1)
            # The inputs: the null vector, then the targets one step late.
            np.testing.assert_array_equal(offsets[row, 0], 0)
            np.testing.assert_array_equal(
                offsets[row, 1:length], targets[row, : length - 1]
            )
            np.testing.assert_array_equal(offsets[row, length:], 0)
            code = ALPHABET.encode(LINES[number].text)
            np.testing.assert_array_equal(characters[row, : len(code)], code)
            np.testing.assert_array_equal(characters[row, len(code) :], -1)


def test_lines_cut_short_keep_their_text():
    whole, cut = make(buckets=[80]), make(buckets=[20], crop=20)
    # In one bucket both have one order.
    (inputs, targets), (whole_inputs, whole_targets) = cut[1], whole[1]
    assert targets.shape == (4, 20, 3)
    np.testing.assert_array_equal(targets, whole_targets[:, :20])
    np.testing.assert_array_equal(
        inputs["offsets"], whole_inputs["offsets"][:, :20]
    )
    np.testing.assert_array_equal(
        inputs["characters"], whole_inputs["characters"]
    )


def test_without_alphabet():
    inputs, _ = make(alphabet=None)[0]
    assert set(inputs) == {"offsets"}


@pytest.mark.parametrize("batch_size", [1, 4, 23, 24])
def test_every_line_once_a_pass(batch_size):
    batches = make(batch_size=batch_size)
    assert len(batches) == -(-len(LINES) // batch_size)
    for _ in range(3):
        seen = [n for b in run(batches, len(batches)) for n in b if n >= 0]
        # The last batch is filled up with lines that are in another too.
        assert set(seen) == set(range(len(LINES)))
        if len(LINES) > batch_size:
            assert len(seen) == len(batches) * batch_size
        else:
            assert len(seen) == len(LINES)


def test_order_is_a_function_of_the_seed():
    assert run(make(), 20) == run(make(), 20)
    assert run(make(), 20) != run(make(seed=8), 20)
    passes = run(make(), 18)
    assert len(make()) == 6
    assert passes[:6] != passes[6:12] != passes[12:]


@pytest.mark.parametrize("start", [1, 5, 6, 7, 13, 40])
def test_a_run_goes_on_where_it_was(start):
    """Across the ends of passes, and wherever the new passes end."""
    whole = run(make(), start + 15)
    assert run(make(start=start), 15) == whole[start:]


def test_a_resumed_run_has_the_same_arrays():
    whole, rest = make(), make(start=2)
    for i in range(1, 4):
        for a, b in zip(whole[i + 2], rest[i], strict=True):
            a, b = (
                x if isinstance(x, dict) else {"targets": x} for x in (a, b)
            )
            for key in a:
                np.testing.assert_array_equal(a[key], b[key])


def test_validation_has_every_line_once():
    batches = make(seed=None)
    seen = [n for b in run(batches, len(batches)) for n in b]
    assert sorted(seen) == [-1, *range(len(LINES))]
    # By length, and the same each time.
    lengths = [len(LINES[n].strokes) for n in seen if n >= 0]
    assert lengths == sorted(lengths)
    assert run(batches, 6) == run(batches, 6)


def test_rows_without_a_line():
    _, targets = make(LINES[:2], seed=None)[0]
    np.testing.assert_array_equal(targets[2:, :, 2], -1)
    np.testing.assert_array_equal(targets[2:, :, :2], 0)
    inputs, _ = make(LINES[:2], seed=None)[0]
    np.testing.assert_array_equal(inputs["characters"][2:], -1)


def test_few_shapes():
    batches = make(make_lines(100), buckets=3)
    shapes = {
        (x["offsets"].shape, x["characters"].shape)
        for x, _ in (batches[i] for i in range(1, len(batches)))
    }
    assert 1 < len(shapes) <= 3


def test_padding_is_what_it_says():
    batches = make(seed=None)
    padded = real = 0
    for i in range(1, len(batches)):
        _, targets = batches[i]
        padded += targets.shape[0] * targets.shape[1]
        real += int((targets[..., 2] >= 0).sum())
    # Batch 0 may be given a wider shape.
    _, targets = batches[0]
    real += int((targets[..., 2] >= 0).sum())
    padded += 4 * batches.buckets[batches.bucket[np.argmin(batches.lengths)]]
    assert batches.padding == pytest.approx(1 - real / padded)
    assert batches.points == real == sum(len(x.strokes) - 1 for x in LINES)


def test_given_buckets():
    batches = make(buckets=[32, 64, 96, 128])
    assert batches.buckets == [32, 64, 96]
    assert make(buckets=[32]).buckets == [32, max(batches.lengths)]


def test_no_lines():
    with pytest.raises(ValueError, match="no lines"):
        make([])


def waste(lengths, bounds):
    bounds = np.array(sorted(bounds))
    return int((bounds[np.searchsorted(bounds, lengths)] - lengths).sum())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_buckets_waste_least(seed, count):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 120, 12)
    bounds = bucket_lengths(lengths, count, 8)
    assert len(bounds) <= count
    assert bounds == sorted(bounds)
    assert all(b % 8 == 0 for b in bounds)
    assert 0 <= bounds[-1] - lengths.max() < 8
    possible = range(8, 121, 8)
    best = min(
        waste(lengths, choice)
        for choice in itertools.combinations(possible, count)
        if max(choice) >= lengths.max()
    )
    assert waste(lengths, bounds) == best


def test_more_buckets_than_lengths():
    assert bucket_lengths([5, 5, 20], 8, 16) == [16, 32]


def test_padding_on_lines_like_those_of_iam():
    """Under 10 % of the points; 636 of them a line, give or take 195."""
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.normal(636, 195, 4000), 31, 1940)
    lines = [Line(np.zeros((int(n) + 1, 3), "float32"), "a") for n in lengths]
    batches = make(lines, batch_size=32, buckets=10)
    assert 600 < batches.lengths.mean() < 670
    assert 0 < batches.padding < 0.10
    one = make(lines, batch_size=32, buckets=1)
    assert one.padding > 0.5


def whole_lines():
    """`LINES` on whole units."""
    return [
        Line(np.rint(line.strokes * (10, 10, 1)), line.text) for line in LINES
    ]


def test_augmentation_is_another_in_every_pass():
    plain, other = make(), make(augmentation=0.1)
    size = len(other)
    for number in range(size):
        (_, before), (inputs, targets) = plain[number], other[number]
        real = targets[..., 2] >= 0
        np.testing.assert_array_equal(real, before[..., 2] >= 0)
        assert np.abs(targets - before)[real].max() > 1e-3
        # The network reads what it has to predict, and nothing else.
        np.testing.assert_array_equal(
            inputs["offsets"][:, 1:][real[:, 1:]], targets[:, :-1][real[:, 1:]]
        )
    one = make(lines=LINES[:1], batch_size=1, augmentation=0.1)
    first = one[0][1]
    one.on_epoch_end()
    assert np.abs(one[0][1] - first).max() > 1e-3


def test_augmentation_goes_on_where_it_was():
    whole, rest = make(augmentation=0.1), make(augmentation=0.1, start=2)
    for i in range(1, 4):
        np.testing.assert_array_equal(whole[i + 2][1], rest[i][1])


def test_augmentation_keeps_whole_units():
    batches = make(lines=whole_lines(), augmentation=0.1)
    _, targets = batches[1]
    steps = (targets[..., :2] * STD + MEAN)[targets[..., 2] >= 0]
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-3)


@pytest.mark.parametrize("augmentation", [-0.1, 0.6, np.nan])
def test_augmentation_out_of_bounds(augmentation):
    with pytest.raises(ValueError, match="augmentation="):
        make(augmentation=augmentation)


def test_few_lines_make_a_batch_of_their_own_size():
    """An empty row would count in the mean of the loss."""
    inputs, _ = make(batch_size=99, seed=1)[0]
    assert len(inputs["offsets"]) == len(make(seed=None).lengths)
    with pytest.raises(ValueError, match="batch_size=0"):
        make(batch_size=0)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Keras fixes shapes there"
)
def test_wherever_a_run_goes_on_its_shapes_stay_free():
    """What batches 0 and 1 agree on Keras takes to be fixed."""
    batches = make(batch_size=2, seed=1)
    for start in range(3 * len(batches)):
        batches.start = start
        pairs = [batches[index][0] for index in (0, 1)]
        for name in ("offsets", "characters"):
            first, second = (pair[name].shape[1] for pair in pairs)
            assert first != second, (start, name)
