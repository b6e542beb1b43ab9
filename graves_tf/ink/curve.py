"""Smooth curves through the points of a pen stroke."""

import numpy as np


def bezier(points):
    """Cubic Bezier pieces of the centripetal Catmull-Rom curve.

    The curve goes through every point. The centripetal parametrisation makes
    no loops or overshoot where a slow stretch meets a fast one, as the
    uniform one does.

    Args:
        points: `(N, 2)` array. Equal neighbours count once.

    Returns:
        `(M, 4, 2)` float64 array: start, two control points and end of each
        piece; M is the number of distinct neighbours, 0 for a dot.
    """
    points = np.asarray(points, np.float64)
    if len(points) < 2:
        return np.zeros((0, 4, 2))
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    points = points[np.concatenate([[True], moved])]
    if len(points) < 2:
        return np.zeros((0, 4, 2))
    # Mirrored end points give the first and last piece no bend of their own.
    before = np.concatenate([2 * points[:1] - points[1:2], points[:-2]])
    after = np.concatenate([points[2:], 2 * points[-1:] - points[-2:-1]])
    start, end = points[:-1], points[1:]
    d1 = np.hypot(*(start - before).T)[:, None]
    d2 = np.hypot(*(end - start).T)[:, None]
    d3 = np.hypot(*(after - end).T)[:, None]
    r1, r2, r3 = np.sqrt(d1), np.sqrt(d2), np.sqrt(d3)
    first = (d1 * end - d2 * before + (2 * d1 + 3 * r1 * r2 + d2) * start) / (
        3 * r1 * (r1 + r2)
    )
    second = (d3 * start - d2 * after + (2 * d3 + 3 * r3 * r2 + d2) * end) / (
        3 * r3 * (r3 + r2)
    )
    return np.stack([start, first, second, end], axis=1)


def flatten(points, spacing):
    """Points on the smooth curve, close enough to draw lines between them.

    Args:
        points: `(N, 2)` array, N >= 1.
        spacing: about how far apart the result's points are.

    Returns:
        Tuple: `(P, 2)` float64 array with the same first and last point, and
        `(N,)` indices in it of the points given.
    """
    points = np.asarray(points, np.float64)
    pieces = bezier(points)
    if not len(pieces):
        return points[:1], np.zeros(len(points), int)
    lengths = np.hypot(*(pieces[:, 3] - pieces[:, 0]).T)
    counts = np.clip(np.ceil(lengths / spacing), 1, 32).astype(int)
    piece = np.repeat(pieces, counts, axis=0)
    starts = np.cumsum(counts) - counts
    part = np.arange(counts.sum()) - np.repeat(starts, counts) + 1
    t = (part / np.repeat(counts, counts))[:, None]
    s = 1 - t
    fine = (
        s**3 * piece[:, 0]
        + 3 * s**2 * t * piece[:, 1]
        + 3 * s * t**2 * piece[:, 2]
        + t**3 * piece[:, 3]
    )
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)
    index = np.concatenate([[0], np.cumsum(counts)])
    index = index[np.concatenate([[0], np.cumsum(moved)])]
    return np.concatenate([points[:1], fine]), index
