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
    const registration = await serviceWorker.register("sw.js", {
      updateViaCache: "none",
    });
    if (registration.waiting) {
      registration.waiting.postMessage("take over");
      await changed;
      location.reload();
      // The page goes; what comes after must not begin.
      await new Promise(() => {});
    }
    // By itself a browser looks for a newer one when it finds the time.
    if (!first) registration.update().catch(() => {});
  } catch {
    leave();
    return;
  }
  if (first) await changed;
  else leave();
}

/** Where the page is no more, its place is left to what is there now. */
async function leave() {
  const reply = await fetch("sw.js", { cache: "no-store" }).catch(() => null);
  if (reply?.status !== 404) return;
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return;
  // The worker may answer once more before it goes: then from the network.
  for (const key of await caches.keys()) {
    const ours = key.startsWith(`graves_tf ${registration.scope} `);
    if (ours) await caches.delete(key);
  }
  await registration.unregister();
  location.reload();
}
