/** Lines of writing set under one another: `graves_tf/ink/page.py`. */

import { LONG_ENOUGH, straighten } from "./baseline.js";
import { bodySize, bounds, clip, median } from "./geometry.js";

// From one baseline to the next, in the size of the writing.
export const PITCH = 7;
const MAX_SCALE = 1.3;
const MARGIN = 0.5;

/**
 * Every line is straightened and brought to the size of the median line; by at
 * most a factor of 1.3, and a short line not at all, since it does not show
 * its size.
 *
 * @param {number[][][]} lines strokes, one a line; one without points leaves
 *     its line blank.
 * @returns {{lines: number[][][], size: number}} the lines on a page whose
 *     corner is at (0, 0), and the size of the writing.
 */
export function setPage(lines) {
  const straight = lines.map(straighten);
  const sizes = straight.map(bodySize);
  const written = [...lines.keys()].filter((i) => lines[i].length);
  const long = written.filter(
    (i) => width(straight[i]) >= LONG_ENOUGH * sizes[i],
  );
  const known = long.length ? long : written;
  if (!known.length) return { lines: straight, size: 1 };
  const size = median(known.map((i) => sizes[i]));
  const pitch = PITCH * size;
  for (const i of known) {
    const factor = clip(size / sizes[i], 1 / MAX_SCALE, MAX_SCALE);
    straight[i] = straight[i].map(([x, y, l]) => [x * factor, y * factor, l]);
  }
  const top = MARGIN * pitch - bounds([straight[written[0]]])[1];
  const placed = straight.map((line, i) => {
    if (!line.length) return line;
    const left = MARGIN * pitch - bounds([line])[0];
    return line.map(([x, y, l]) => [x + left, y + top + i * pitch, l]);
  });
  return { lines: placed, size };
}

function width(line) {
  const [left, , right] = bounds([line]);
  return right - left;
}
