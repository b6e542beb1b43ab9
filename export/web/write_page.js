/** Writing a text's lines, all in one hand. */

import { isComplete, sample } from "./sampler.js";

// What an empty line between two paragraphs comes to.
const BLANK = {
  text: "",
  strokes: [],
  finished: true,
  unvisited: [],
  runsOn: false,
  attempts: 0,
};

/**
 * Without a style to follow, the first line sets it: the others are primed
 * with it (Sec. 5.5).
 *
 * @param {StepModel} model
 * @param {object} job
 *     lines: the texts, an empty one for a blank line. prime: `{strokes,
 *     text}` or null. bias, seed, maxPoints, attempts: of `sample`. draws:
 *     function of the line and the attempt. onAttempt(line, attempt, text),
 *     onPoint(point), onLine(line, drawn), onStep(): are told.
 * @returns {Promise<object[]>} what `sample` gives, for each line.
 */
export async function writePage(model, job) {
  const { lines, onAttempt, onLine } = job;
  let { prime = null } = job;
  const written = [];
  for (const [line, text] of lines.entries()) {
    if (!text) {
      written.push(BLANK);
      onLine?.(line, BLANK);
      continue;
    }
    const drawn = await sample(model, text, {
      ...job,
      line,
      prime,
      draws: job.draws && ((attempt) => job.draws(line, attempt)),
      onAttempt: (attempt) => onAttempt?.(line, attempt, text),
    });
    written.push(drawn);
    onLine?.(line, drawn);
    if (!prime && isComplete(drawn)) {
      prime = { strokes: drawn.strokes, text };
    }
  }
  return written;
}
