/** The example hands: radio buttons with a picture of each. */

import { splitStrokes } from "./geometry.js";
import { setPage } from "./page.js";
import { frame, path } from "./svg.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} url of `styles.json`: `[{name, text, strokes}, …]`.
 * @returns {Promise<object[]>} them; none where there is no such file.
 */
export async function loadStyles(url) {
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : [];
  } catch {
    // Without examples, the page writes all the same.
    return [];
  }
}

/** Puts a button for each style before an element. */
export function showStyles(styles, before) {
  styles.forEach((style, i) => {
    const label = document.createElement("label");
    label.className = "style";
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "style", value: `${i}` });
    input.setAttribute("aria-label", `${style.name}: "${style.text}"`);
    label.append(input, picture(style));
    before.before(label);
  });
}

function picture({ strokes }) {
  const { lines, size } = setPage([strokes]);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", frame(lines, size).join(" "));
  svg.setAttribute("preserveAspectRatio", "xMinYMid meet");
  svg.setAttribute("aria-hidden", "true");
  for (const stroke of splitStrokes(lines[0])) {
    const element = document.createElementNS(SVG, "path");
    element.setAttribute("d", path(stroke));
    element.setAttribute("vector-effect", "non-scaling-stroke");
    svg.append(element);
  }
  svg.setAttribute("fill", "none");
  svg.setAttribute("stroke", "currentColor");
  svg.setAttribute("stroke-width", "1.4");
  svg.setAttribute("stroke-linecap", "round");
  svg.setAttribute("stroke-linejoin", "round");
  return svg;
}
