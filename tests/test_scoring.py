import numpy as np
import pytest
from keras import ops

from graves_tf.batches import HandwritingBatches
from graves_tf.ink.alphabet import Alphabet
from graves_tf.ink.line import Line
from graves_tf.losses import SequenceLoss
from graves_tf.losses import mdn_nll
from graves_tf.losses import mixture_mean
from graves_tf.networks import HandwritingPredictor
from graves_tf.networks import HandwritingSynthesizer
from graves_tf.scoring import Scorer

ARGUMENTS = {
    "hidden": (4, 4),
    "num_mixtures": 2,
    "offset_mean": (0.1, 0.2),
    "offset_std": (1.5, 2.0),
}


def make_lines(count):
    rng = np.random.default_rng(0)
    lines = []
    for i in range(count):
        strokes = rng.normal(size=(6 + 5 * i, 3)).cumsum(axis=0)
        strokes[:, 2] = rng.random(len(strokes)) < 0.2
        lines.append(Line(strokes.astype("float32"), "ab" * (1 + i)))
    return lines


@pytest.mark.parametrize("task", ["prediction", "synthesis"])
def test_sums_are_those_of_each_line_alone(task):
    if task == "prediction":
        network = HandwritingPredictor(**ARGUMENTS)
    else:
        network = HandwritingSynthesizer(
            **ARGUMENTS, alphabet=Alphabet("ab"), num_gaussians=2
        )
    lines = make_lines(4)
    batches = HandwritingBatches(
        lines,
        network.offset_mean,
        network.offset_std,
        alphabet=getattr(network, "alphabet", None),
        batch_size=3,
        buckets=2,
    )
    counted = []

    def progress(numbers):
        for number in numbers:
            counted.append(number)
            yield number

    scores = Scorer(network).score(batches, progress)
    assert counted == [0, 1]

    all_targets, outputs = [], []
    for line in lines:
        offsets = np.diff(line.strokes[:, :2].astype("float64"), axis=0)
        offsets = (offsets - ARGUMENTS["offset_mean"]) / ARGUMENTS["offset_std"]
        targets = np.concatenate([offsets, line.strokes[1:, 2:]], axis=1)
        targets = targets.astype("float32")
        inputs = {"offsets": np.pad(targets[:-1], [(1, 0), (0, 0)])[None]}
        if task == "synthesis":
            codes = [("ab").index(c) for c in line.text]
            inputs["characters"] = np.array([codes], "int32")
        all_targets.append(targets)
        outputs.append(network.predict_on_batch(inputs)[0])
    targets, y = np.concatenate(all_targets), np.concatenate(outputs)
    points = len(targets)
    nats = ops.convert_to_numpy(mdn_nll(targets, y)).sum(dtype="float64")
    mean = ops.convert_to_numpy(mixture_mean(y))
    error = ((targets[:, :2] - mean) ** 2).sum(dtype="float64")
    assert scores == {
        "nats_per_sequence": pytest.approx(nats / 4, rel=1e-4),
        "nats_per_point": pytest.approx(nats / points, rel=1e-4),
        "sse": pytest.approx(error / points, rel=1e-4),
        "sequences": 4,
        "points": points,
    }


def test_the_scores_are_the_loss():
    network = HandwritingPredictor(**ARGUMENTS)
    batches = HandwritingBatches(
        make_lines(3), (0.0, 0.0), (1.0, 1.0), batch_size=3
    )
    inputs, targets = batches[0]
    loss = float(SequenceLoss()(targets, network.predict_on_batch(inputs)))
    scores = Scorer(network).score(batches)
    assert scores["nats_per_sequence"] == pytest.approx(loss, rel=1e-5)


def test_scoring_changes_nothing():
    network = HandwritingPredictor(**ARGUMENTS)
    before = network.get_weights()
    scorer = Scorer(network)
    scorer.score(HandwritingBatches(make_lines(2), (0, 0), (1, 1)))
    for a, b in zip(before, network.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    # New weights count at once, though the scorer is compiled.
    batches = HandwritingBatches(make_lines(2), (0, 0), (1, 1))
    first = scorer.score(batches)["nats_per_sequence"]
    network.set_weights([w + 0.5 for w in before])
    second = scorer.score(batches)["nats_per_sequence"]
    assert abs(second - first) > 1e-3
    fresh = Scorer(network).score(batches)["nats_per_sequence"]
    assert second == pytest.approx(fresh, rel=1e-6)
