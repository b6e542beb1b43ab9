/**
 * The worker: loads the network, writes what it is asked to.
 *
 * In: `{type: "load", base}`; `{type: "write", job}`, see `write_page.js`;
 * `{type: "stop"}`. Out: `{type, …}`: `loaded`, `failed`, and while it writes
 * `attempt`, `points`, `line`, `done`, `error`, `stopped`.
 *
 * A classic worker, since LiteRT.js loads its wasm by importScripts.
 */
let model = null;
let stopped = false;
let tools = null;

const FRAME_MS = 33;

async function load(base) {
  // The wasm lies beside its script, not beside this one; what LiteRT logs is
  // of no use to who reads the console.
  self.Module = {
    locateFile: (name) => new URL(`litert/wasm/${name}`, base).href,
    print: () => {},
    printErr: () => {},
  };
  // LiteRT.js would wake a graphics card that nothing here uses.
  Object.defineProperty(self.navigator, "gpu", { value: undefined });
  const [{ StepModel }, { writePage }] = await Promise.all([
    import("./step_model.js"),
    import("./write_page.js"),
  ]);
  tools = { writePage };
  model = await StepModel.load(
    new URL("sampler.tflite", base).href,
    new URL("litert/wasm/", base).href,
  );
  // The browser compiles what has run for a while once more, to run fast.
  await model.begin([0], 0.5);
  for (let i = 0; i < 150; i++) await model.step([0.5, 0.5], [0, 0], null);
  const { metadata } = model;
  postMessage({ type: "loaded", metadata });
}

async function write(job) {
  stopped = false;
  let points = [];
  let shown = performance.now();
  const channel = new MessageChannel();
  function flush() {
    // Also without points: it says that it is alive.
    postMessage({ type: "points", points });
    points = [];
  }
  try {
    const lines = await tools.writePage(model, {
      ...job,
      onAttempt: (line, attempt, text) => {
        flush();
        postMessage({ type: "attempt", line, attempt, text });
      },
      onPoint: (point) => points.push(point),
      onLine: (line, drawn) => {
        flush();
        postMessage({ type: "line", line, drawn });
      },
      onStep: () => {
        if (performance.now() - shown < FRAME_MS) return null;
        flush();
        shown = performance.now();
        // Lets a message to stop come in.
        return new Promise((resolve, reject) => {
          channel.port1.onmessage = () =>
            stopped ? reject(new DOMException("", "AbortError")) : resolve();
          channel.port2.postMessage(null);
        });
      },
    });
    postMessage({ type: "done", lines });
  } catch (error) {
    if (error.name === "AbortError") postMessage({ type: "stopped" });
    else postMessage({ type: "error", message: error.message });
  } finally {
    channel.port1.close();
  }
}

onmessage = ({ data }) => {
  if (data.type === "stop") stopped = true;
  if (data.type === "write") write(data.job);
  if (data.type === "load") {
    load(data.base).catch((error) =>
      postMessage({ type: "failed", message: error.message ?? `${error}` }),
    );
  }
};
