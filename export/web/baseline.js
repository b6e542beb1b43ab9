/** The straight line on which writing stands: `graves_tf/ink/page.py`. */

import { bodySize, clip, percentile, splitStrokes, sum } from "./geometry.js";

// A line shorter than this many sizes shows no slope, and none its size.
export const LONG_ENOUGH = 10;
const MAX_SLOPE = 0.35;

/**
 * A robust fit to the feet of the pen's strokes.
 *
 * @param {number[][]} strokes [x, y, end-of-stroke], y down.
 * @returns {{slope: number, height: number}} y = slope x + height.
 */
export function baseline(strokes) {
  if (!strokes.length) return { slope: 0, height: 0 };
  const size = bodySize(strokes);
  const feet = feetOf(strokes);
  const xs = strokes.map(([x]) => x);
  const long = Math.max(...xs) - Math.min(...xs) >= LONG_ENOUGH * size;
  let slope = 0;
  if (long && feet.length > 3) {
    const centre = sum(xs) / xs.length;
    const away = xs.map((x) => x - centre);
    const rise = sum(away.map((a, i) => a * strokes[i][1]));
    slope = clip(rise / sum(away.map((a) => a * a)), -MAX_SLOPE, MAX_SLOPE);
  }
  // Several starts: a row of high turns or of descenders can hold a fit.
  let best = null;
  for (const start of long ? [slope, 0] : [slope]) {
    for (const percent of [40, 55, 70]) {
      const found = fit(feet, size, start, percent, long);
      if (!best || found.agree > best.agree) best = found;
    }
  }
  return { slope: best.slope, height: best.height };
}

/** A line with its baseline level, at y = 0; letters keep their slant. */
export function straighten(strokes) {
  const { slope, height } = baseline(strokes);
  return strokes.map(([x, y, lifts]) => [x, y - (slope * x + height), lifts]);
}

/** Where the pen turns from down to up. */
function feetOf(strokes) {
  return splitStrokes(strokes).flatMap((piece) =>
    piece.filter(
      ([, y], i) =>
        (i === 0 || y > piece[i - 1][1]) &&
        (i === piece.length - 1 || y >= piece[i + 1][1]),
    ),
  );
}

/** Tukey's biweight fit from a start: slope, height, how many agree. */
function fit(feet, size, slope, percent, long) {
  let height = percentile(
    feet.map(([x, y]) => y - slope * x),
    percent,
  );
  let agree = 0;
  // First wide, then as narrow as feet scatter.
  for (const width of [2, 1.5, 1.2, ...new Array(8).fill(1)]) {
    const weights = feet.map(([x, y]) => {
      const away = (y - slope * x - height) / (width * size);
      return Math.max(1 - away * away, 0) ** 2;
    });
    agree = sum(weights);
    if (agree <= 0) break;
    const mean = (of) => sum(feet.map((f, i) => weights[i] * of(f))) / agree;
    const [x0, y0] = [mean((f) => f[0]), mean((f) => f[1])];
    const variance = mean((f) => (f[0] - x0) ** 2);
    // Feet all in one part of the line tell nothing of its slope.
    if (long && variance > (2 * size) ** 2) {
      slope = mean((f) => (f[0] - x0) * (f[1] - y0)) / variance;
      slope = clip(slope, -MAX_SLOPE, MAX_SLOPE);
    }
    height = y0 - slope * x0;
  }
  return { slope, height, agree };
}
