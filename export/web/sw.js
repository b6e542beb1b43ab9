/**
 * The service worker: after the first load, the page needs no network.
 *
 * `precache.js` is written with the folder: `{version, files}`. Which of
 * LiteRT.js's two wasm files a browser takes is known when it takes it, so
 * those are kept as they are loaded.
 */
importScripts("precache.js");

const { version, files } = self.PRECACHE;
const PREFIX = `graves_tf ${self.registration.scope} `;
const CACHE = PREFIX + version;

self.addEventListener("install", (event) => {
  const requests = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

// A newer version waits until a page begins anew, lest a page of one version
// meet a network of another.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((keys) => keys.filter((k) => k.startsWith(PREFIX) && k !== CACHE))
      .then((old) => Promise.all(old.map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const own = event.request.url.startsWith(self.registration.scope);
  if (own && event.request.method === "GET") {
    event.respondWith(answer(event.request));
  }
});

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
