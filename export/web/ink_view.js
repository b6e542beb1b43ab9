/** The canvas on which ink appears. */

import { bounds, splitStrokes } from "./geometry.js";
import { PITCH, setPage } from "./page.js";
import { MARGIN, frame, path } from "./svg.js";

// How large the writing's size is at most, in CSS pixels.
const MAX_SIZE = 15;
const REPLAY_POINTS = 250;
const REPLAY_SECONDS = [1.5, 20];

/**
 * Shows lines that are done and the one that is being written.
 *
 * @param {HTMLCanvasElement} canvas
 */
export class InkView {
  constructor(canvas) {
    this.canvas = canvas;
    this.color = "black";
    this.penWidth = 0.16;
    this.clear({ size: 80, width: 0 });
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
  }

  /**
   * @param {object} expected `size` of the writing and `width` of its longest
   *     line, so that the scale need not change as it grows.
   */
  clear(expected) {
    this.cancelReplay();
    this.expected = expected;
    this.done = [];
    this.page = { lines: [], size: expected.size };
    this.paths = [];
    this.begin();
  }

  /** A line begins, or begins again. */
  begin() {
    this.live = { points: [], paths: [], stroke: [] };
    this.draw();
  }

  /** Points of the line that is being written. */
  add(points) {
    const { live } = this;
    for (const point of points) {
      live.points.push(point);
      live.stroke.push(point);
      if (point[2] > 0.5) {
        live.paths.push(new Path2D(path(live.stroke)));
        live.stroke = [];
      }
    }
    this.scheduled ??= requestAnimationFrame(() => {
      this.scheduled = null;
      this.draw();
    });
  }

  /** The line is done: what it looks like at its best. */
  finish(strokes) {
    this.done.push(strokes);
    this.page = setPage(this.done);
    this.paths = pathsOf(this.page.lines);
    this.begin();
  }

  /** Nothing more comes: the picture is as large as the ink. */
  end() {
    this.expected = { ...this.expected, width: 0 };
    this.draw();
  }

  get inked() {
    return this.done.length > 0;
  }

  /** Writes everything once more. @param {function()} onEnd */
  replay(onEnd) {
    this.cancelReplay();
    const points = this.page.lines.flat().length;
    const [least, most] = REPLAY_SECONDS;
    const seconds = Math.min(Math.max(points / REPLAY_POINTS, least), most);
    const start = performance.now();
    const frameOf = (now) => {
      const share = (now - start) / 1000 / seconds;
      if (share >= 1) {
        this.cancelReplay();
        this.draw();
        return;
      }
      this.draw(Math.max(1, Math.round(share * points)));
      this.replaying = requestAnimationFrame(frameOf);
    };
    this.onReplayEnd = onEnd;
    this.replaying = requestAnimationFrame(frameOf);
  }

  cancelReplay() {
    if (!this.replaying) return;
    cancelAnimationFrame(this.replaying);
    this.replaying = null;
    this.onReplayEnd?.();
  }

  /** @param {number} count of the points to show, in order of writing. */
  draw(count = Infinity) {
    const { lines, size } = this.page;
    const { live } = this;
    const [right, down] = this.placeOfLive();
    const placed = live.points.map(([x, y]) => [x + right, y + down]);
    const box = frame([...lines, placed], size);
    box[2] = Math.max(box[2], this.expected.width + 2 * MARGIN * size);
    box[3] = Math.max(box[3], PITCH * size);
    const scale = this.fit(box, size);
    const context = this.canvas.getContext("2d");
    context.scale(scale, scale);
    context.translate(-box[0], -box[1]);
    this.setPen(context, size);
    for (const { whole, stroke } of this.paths) {
      if (count <= 0) break;
      const part = () => new Path2D(path(stroke.slice(0, count)));
      context.stroke(count < stroke.length ? part() : whole);
      count -= stroke.length;
    }
    context.translate(right, down);
    for (const each of live.paths) context.stroke(each);
    if (live.stroke.length) context.stroke(new Path2D(path(live.stroke)));
  }

  /** A PNG of the ink on white, as a Blob. @param {number} width in pixels */
  async toPng(width = 2400) {
    const { lines, size } = this.page;
    const box = frame(lines, size);
    const scale = Math.min(width / box[2], (4 * MAX_SIZE) / size);
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(box[2] * scale);
    canvas.height = Math.ceil(box[3] * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, -box[0] * scale, -box[1] * scale);
    this.setPen(context, size);
    for (const { whole } of this.paths) context.stroke(whole);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  setPen(context, size) {
    context.strokeStyle = this.color;
    context.lineWidth = this.penWidth * size;
    context.lineCap = context.lineJoin = "round";
  }

  /** The width there is for it, in CSS pixels. */
  get room() {
    const { parentElement } = this.canvas;
    const style = getComputedStyle(parentElement);
    const padding =
      parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
    return Math.max(parentElement.clientWidth - padding, 1);
  }

  /** Sizes the canvas for a picture, and gives pixels a unit. */
  fit([, , width, height], size) {
    const { canvas, room } = this;
    const ratio = window.devicePixelRatio || 1;
    const scale = Math.min(room / width, MAX_SIZE / size);
    const wide = Math.ceil(width * scale * ratio);
    const high = Math.ceil(height * scale * ratio);
    if (canvas.width !== wide || canvas.height !== high) {
      [canvas.width, canvas.height] = [wide, high];
      canvas.style.width = `${wide / ratio}px`;
      canvas.style.height = `${high / ratio}px`;
    }
    const context = canvas.getContext("2d");
    context.resetTransform();
    context.clearRect(0, 0, wide, high);
    return scale * ratio;
  }

  /** Where the live line stands, about: its baseline is not known yet. */
  placeOfLive() {
    const { lines, size } = this.page;
    const last = lines.findLastIndex((line) => line.length);
    if (last < 0) return [0, 0];
    const [, top, , bottom] = bounds([lines[last]]);
    const below = (lines.length - last) * PITCH * size;
    return [bounds(lines)[0], (top + bottom) / 2 + below];
  }
}

function pathsOf(lines) {
  return lines.flatMap(splitStrokes).map((stroke) => ({
    stroke,
    whole: new Path2D(path(stroke)),
  }));
}
