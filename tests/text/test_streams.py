import numpy as np
import pytest

from graves_tf.text.streams import TextStreams

TEXT = np.arange(1, 102)


@pytest.mark.parametrize("streams", [1, 3, 7, 200])
@pytest.mark.parametrize("length", [4, 10, 1000])
@pytest.mark.parametrize("shift", [False, True])
def test_every_symbol_is_a_target_once_after_the_one_before(
    streams, length, shift
):
    batches = TextStreams(TEXT, streams, length, shift=shift)
    for _ in range(4):
        assert_whole(batches)
        batches.on_epoch_end()


def assert_whole(batches):
    pairs, streams, length = [], batches.streams, batches.length
    for i in range(len(batches)):
        inputs, targets = batches[i]
        assert inputs["symbols"].shape == targets.shape
        assert targets.shape == (min(streams, len(TEXT)), length)
        there = targets >= 0
        pairs += zip(inputs["symbols"][there], targets[there], strict=True)
    expected = [(-1, 1), *((n, n + 1) for n in range(1, 101))]
    assert sorted(pairs) == expected


def test_each_pass_has_sequences_of_its_own():
    batches = TextStreams(TEXT, 3, 10, shift=True)
    firsts = set()
    for _ in range(40):
        _, targets = batches[1]
        firsts.add(int(targets[0, 0]))
        batches.on_epoch_end()
    assert firsts == set(range(2, 12))


@pytest.mark.parametrize("shift", [False, True])
def test_each_stream_goes_on_where_the_batch_before_stopped(shift):
    batches = TextStreams(TEXT, 3, 4, shift=shift)
    read = np.concatenate(
        [batches[i][0]["symbols"] for i in range(len(batches))], axis=1
    )
    for row in read:
        real = row[row >= 0]
        assert set(np.diff(real)) <= {1, 1 - len(TEXT)}


def test_a_stream_that_begins_early_reads_the_text_before_it():
    batches = TextStreams(TEXT, 3, 10, shift=True)
    early = set()
    for _ in range(40):
        inputs, targets = batches[0]
        counts = targets >= 0
        first = int(counts[0].argmax())
        assert (counts.argmax(axis=1) == first).all()
        assert counts[:, first:].all()
        text = np.concatenate([TEXT, [-1], TEXT])
        starts = len(TEXT) + np.array([0, 33, 67]) - first
        expected = text[starts[:, None] + np.arange(10)]
        np.testing.assert_array_equal(inputs["symbols"], expected)
        early.add(first)
        batches.on_epoch_end()
    assert early == set(range(10))


def test_the_state_starts_anew_with_each_pass_and_as_often_as_asked():
    def keeps(**arguments):
        batches = TextStreams(TEXT, 3, 4, **arguments)
        return [float(batches[i][0]["keep"][0, 0]) for i in range(10)]

    assert len(TextStreams(TEXT, 3, 4)) == 9
    assert keeps() == [0, *[1] * 8, 0]
    assert keeps(reset_every=4) == [0, 1, 1, 1, 0, 1, 1, 1, 0, 0]
    assert keeps(start=8) == [1, 0, *[1] * 8]


@pytest.mark.parametrize("shift", [False, True])
def test_a_run_goes_on_where_it_was(shift):
    whole = TextStreams(TEXT, 3, 4, shift=shift)
    later = TextStreams(TEXT, 3, 4, start=13, shift=shift)
    for i in range(5):
        (a, targets_a), (b, targets_b) = whole[13 + i], later[i]
        np.testing.assert_array_equal(a["symbols"], b["symbols"])
        np.testing.assert_array_equal(a["keep"], b["keep"])
        np.testing.assert_array_equal(targets_a, targets_b)


@pytest.mark.parametrize("text", [[], [[1, 2]]])
def test_no_text(text):
    with pytest.raises(ValueError, match="not empty"):
        TextStreams(text, 2)
