"""The cleaning of Sec. 4."""

import numpy as np

from graves_tf.ink.cleaning import SAMPLING_PERIOD
from graves_tf.ink.cleaning import clean

COUNT = 20


def steady(step=(18.0, 4.0), count=COUNT):
    """A stroke at a steady pace, with a regular clock."""
    number = np.arange(count)[:, None]
    return np.concatenate([number * step, number * SAMPLING_PERIOD], axis=1)


def positions(cleaned):
    return [stroke[:, :2] for stroke in cleaned.strokes]


def test_good_strokes_are_left_as_they_are():
    # Fast, slow, with a jump of a word's width between the two.
    fast = steady((80.0, -60.0))
    slow = steady((3.0, 2.0)) + [5000, 0, 9]
    cleaned = clean([fast, slow])
    assert cleaned[1:] == (0, 0, 0)
    np.testing.assert_array_equal(cleaned.strokes[0], fast)
    np.testing.assert_array_equal(cleaned.strokes[1], slow)


def test_missing_readings_are_put_back():
    whole = steady()
    gappy = np.delete(whole, [7, 8, 13], axis=0)
    cleaned = clean([gappy])
    assert (cleaned.added, cleaned.removed, cleaned.lifts) == (3, 0, 0)
    np.testing.assert_allclose(cleaned.strokes[0], whole, atol=1e-9)


def test_interpolated_coordinates_are_whole():
    whole = np.round(steady((17.0, 5.0)))
    whole[:, 2] = np.arange(COUNT) * SAMPLING_PERIOD
    (xy,) = positions(clean([np.delete(whole, [5, 6], axis=0)]))
    assert len(xy) == COUNT
    np.testing.assert_array_equal(xy, np.round(xy))


def test_a_late_reading_alone_is_no_missing_one():
    stroke = steady()
    stroke[10:, 2] += SAMPLING_PERIOD
    assert clean([stroke])[1:] == (0, 0, 0)


def test_a_pause_of_the_pen_is_not_filled():
    stroke = steady()
    stroke[10:, 2] += 30.0
    cleaned = clean([stroke])
    assert len(cleaned.strokes[0]) == COUNT


def test_readings_thrown_out_and_back_are_dropped():
    whole = steady()
    for count in (1, 2, 3):
        broken = whole.copy()
        broken[8 : 8 + count, :2] += (400, -300)
        cleaned = clean([broken])
        assert cleaned.removed == count
        assert cleaned.lifts == 0
        # What is left is as it was; in its place, at most a straight line.
        (xy,) = positions(cleaned)
        assert np.hypot(*np.diff(xy, axis=0).T).max() < 100
        kept = np.delete(whole[:, :2], np.s_[8 : 8 + count], axis=0)
        assert set(map(tuple, kept)) <= set(map(tuple, xy))


def test_a_stray_first_or_last_reading_is_dropped():
    whole = steady()
    for place in (0, -1):
        broken = whole.copy()
        broken[place, :2] += (-300, 500)
        cleaned = clean([broken])
        assert (cleaned.removed, cleaned.lifts) == (1, 0)
        np.testing.assert_array_equal(
            cleaned.strokes[0], whole[1:] if place == 0 else whole[:-1]
        )


def test_a_missed_lift_ends_the_stroke():
    stroke = steady()
    stroke[10:, :2] += (-400, 300)
    cleaned = clean([stroke])
    assert (cleaned.added, cleaned.removed, cleaned.lifts) == (0, 0, 1)
    np.testing.assert_array_equal(cleaned.strokes[0], stroke[:10])
    np.testing.assert_array_equal(cleaned.strokes[1], stroke[10:])


def test_a_wide_step_the_way_the_pen_went_is_filled():
    # An ascender whose readings are lost, without a gap in the clock.
    stroke = steady((0.0, -20.0))
    stroke[10:, 1] -= 220
    cleaned = clean([stroke])
    assert (cleaned.removed, cleaned.lifts) == (0, 0)
    assert cleaned.added == 11
    (xy,) = positions(cleaned)
    np.testing.assert_allclose(np.diff(xy[:, 1]), -20)


def test_a_fast_hand_keeps_its_wide_steps():
    stroke = steady((150.0, 120.0))
    assert clean([stroke])[1:] == (0, 0, 0)


def test_without_times_nothing_is_lost():
    stroke = np.delete(steady(), [7, 8], axis=0)
    stroke[:, 2] = np.nan
    cleaned = clean([stroke])
    assert cleaned[1:] == (0, 0, 0)
    np.testing.assert_array_equal(positions(cleaned)[0], stroke[:, :2])


def test_short_strokes_stay():
    dot = np.array([[10.0, 10.0, 0.0]])
    dash = np.array([[10.0, 10.0, 0.0], [400.0, 10.0, 0.015]])
    cleaned = clean([dot, dash, dot])
    assert cleaned.removed == 0
    assert all(len(stroke) for stroke in cleaned.strokes)
    assert cleaned.strokes[0].tolist() == dot.tolist()
    assert cleaned.strokes[-1].tolist() == dot.tolist()
