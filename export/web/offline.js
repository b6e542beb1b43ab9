/** Everything that the page loads goes through the service worker's cache. */

const PATIENCE_MS = 5000;
const { serviceWorker } = navigator;

/**
 * Resolves once the service worker keeps what is loaded, or cannot: in a
 * private window, or on a page that is neither https nor this machine's own.
 */
export async function keepOffline() {
  if (!serviceWorker) return;
  const first = !serviceWorker.controller;
  const controlled = new Promise((resolve) => {
    serviceWorker.addEventListener("controllerchange", resolve);
    setTimeout(resolve, PATIENCE_MS);
  });
  try {
    await serviceWorker.register("sw.js", { updateViaCache: "none" });
  } catch {
    return;
  }
  if (first) await controlled;
}

/**
 * Gets the newer version that there may be, for the next time that the page is
 * loaded. To be called when this time everything is: what one version began to
 * load would never come once another has taken over.
 */
export async function renew() {
  const registration = await serviceWorker?.getRegistration();
  // Another page's, of a folder above, is none of ours.
  if (registration?.scope !== new URL(".", location.href).href) return;
  const takeOver = () => registration.waiting?.postMessage("take over");
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", takeOver);
  });
  takeOver();
  registration.update().catch(() => leave(registration));
}

/** Where the page is no more, its place is left to what is there now. */
async function leave(registration) {
  const reply = await fetch("sw.js", { cache: "no-store" }).catch(() => null);
  if (reply?.status !== 404) return;
  // The worker may answer once more before it goes: then from the network.
  for (const key of await caches.keys()) {
    const ours = key.startsWith(`graves_tf ${registration.scope} `);
    if (ours) await caches.delete(key);
  }
  await registration.unregister();
  location.reload();
}
