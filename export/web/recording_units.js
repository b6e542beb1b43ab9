/** Ink in the units and at the pace of IAM-OnDB: `ink/recording_units.py`. */

import { pathLength, splitStrokes, sum } from "./geometry.js";

// Of IAM-OnDB, spaces not counted: length of the ink a character, and points.
const LENGTH = 470;
const LENGTH_RANGE = [195, 1312];
const POINTS = 25;
const POINTS_RANGE = [11.4, 42.3];
// The spread of IAM-OnDB's steps, std over mean, is at most this.
const MAX_SPREAD = 1.5;

/**
 * Strokes as the network knows them.
 *
 * Outside what IAM-OnDB's writers do, the ink is scaled to their median size
 * (by the length of the ink a character), and every stroke is drawn again at
 * their median pace (by the points a character).
 *
 * @param {number[][]} strokes [x, y, end-of-stroke], y down.
 * @param {string} text what they say.
 */
export function toRecordingUnits(strokes, text) {
  const characters = text.replace(/\s/g, "").length;
  const length = pathLength(strokes);
  if (!characters || !(length > 0)) return strokes;
  if (!within(length / characters, LENGTH_RANGE)) {
    const scale = (LENGTH * characters) / length;
    const [x0, y0] = strokes[0];
    strokes = strokes.map(([x, y, l]) => [
      (x - x0) * scale,
      (y - y0) * scale,
      l,
    ]);
  }
  if (within(strokes.length / characters, POINTS_RANGE)) return strokes;
  return resample(strokes, POINTS * characters);
}

/** About `wanted` points on the same strokes. */
function resample(strokes, wanted) {
  const pieces = splitStrokes(strokes);
  const steps = pieces.map((piece) =>
    piece
      .slice(1)
      .map(([x, y], i) => Math.hypot(x - piece[i][0], y - piece[i][1])),
  );
  const every = steps.flat();
  const mean = sum(every) / every.length;
  const spread = Math.sqrt(
    sum(every.map((step) => (step - mean) ** 2)) / every.length,
  );
  // Points given are equally spaced in time where they can be: slow stays
  // slow. Else the new ones are equally spaced along the stroke.
  const timed = strokes.length >= wanted / 2 && spread <= MAX_SPREAD * mean;
  const clocks = steps.map((piece) => {
    const clock = [0];
    for (const step of piece) clock.push(clock.at(-1) + (timed ? 1 : step));
    return clock;
  });
  // A stroke of n points has n - 1 steps between them.
  const intervals = Math.max(wanted - pieces.length, 1);
  const rate = intervals / sum(clocks.map((clock) => clock.at(-1)));
  return pieces.flatMap((piece, i) => redraw(piece, clocks[i], rate));
}

function redraw(piece, clock, rate) {
  const end = clock.at(-1);
  const count = end ? Math.max(Math.round(end * rate), 1) + 1 : 1;
  let k = 0;
  return Array.from({ length: count }, (_, i) => {
    if (count === 1) return [...piece[0], 1];
    const time = (i / (count - 1)) * end;
    while (k < clock.length - 2 && clock[k + 1] <= time) k++;
    const share = (time - clock[k]) / (clock[k + 1] - clock[k]) || 0;
    const [a, b] = [piece[k], piece[k + 1]];
    return [
      a[0] + share * (b[0] - a[0]),
      a[1] + share * (b[1] - a[1]),
      i === count - 1 ? 1 : 0,
    ];
  });
}

function within(value, [low, high]) {
  return low <= value && value <= high;
}
