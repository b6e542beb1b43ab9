/** Ink as SVG: one path a pen stroke, as a pen plotter wants it. */

import { bezier } from "./curve.js";
import { bounds, splitStrokes } from "./geometry.js";

// Of the writing's size: the margin round the ink, and what it has in print.
export const MARGIN = 1.2;
const MILLIMETRES = 2;

/**
 * An SVG document. Every pen stroke is one `<path>`, in order of writing,
 * without fill: a plotter draws each once. Its size is in millimetres.
 *
 * @param {{lines: number[][][], size: number}} page what `setPage` gives.
 * @param {object} options penWidth: in the size of the writing; color: as CSS
 *     names it; text: what the ink says, for `<title>`.
 */
export function toSvg({ lines, size }, { penWidth, color, text }) {
  const number = formatter(penWidth * size);
  const box = frame(lines, size);
  const [left, top, width, height] = box.map(number);
  const millimetres = (length) => ((length / size) * MILLIMETRES).toFixed(2);
  const paths = lines.flatMap((line) =>
    splitStrokes(line).map((stroke) => `<path d="${path(stroke, number)}"/>`),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" ` +
      `width="${millimetres(box[2])}mm" height="${millimetres(box[3])}mm" ` +
      `viewBox="${left} ${top} ${width} ${height}" role="img">`,
    `<title>${escape(text)}</title>`,
    `<g fill="none" stroke="${escape(color)}" ` +
      `stroke-width="${number(penWidth * size)}" stroke-linecap="round" ` +
      `stroke-linejoin="round">`,
    ...paths,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** `[left, top, width, height]` of a picture of ink. */
export function frame(lines, size) {
  const [left, top, right, bottom] = bounds(lines) ?? [0, 0, 0, 0];
  const margin = MARGIN * size;
  return [
    left - margin,
    top - margin,
    right - left + 2 * margin,
    bottom - top + 2 * margin,
  ];
}

/** The `d` attribute of one stroke. A dot is a path of no length. */
export function path(stroke, number = String) {
  const point = ([x, y]) => `${number(x)} ${number(y)}`;
  const pieces = bezier(stroke);
  const begin = `M${point(stroke[0])}`;
  if (!pieces.length) return `${begin}L${point(stroke[0])}`;
  return (
    begin +
    pieces
      .map(([, a, b, end]) => `C${point(a)} ${point(b)} ${point(end)}`)
      .join("")
  );
}

/** Prints numbers to about a hundredth of the pen's width. */
function formatter(penWidth) {
  const decimals = Math.ceil(2 - Math.log10(penWidth));
  const digits = Math.min(Math.max(0, decimals), 12);
  return (value) => String(Number(value.toFixed(digits)));
}

function escape(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]);
}
