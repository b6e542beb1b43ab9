/** A pad to write on with mouse, finger or pen. */

// IAM-OnDB's readings a second; the pad's are brought to them.
const RATE = 75;

/**
 * Pressure is ignored: the network knows none.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {function()} onChange is told when a stroke ended or went.
 */
export class Pad {
  constructor(canvas, onChange) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.readings = [];
    this.pointer = null;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(type, (event) => this.up(event));
    }
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  /** [x, y, end-of-stroke] in CSS pixels, equally spaced in time. */
  get strokes() {
    return this.readings.flatMap(evenly);
  }

  clear() {
    this.readings = [];
    this.changed();
  }

  undo() {
    this.readings.pop();
    this.changed();
  }

  changed() {
    this.draw();
    this.onChange();
  }

  down(event) {
    // One pen at a time; a mouse writes with its first button.
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // A pointer that is gone already cannot be held; its strokes can.
    }
    this.readings.push([]);
    this.read(event);
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.read(each);
    this.draw();
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.changed();
  }

  read(event) {
    const box = this.canvas.getBoundingClientRect();
    this.readings.at(-1).push({
      x: event.clientX - box.left,
      y: event.clientY - box.top,
      time: event.timeStamp,
    });
  }

  draw() {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    context.strokeStyle = style.getPropertyValue("--rule");
    context.beginPath();
    context.moveTo(16, height * 0.64);
    context.lineTo(width - 16, height * 0.64);
    context.stroke();
    context.strokeStyle = style.color;
    context.lineWidth = 2.5;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    for (const stroke of this.readings) {
      const [first, ...others] = stroke;
      context.moveTo(first.x, first.y);
      for (const { x, y } of others.length ? others : [first]) {
        context.lineTo(x, y);
      }
    }
    context.stroke();
  }
}

/** One stroke's points at the rate of the recordings. */
export function evenly(readings) {
  const start = readings[0].time;
  const duration = readings.at(-1).time - start;
  const count = Math.max(1, Math.round((duration / 1000) * RATE));
  const points = [];
  let k = 0;
  for (let i = 0; i <= count; i++) {
    const time = start + (i / count) * duration;
    while (k < readings.length - 2 && readings[k + 1].time <= time) k++;
    const [a, b] = [readings[k], readings[k + 1] ?? readings[k]];
    const share = (time - a.time) / (b.time - a.time) || 0;
    const point = [a.x + share * (b.x - a.x), a.y + share * (b.y - a.y), 0];
    // A pen that rests says nothing of the hand.
    const last = points.at(-1);
    if (last && last[0] === point[0] && last[1] === point[1]) continue;
    points.push(point);
  }
  points.at(-1)[2] = 1;
  return points;
}
