/** Everything that the page loads goes through the service worker's cache. */

const PATIENCE_MS = 5000;

/**
 * Resolves once the service worker keeps what is loaded, or cannot: in a
 * private window, or on a page that is neither https nor this machine's own.
 */
export async function keepOffline() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const first = !serviceWorker.controller;
  const changed = new Promise((resolve) => {
    serviceWorker.addEventListener("controllerchange", resolve);
    setTimeout(resolve, PATIENCE_MS);
  });
  try {
    const { waiting } = await serviceWorker.register("sw.js", {
      updateViaCache: "none",
    });
    if (waiting) {
      waiting.postMessage("take over");
      await changed;
      location.reload();
      // The page goes; what comes after must not begin.
      await new Promise(() => {});
    }
  } catch {
    return;
  }
  if (first) await changed;
}
