/** From a text to lines that the network can write. */

export const MAX_TEXT = 1000;
export const MAX_LINE = 40;

// What keyboards and word processors put for what the network knows.
const PLAIN = new Map([
  ["\u2018", "'"], ["\u2019", "'"], ["\u201c", '"'], ["\u201d", '"'],
  ["\u2010", "-"], ["\u2011", "-"], ["\u2012", "-"], ["\u2013", "-"],
  ["\u2014", "-"], ["\u2026", "..."], ["\u00a0", " "], ["\u202f", " "],
]);

/** Typographic quotes, dashes and spaces as the plain ones. */
export function plain(text) {
  return [...text].map((c) => PLAIN.get(c) ?? c).join("");
}

/**
 * The characters' numbers.
 *
 * @param {string[]} symbols the alphabet.
 * @throws {Error} some are not in it; it names them.
 */
export function encode(text, symbols) {
  const unknown = unknownIn(text, symbols);
  if (unknown.length) {
    const shown = unknown.slice(0, 12).join(" ");
    const more = unknown.length > 12 ? " \u2026" : "";
    throw new Error(
      `The network does not know: ${shown}${more} \u2014 it knows ` +
        `${symbols.join("").trim()} and the space. Take those out.`,
    );
  }
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i]));
  return [...text].map((c) => numbers.get(c));
}

/** The characters, as a reader sees them, that are not in the alphabet. */
export function unknownIn(text, symbols) {
  const known = new Set(symbols);
  // By grapheme, so that an emoji of several code points is named whole.
  const parts = globalThis.Intl?.Segmenter
    ? Array.from(new Intl.Segmenter().segment(text), (part) => part.segment)
    : [...text];
  const strange = (part) => [...part].some((c) => !known.has(c));
  return [...new Set(parts.filter(strange))].sort();
}

/**
 * The lines of a text, in characters that the network knows.
 *
 * Words are kept whole; a word longer than a line is broken. A newline ends a
 * line; other white space counts as one space. Of empty lines between two
 * others one stays.
 *
 * @throws {Error} the text is empty, too long, or has unknown characters.
 */
export function prepare(text, symbols, maxLine = MAX_LINE) {
  if (text.length > MAX_TEXT) {
    throw new Error(
      `The text has ${text.length} characters; at most ${MAX_TEXT} are ` +
        "written at once. Shorten it.",
    );
  }
  text = plain(text);
  if (!text.trim()) {
    throw new Error("The text is empty: type what is to be written.");
  }
  encode(text.replace(/\s/g, " "), symbols);
  return text
    .trim()
    .split(/\r\n|[\n\r]/)
    .flatMap((row) => wrap(row.split(/\s+/).filter(Boolean), maxLine))
    .filter((line, i, lines) => line || lines[i - 1]);
}

function wrap(words, width) {
  const lines = [];
  let line = "";
  for (let word of words) {
    const longer = line ? `${line} ${word}` : word;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (word.length > width && line.length < width - 1) {
      // Its first part still goes on this line.
      lines.push(longer.slice(0, width));
      word = longer.slice(width);
    } else if (line) {
      lines.push(line);
    }
    while (word.length > width) {
      lines.push(word.slice(0, width));
      word = word.slice(width);
    }
    line = word;
  }
  return [...lines, line];
}
