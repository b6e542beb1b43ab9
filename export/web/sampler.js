/** Writing a line: the loop and stop rule of `graves_tf/export/runtime.py`. */

import { Draws } from "./draws.js";
import { median, sum } from "./geometry.js";
import { encode } from "./text.js";

export const MAX_BIAS = 10;
export const MAX_SEED = 2 ** 32 - 1;
// A look at a character: this share of the window's largest weight (φ).
const LOOK = 0.5;
// Ink after the text, in letters: more of it runs on. Its reason is in
// `runs_past_text` of `graves_tf/sampling/sample.py`.
const RUNS_ON = 0.55;
// A letter's points to a space's, and looks that are too long, as in
// `longest_look` there.
const SPACE = 2;
const LINGERS = 2;

/**
 * Write a text as one line, again until nothing is amiss.
 *
 * @param {StepModel} model anything with its `begin`, `step`, `symbols` and
 *     `maxCharacters`.
 * @param {string} text
 * @param {object} options
 *     bias: b of Sec. 5.4: 0 draws from the network's own density, more is
 *         neater. seed, line: integers; the same give the same ink.
 *     prime: `{strokes, text}` of someone's line, to write on in its style
 *         (Sec. 5.5); null for none.
 *     maxPoints: bound of the line's points; by default 150 and 45 for each
 *         character. attempts: how often the line is drawn, at most, until it
 *         is finished, no character was left out, no ink follows after the
 *         text, and the window lingers nowhere.
 *     draws: function of the attempt, gives an object like `Draws`.
 *     onAttempt(attempt), onPoint([x, y, lifts]), onStep(): are told; onStep
 *         may return a promise, and a line ends when it throws.
 * @returns {Promise<object>} the best one: `strokes`, an array of [x, y,
 *     end-of-stroke] from the origin, y down, in the recording's units;
 *     `text`; `finished`, whether the stop rule ended it, not the bound;
 *     `unvisited`, the places in the text that the window never looked at;
 *     `runsOn`, whether ink follows after the text; `longestLook`, the longest
 *     that the window stays at one place, in usual looks; `attempts`.
 */
export async function sample(model, text, options = {}) {
  const { attempts = 5, onAttempt } = options;
  let best = null;
  for (let attempt = 0; attempt < Math.max(1, attempts); attempt++) {
    onAttempt?.(attempt);
    const drawn = await drawLine(model, text, { ...options, attempt });
    if (!best || compare(drawn, best) < 0) best = drawn;
    best.attempts = attempt + 1;
    if (isComplete(best) && !lingering(best)) break;
  }
  return best;
}

/** Finished, every character visited, and no ink after the text. */
export function isComplete(drawn) {
  return drawn.finished && !drawn.unvisited.length && !drawn.runsOn;
}

function compare(a, b) {
  return (
    Number(!a.finished) - Number(!b.finished) ||
    a.unvisited.length - b.unvisited.length ||
    Number(a.runsOn) - Number(b.runsOn) ||
    lingering(a) - lingering(b)
  );
}

function lingering({ longestLook }) {
  return Math.max(0, longestLook - LINGERS);
}

/** One drawing of one line. Arguments: as in `sample`. */
async function drawLine(model, text, options) {
  const { bias = 0.5, seed = 0, line = 0, attempt, prime = null } = options;
  const { maxPoints, draws, onPoint, onStep } = options;
  check(text, bias, seed);
  const { forced, prefix } = offsetsOf(prime);
  const numbers = encode(prefix + text, model.symbols);
  if (numbers.length > model.maxCharacters) {
    throw new Error(
      `The line and the example before it have ${numbers.length} characters; ` +
        `at most ${model.maxCharacters} fit. Shorten the example.`,
    );
  }
  const random = draws ? draws(attempt) : new Draws(seed, line, attempt);
  const bound = forced.length + (maxPoints ?? 150 + 45 * text.length);
  const seen = new Array(text.length).fill(false);
  const looks = [];
  const points = makePoints(forced.length > 0, onPoint);
  let finished = false;
  await model.begin(numbers, bias);
  for (let t = 0; t < bound; t++) {
    const { uniforms, normals } = random.next();
    const pen = t > 0 && t <= forced.length ? forced[t - 1] : null;
    const drawn = await model.step(uniforms, normals, pen);
    // The stop rule speaks of the pen that went in.
    if (drawn.stop && t > forced.length) {
      finished = true;
      break;
    }
    if (t >= forced.length) {
      if (!drawn.pen.every(Number.isFinite)) {
        throw new Error(
          `The network drew no number at point ${t}. Choose a smaller ` +
            "legibility, or export it again.",
        );
      }
      points.add(drawn.pen);
      looks.push(look(seen, drawn.phi, prefix.length));
    }
    await onStep?.();
  }
  const unvisited = [...seen.keys()].filter(
    (i) => !seen[i] && /\S/.test(text[i]),
  );
  const strokes = points.end();
  const past = looks.map((place) => place === text.length);
  const runsOn = runsPastText(text, strokes, past);
  const longestLook = longest(text, looks);
  const found = { finished, unvisited, runsOn, longestLook };
  return { strokes, text, ...found, attempts: 1 };
}

