/** The page: what is typed and pressed, and what is shown. */

import { readJob, readPad } from "./form.js";
import { clip, splitStrokes } from "./geometry.js";
import { InkView } from "./ink_view.js";
import { keepOffline, renew } from "./offline.js";
import { Pad } from "./pad.js";
import { isComplete } from "./sampler.js";
import { loadStyles, showStyles } from "./styles.js";
import { toSvg } from "./svg.js";
import { MAX_LINE } from "./text.js";
import { Writer } from "./writer.js";

// Of IAM-OnDB's lines: points a character, and the writing's size in standard
// deviations of an offset.
const POINTS = 25;
const SIZE = 2;
// Pixels a letter takes, and the least letters of a line.
const LETTER = 16;
const MIN_LINE = 18;

const $ = (id) => document.getElementById(id);
const base = new URL(".", location.href).href;
const view = new InkView($("ink"));
const pad = new Pad($("pad"), () => showPad());
let writer;
let styles = [];
let metadata;
let written = "";

// --- loading -----------------------------------------------------------------

async function start() {
  await keepOffline();
  writer = new Writer(base);
  styles = await loadStyles(new URL("styles.json", base));
  showStyles(styles, $("own-style"));
  try {
    metadata = await writer.ready;
  } catch (error) {
    say("");
    complain(error);
    renew();
    return;
  }
  $("about").textContent =
    `Network: ${metadata.preset}, ${metadata.hidden.join(" + ")} cells, ` +
    `${metadata.made_by}.`;
  $("card").hidden = !metadata.card;
  $("write").disabled = false;
  showPad();
  say("Ready.");
  renew();
}

// --- writing -----------------------------------------------------------------

async function write() {
  if ($("write").disabled) return;
  complain(null);
  let job;
  try {
    job = readJob({
      alphabet: metadata.alphabet.symbols,
      styles,
      own: pad.strokes,
      // A narrow screen has shorter lines, not smaller letters.
      maxLine: clip(Math.round(view.room / LETTER), MIN_LINE, MAX_LINE),
    });
  } catch (error) {
    complain(error);
    return;
  }
  busy(true);
  performance.clearMarks();
  performance.clearMeasures();
  performance.mark("pressed");
  const done = [];
  $("ink").setAttribute("aria-label", "Being written");
  const [mean] = metadata.offset_mean;
  const longest = Math.max(...job.lines.map((line) => line.length));
  view.clear({
    size: SIZE * metadata.offset_std[1],
    width: longest * POINTS * mean,
  });
  let points = 0;
  try {
    const lines = await writer.write(job, {
      attempt: ({ line, attempt }) => {
        view.begin();
        say(progress(line, attempt, job.lines));
      },
      points: (message) => {
        // It speaks without points too, to say that it is alive.
        if (!message.points.length) return;
        if (!points) performance.measure("first ink", "pressed");
        points += message.points.length;
        view.add(message.points);
      },
      line: ({ drawn }) => {
        done.push(drawn.text);
        view.finish(drawn.strokes);
      },
    });
    const { duration } = performance.measure("writing", "pressed");
    finish(lines, points, duration / 1000);
  } catch (error) {
    view.begin();
    say("");
    complain(error);
  } finally {
    written = done.join("\n").trim();
    $("ink").setAttribute(
      "aria-label",
      written ? `Handwriting: ${written}` : "Nothing is written",
    );
    busy(false);
    view.end();
  }
}

function progress(line, attempt, lines) {
  const count = (some) => some.filter(Boolean).length;
  const [number, all] = [count(lines.slice(0, line + 1)), count(lines)];
  const which = all > 1 ? `line ${number} of ${all}` : "the line";
  return `Writing ${which}${attempt ? `, attempt ${attempt + 1}` : ""}…`;
}

function finish(lines, points, seconds) {
  if (!lines) {
    view.begin();
    say("Stopped.");
    return;
  }
  say(`Done: ${points} points in ${seconds.toFixed(1)} s.`);
  const flaws = lines.filter((line) => !isComplete(line)).map(flaw);
  if (flaws.length) {
    complain(
      new Error(`${flaws.join(" ")} Another seed or more legibility may help.`),
    );
  }
}

function flaw({ text, finished, unvisited, runsOn, attempts }) {
  if (!finished) {
    return `"${text}" did not come to an end in ${attempts} attempts.`;
  }
  const flaws = [];
  if (unvisited.length) {
    flaws.push(`passes over ${unvisited.map((i) => text[i]).join(" ")}`);
  }
  if (runsOn) flaws.push("has ink after the text");
  return `"${text}" ${flaws.join(" and ")} in each of ${attempts} attempts.`;
}

// --- showing -----------------------------------------------------------------

function say(message) {
  $("status").textContent = message;
}

function complain(error) {
  for (const field of document.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
  }
  $("error").textContent = error?.message ?? "";
  $("error").hidden = !error;
  if (error?.field) {
    $(error.field).setAttribute("aria-invalid", "true");
    $(error.field).focus();
  }
}

function busy(is) {
  $("write").disabled = is;
  $("stop").disabled = !is;
  for (const id of ["replay", "svg", "png"]) $(id).disabled = is || !view.inked;
  $("sheet").setAttribute("aria-busy", `${is}`);
}

function showPad() {
  const empty = !pad.readings.length;
  $("undo").disabled = $("clear").disabled = empty;
  $("save").disabled = empty || !metadata;
}

function setPen() {
  view.color = $("color").value;
  view.penWidth = Number($("pen-width").value);
  view.draw();
}

/** The pad's line as a file that `graves_tf.train --dataset my_ink` reads. */
function savePad() {
  complain(null);
  try {
    const symbols = [...metadata.alphabet.symbols];
    const { text, strokes } = readPad(symbols, pad.strokes);
    const ink = JSON.stringify({ text, strokes: splitStrokes(strokes) });
    download(new Blob([ink], { type: "application/json" }), "line.json");
  } catch (error) {
    complain(error);
  }
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// --- what is pressed ---------------------------------------------------------

const on = (id, type, act) => $(id).addEventListener(type, act);

on("form", "submit", (event) => {
  event.preventDefault();
  write();
});
on("stop", "click", () => writer.stop());
on("text", "keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) write();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") writer?.stop();
});
on("replay", "click", () => {
  if (view.replaying) {
    view.cancelReplay();
    view.draw();
    return;
  }
  $("replay").textContent = "Stop replay";
  view.replay(() => ($("replay").textContent = "Replay"));
});
on("svg", "click", () => {
  const svg = toSvg(view.page, {
    penWidth: view.penWidth,
    color: view.color,
    text: written,
  });
  download(new Blob([svg], { type: "image/svg+xml" }), "handwriting.svg");
});
on("png", "click", async () => download(await view.toPng(), "handwriting.png"));
on("bias-slider", "input", () => ($("bias").value = $("bias-slider").value));
on("bias", "input", () => ($("bias-slider").value = $("bias").value));
on("new-seed", "click", () => {
  $("seed").value = Math.floor(Math.random() * 100_000);
});
on("pen-width", "input", setPen);
on("color", "input", setPen);
on("styles", "change", (event) => {
  $("own").hidden = event.target.value !== "own";
  pad.draw();
});
on("undo", "click", () => pad.undo());
on("clear", "click", () => pad.clear());
on("save", "click", savePad);

setPen();
showPad();
start();
