/** Smooth curves through the points of a stroke: `graves_tf/ink/curve.py`. */

/**
 * Cubic Bezier pieces of the centripetal Catmull-Rom curve.
 *
 * @param {number[][]} points [x, y] of one stroke; equal neighbours count once.
 * @returns {number[][][]} start, two control points and end of each piece;
 *     none for a dot.
 */
export function bezier(points) {
  const all = points.filter(
    ([x, y], i) => !i || x !== points[i - 1][0] || y !== points[i - 1][1],
  );
  // Mirrored end points give the first and last piece no bend of their own.
  const at = (i) => {
    if (i < 0) return mirror(all[0], all[1]);
    if (i === all.length) return mirror(all[i - 1], all[i - 2]);
    return all[i];
  };
  return all.slice(1).map((end, i) => {
    const [before, start, after] = [at(i - 1), at(i), at(i + 2)];
    const [d1, d2, d3] = [
      distance(before, start),
      distance(start, end),
      distance(end, after),
    ];
    return [
      start,
      control(before, start, end, d1, d2),
      control(after, end, start, d3, d2),
      end,
    ];
  });
}

/** The control point beside `from`, between the curve's `from` and `to`. */
function control(outer, from, to, d1, d2) {
  const [r1, r2] = [Math.sqrt(d1), Math.sqrt(d2)];
  const own = 2 * d1 + 3 * r1 * r2 + d2;
  return [0, 1].map(
    (k) => (d1 * to[k] - d2 * outer[k] + own * from[k]) / (3 * r1 * (r1 + r2)),
  );
}

function mirror(end, inner) {
  return [2 * end[0] - inner[0], 2 * end[1] - inner[1]];
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
