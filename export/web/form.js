/** What the page's fields ask for. */

import { toRecordingUnits } from "./recording_units.js";
import { MAX_BIAS, MAX_SEED } from "./sampler.js";
import { MAX_LINE, plain, prepare } from "./text.js";

const $ = (id) => document.getElementById(id);

/** What is wrong with a field, for a person; `field` is its id. */
export class FieldError extends Error {
  constructor(field, message) {
    super(message);
    this.field = field;
  }
}

/**
 * The job for the writer.
 *
 * @param {object} given
 *     alphabet: of the network. styles: the example hands. own: the pad's
 *     strokes. maxLine: characters of a line, at most.
 * @throws {FieldError} a field holds what cannot be written.
 */
export function readJob({ alphabet, styles, own, maxLine }) {
  const symbols = [...alphabet];
  const lines = of("text", () => prepare($("text").value, symbols, maxLine));
  const bias = number("bias", "legibility", 0, MAX_BIAS);
  const seed = number("seed", "seed", 0, MAX_SEED);
  if (!Number.isInteger(seed)) {
    throw new FieldError(
      "seed",
      `The seed must be a whole number. It is ${seed}.`,
    );
  }
  const choice = document.querySelector("[name=style]:checked").value;
  if (choice === "free") return { lines, bias, seed, prime: null };
  const prime =
    choice === "own" ? readOwn(symbols, own) : styles[Number(choice)];
  return { lines, bias, seed, prime };
}

/** The line on the pad as an example. */
function readOwn(symbols, strokes) {
  const { text } = readPad(symbols, strokes);
  return { text, strokes: toRecordingUnits(strokes, text) };
}

/**
 * The line on the pad, in its own pixels, and what it says.
 *
 * @throws {FieldError} one of the two is missing, or cannot be read.
 */
export function readPad(symbols, strokes) {
  const text = plain($("own-text").value).trim().replace(/\s+/g, " ");
  if (!text) {
    throw new FieldError(
      "own-text",
      "Say what you wrote on the pad: its text is missing.",
    );
  }
  if (text.length > MAX_LINE) {
    throw new FieldError(
      "own-text",
      `The pad's text has ${text.length} characters; at most ${MAX_LINE} ` +
        "can be an example.",
    );
  }
  of("own-text", () => prepare(text, symbols));
  if (strokes.length < 2) {
    throw new FieldError(
      "pad",
      "The pad is empty. Write the words on it, or choose another hand.",
    );
  }
  return { text, strokes };
}

function number(field, name, least, most) {
  const typed = $(field).value;
  const value = Number(typed);
  if (typed === "" || !(value >= least && value <= most)) {
    throw new FieldError(
      field,
      `The ${name} must be a number from ${least} to ${most}` +
        (typed === "" ? "." : `. It is ${typed}.`),
    );
  }
  return value;
}

/** What a function gives; what it finds wrong is that field's. */
function of(field, read) {
  try {
    return read();
  } catch (error) {
    throw new FieldError(field, error.message);
  }
}
