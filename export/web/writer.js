/** The page's side of the worker. */

const LOAD_MS = 180_000;
// A step takes a millisecond; the worker speaks every 33.
const SILENCE_MS = 20_000;

/**
 * Loads the network in a worker and has it write, one job at a time.
 *
 * Nothing waits without end: a worker that stays silent is replaced.
 *
 * @param {string} base the URL of the folder with `sampler.tflite`, `litert/`.
 */
export class Writer {
  constructor(base) {
    this.base = base;
    this.start();
  }

  start() {
    this.listeners = null;
    this.worker = new Worker(new URL("worker.js", this.base));
    /** Gives the network's metadata. */
    this.ready = new Promise((resolve, reject) => {
      const tooLong = () =>
        this.fail(
          "The network has not loaded within three minutes. Look after the " +
            "connection and load the page again.",
        );
      this.settle = { resolve, reject };
      this.watch(LOAD_MS, tooLong);
    });
    // Who waits for it hears of it; nobody else needs to.
    this.ready.catch(() => {});
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.fail(`The writer does not start: ${event.message ?? "unknown"}.`);
    };
    this.worker.postMessage({ type: "load", base: this.base });
  }

  /**
   * @param {object} job `lines`, `bias`, `seed`, `prime`, `maxPoints`,
   *     `attempts` of `write_page.js`.
   * @param {object} listeners functions by type of message: `attempt`,
   *     `points`, `line`.
   * @returns {Promise<object[]>} the lines; null where it was stopped.
   */
  async write(job, listeners = {}) {
    await this.ready;
    if (this.listeners) throw new Error("A text is being written already.");
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.listeners = listeners;
      this.watch(SILENCE_MS, () => this.silent());
      this.worker.postMessage({ type: "write", job });
    });
  }

  /** What is being written ends where it is. */
  stop() {
    if (this.listeners) this.worker.postMessage({ type: "stop" });
  }

  hear(data) {
    if (data.type === "loaded") this.end("resolve", data.metadata);
    else if (data.type === "done") this.end("resolve", data.lines);
    else if (data.type === "stopped") this.end("resolve", null);
    else if (data.type === "failed") this.fail(data.message);
    else if (data.type === "error") this.end("reject", new Error(data.message));
    else if (this.listeners) {
      this.watch(SILENCE_MS, () => this.silent());
      this.listeners[data.type]?.(data);
    }
  }

  watch(milliseconds, act) {
    clearTimeout(this.timer);
    this.timer = setTimeout(act, milliseconds);
  }

  end(how, value) {
    clearTimeout(this.timer);
    this.listeners = null;
    this.settle[how](value);
  }

  fail(message) {
    this.worker.terminate();
    this.end("reject", new Error(message));
  }

  silent() {
    this.fail("The writer no longer answered and was started anew. Try again.");
    this.start();
  }
}
