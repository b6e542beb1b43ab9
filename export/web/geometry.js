/**
 * Where ink lies and how large its writing is: `graves_tf/ink/geometry.py`.
 *
 * Strokes are arrays of [x, y, end-of-stroke], y down.
 */

/** The pen strokes of a line: arrays of [x, y], in order of writing. */
export function splitStrokes(strokes) {
  const pieces = [];
  let piece = [];
  for (const [x, y, lifts] of strokes) {
    piece.push([x, y]);
    if (lifts > 0.5) {
      pieces.push(piece);
      piece = [];
    }
  }
  return piece.length ? [...pieces, piece] : pieces;
}

/** `[left, top, right, bottom]` of lines; null where there is no point. */
export function bounds(lines) {
  let box = null;
  for (const line of lines) {
    for (const [x, y] of line) {
      box ??= [x, y, x, y];
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
  }
  return box;
}

/** Straight parts of the ink: `{x, y, length}` with their middles. */
export function segments(strokes) {
  return splitStrokes(strokes).flatMap((piece) =>
    piece.slice(1).map(([x, y], i) => ({
      x: (x + piece[i][0]) / 2,
      y: (y + piece[i][1]) / 2,
      length: Math.hypot(x - piece[i][0], y - piece[i][1]),
    })),
  );
}

/** Length of the ink, without the moves of the lifted pen. */
export function pathLength(strokes) {
  return sum(segments(strokes).map((segment) => segment.length));
}

/**
 * How large the writing of one line is, whatever it says.
 *
 * The standard deviation of the ink's height about its own sloping line,
 * weighted by path length; 1 for a line that has no extent.
 */
export function bodySize(strokes) {
  const parts = segments(strokes);
  const total = sum(parts.map((part) => part.length));
  if (!(total > 0)) return extent(strokes) / 10 || 1;
  const mean = (of) => sum(parts.map((p) => (p.length / total) * of(p)));
  const [x0, y0] = [mean((p) => p.x), mean((p) => p.y)];
  const xx = mean((p) => (p.x - x0) ** 2);
  const yy = mean((p) => (p.y - y0) ** 2);
  const xy = mean((p) => (p.x - x0) * (p.y - y0));
  // A line that is taller than wide has no slope to speak of.
  const slope = xx > yy ? xy / xx : 0;
  const size = Math.sqrt(mean((p) => (p.y - y0 - slope * (p.x - x0)) ** 2));
  // A dash has no height: the strokes themselves bound the size.
  const pieces = splitStrokes(strokes)
    .filter((piece) => piece.length > 1)
    .map((piece) => ({ extent: extent(piece), length: pathLength(piece) }))
    .sort((a, b) => a.extent - b.extent);
  let passed = 0;
  const middle = pieces.find((p) => (passed += p.length) >= total / 2);
  const typical = (middle ?? pieces.at(-1)).extent;
  return Math.min(Math.max(size, typical / 20), typical) || 1;
}

export function sum(values) {
  return values.reduce((a, b) => a + b, 0);
}

export function median(values) {
  return percentile(values, 50);
}

/** Linear between the two nearest. */
export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

export function clip(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

function extent(points) {
  const box = bounds([points]);
  return box ? Math.hypot(box[2] - box[0], box[3] - box[1]) : 0;
}