function check(text, bias, seed) {
  if (!text.trim()) throw new Error("The text is empty: nothing to write.");
  if (!(bias >= 0 && bias <= MAX_BIAS)) {
    throw new Error(
      `The legibility must be from 0 to ${MAX_BIAS}. It is ${bias}.`,
    );
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)) {
    throw new Error(
      `The seed must be a whole number from 0 to ${MAX_SEED}. It is ${seed}.`,
    );
  }
}

/** The offsets to force, and the text that goes before. */
function offsetsOf(prime) {
  if (!prime) return { forced: [], prefix: "" };
  const { strokes, text } = prime;
  if (!(strokes?.length >= 2)) {
    throw new Error(
      "The example has no strokes. Write a few words on the pad first.",
    );
  }
  if (!text?.trim()) {
    throw new Error("Say what the example says: its text is missing.");
  }
  const forced = strokes
    .slice(1)
    .map(([x, y, lifts], i) => [x - strokes[i][0], y - strokes[i][1], lifts]);
  return { forced, prefix: text.trimEnd() + " " };
}

/**
 * Absolute points from offsets, one late: the last lifts the pen.
 *
 * A line starts at the origin, a point of its own; one that continues a style
 * starts with its first new point, where the pen came down.
 */
function makePoints(primed, onPoint) {
  const strokes = [];
  let [x, y] = [0, 0];
  let point = primed ? null : [0, 0, 0];
  function put() {
    strokes.push(point);
    onPoint?.(point);
  }
  return {
    add([dx, dy, lifts]) {
      if (!point) {
        point = [x, y, lifts];
        return;
      }
      put();
      [x, y] = [x + dx, y + dy];
      point = [x, y, lifts];
    },
    end() {
      point = [x, y, 1];
      put();
      return strokes;
    },
  };
}

/**
 * Mark what the window has in view: the text's part of φ, and its end.
 *
 * @returns {number} the place it looks at; the text's length is past it.
 */
function look(seen, phi, skip) {
  const end = phi[phi.length - 1];
  let largest = end;
  for (let i = 0; i < seen.length; i++) {
    largest = Math.max(largest, phi[skip + i]);
  }
  for (let i = 0; i < seen.length; i++) {
    const weight = phi[skip + i];
    if (weight > 0 && weight >= LOOK * largest) seen[i] = true;
  }
  const place = phi.slice(skip, skip + seen.length).indexOf(largest);
  return place < 0 ? seen.length : place;
}

/**
 * Whether there is more ink while the window looks past the text.
 *
 * @param {string} text
 * @param {number[][]} strokes
 * @param {boolean[]} past for each of the last steps, whether it looks there.
 */
function runsPastText(text, strokes, past) {
  const ink = strokes.slice(1).map(([x, y], i) => {
    const [lastX, lastY, lifted] = strokes[i];
    return lifted < 0.5 ? Math.hypot(x - lastX, y - lastY) : 0;
  });
  const lead = past.length - ink.length;
  const after = sum(ink.filter((_, i) => past[lead + i]));
  const letter = sum(ink) / text.replace(/\s/g, "").length;
  const allowed = RUNS_ON + Number(/[\p{L}\p{N}]\s*$/u.test(text));
  return after > allowed * letter;
}

/**
 * The longest that the window stays at one place, in usual looks.
 *
 * @param {string} text
 * @param {number[]} looks the place it looks at, point by point.
 */
function longest(text, looks) {
  const counts = new Array(text.length + 1).fill(0);
  for (const place of looks) counts[place]++;
  counts.pop();
  const usual = median(counts.filter((_, i) => /\S/.test(text[i])));
  const scaled = counts.map((n, i) => (/\S/.test(text[i]) ? n : SPACE * n));
  return usual ? Math.max(...scaled) / usual : 1;
}
