"""How well generated ink can be told from real ink: a two-sample test."""

import numpy as np

from graves_tf.bootstrap import ratio_interval
from graves_tf.ink.geometry import body_size
from graves_tf.ink.geometry import path_length
from graves_tf.ink.geometry import split_strokes
from graves_tf.ink.page import baseline
from graves_tf.ink.page import straighten

FOLDS = 5


def statistics(strokes, text):
    """Simple statistics of one line.

    Points are rounded to whole units first, as a whiteboard records them.

    Args:
        strokes: `(T, 3)` absolute points, in the recording's units.
        text: what it says.

    Returns:
        Dict of floats; its keys are the same for every line.
    """
    strokes = np.array(strokes, np.float64)
    strokes[:, :2] = np.rint(strokes[:, :2])
    parts = split_strokes(strokes)
    steps = [np.diff(part, axis=0) for part in parts]
    moves = [b[0] - a[-1] for a, b in zip(parts, parts[1:], strict=False)]
    return {
        **_speed(steps),
        **_turning(steps),
        **_lifts(parts, moves, text),
        **_shape(strokes, steps, text),
    }


def _speed(steps):
    """Of the steps inside strokes, and how they change."""
    lengths = _lengths(steps)
    changes = _lengths([np.diff(part, axis=0) for part in steps])
    return {
        **_quantiles("step length", lengths),
        "step length, deviation": lengths.std(),
        "steps of no length": (lengths == 0).mean(),
        **_quantiles("change of step", changes),
        "change of step, in steps": changes.mean() / max(lengths.mean(), 1),
    }


def _turning(steps):
    """Curvature: the angles between one step and the next, in degrees."""
    angles = [np.zeros(1)]
    for part in steps:
        part = part[(part != 0).any(axis=1)]
        headings = np.arctan2(part[:, 1], part[:, 0])
        turns = np.diff(headings)
        angles.append(np.degrees((turns + np.pi) % (2 * np.pi) - np.pi))
    again = np.concatenate([np.sign(a[1:] * a[:-1]) for a in angles])
    angles = np.concatenate(angles)
    return {
        **_quantiles("curvature", np.abs(angles)),
        "curvature, mean": angles.mean(),
        "sharp turns": (np.abs(angles) > 90).mean(),
        "turns the same way again": again.mean() if len(again) else 0.0,
    }


def _lifts(parts, moves, text):
    """Of the pen's lifts."""
    moves = np.array(moves).reshape(-1, 2)
    counts = np.array([len(part) for part in parts])
    return {
        "lifts a character": len(parts) / len(text),
        **_quantiles("points a stroke", counts),
        **_quantiles("lifted move", _lengths([moves])),
        "lifted moves to the left": (moves[:, 0] < 0).mean()
        if len(moves)
        else 0.0,
    }


def _shape(strokes, steps, text):
    """Size, slant and place of the writing."""
    level = straighten(strokes)
    size = body_size(level)
    steps = np.concatenate(steps)
    # Strokes down the page, of which slant is judged by eye.
    down = steps[steps[:, 1] > np.abs(steps[:, 0])]
    slants = np.degrees(np.arctan2(-down[:, 0], down[:, 1]))
    low, high = np.percentile(level[:, 1], [2, 98])
    return {
        "height": size,
        "height over size": (high - low) / size,
        "slant": slants.mean() if len(slants) else 0.0,
        "slant, deviation": slants.std() if len(slants) else 0.0,
        "slope of the line": baseline(strokes)[0],
        "points a character": len(strokes) / len(text),
        "width a character": np.ptp(strokes[:, 0]) / len(text) / size,
        "ink a character": path_length(strokes) / len(text) / size,
    }


def _lengths(vectors):
    """Lengths of the rows of arrays `(N, 2)`; one of 0 where there is none."""
    rows = np.concatenate(vectors)
    return np.hypot(*rows.T) if len(rows) else np.zeros(1)


def _quantiles(name, values):
    shares = (10, 50, 90)
    found = np.percentile(values, shares)
    return {f"{name}, {s} %": v for s, v in zip(shares, found, strict=True)}


def tell_apart(real, generated, groups, seed=0):
    """Trains a classifier to tell real lines from generated ones.

    A random forest, in 5 folds: each line is judged by one that has seen
    neither it nor any other of its group.

    Args:
        real: list of `statistics` of real lines.
        generated: likewise, one for each real line, of the same text.
        groups: of each pair, e.g. its writer.
        seed: of the forest.

    Returns:
        `accuracy` on the held-out lines, 0.5 at best; `accuracy_interval`,
        95 %, from resampling groups; `telling`: the statistics that tell
        most by themselves, each with its AUC, above 0.5 where generated
        lines have more of it; `realness (2, N)`, each line's probability of
        being real.

    Raises:
        ValueError: as `check_groups`.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold
    from sklearn.model_selection import cross_val_predict

    check_groups(groups)
    count, names = len(real), list(real[0])
    x = np.array([[row[name] for name in names] for row in real + generated])
    y = np.repeat([0, 1], count)
    group = np.unique(list(groups) * 2, return_inverse=True)[1]
    forest = RandomForestClassifier(
        300, min_samples_leaf=2, random_state=seed, n_jobs=-1
    )
    folds = GroupKFold(FOLDS)
    odds = cross_val_predict(
        forest, x, y, groups=group, cv=folds, method="predict_proba"
    )[:, 1]
    right = (odds > 0.5) == y
    areas = {n: roc_auc_score(y, x[:, i]) for i, n in enumerate(names)}
    most = sorted(areas, key=lambda name: -abs(areas[name] - 0.5))[:6]
    return {
        "accuracy": float(right.mean()),
        "accuracy_interval": ratio_interval(
            np.bincount(group, right), np.bincount(group)
        ),
        "telling": {name: float(areas[name]) for name in most},
        "realness": (1 - odds).reshape(2, count),
    }


def check_groups(groups):
    """Refuses lines that `tell_apart` could not judge.

    Args:
        groups: of each line.

    Raises:
        ValueError: there are fewer than 5 groups, or scikit-learn is missing.
    """
    if len(set(groups)) < FOLDS:
        raise ValueError(
            f"The lines are of {len(set(groups))} groups; to hold some out, "
            f"at least {FOLDS} are needed: lines of more writers or forms."
        )
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "Telling lines apart needs the package scikit-learn: pip install "
            "'graves_tf[legibility]'."
        ) from error
