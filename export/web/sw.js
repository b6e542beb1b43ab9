/**
 * The service worker: after the first load, the page needs no network.
 *
 * `precache.js` is written with the folder: `{version, files, wasm}`. Which of
 * LiteRT.js's two wasm files a browser takes is known when it takes it, so
 * those are kept as they are loaded, by themselves: a newer page with the same
 * LiteRT.js needs them offline too.
 */
importScripts("precache.js");

const { version, files, wasm } = self.PRECACHE;
const { scope } = self.registration;
const PREFIX = `graves_tf ${scope} `;
const CACHE = PREFIX + version;
const WASM_CACHE = `${PREFIX}wasm ${wasm}`;
const WASM = new URL("litert/wasm/", scope).href;
const FILES = new Set(files.map((file) => new URL(file, scope).href));

self.addEventListener("install", (event) => {
  const requests = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

// A newer version waits until a page has loaded all of its own, lest a page of
// one version meet a network of another.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const older = (key) =>
    key.startsWith(PREFIX) && key !== CACHE && key !== WASM_CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((keys) => keys.filter(older))
      .then((keys) => Promise.all(keys.map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

// What else lies below the page is none of ours.
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const url = event.request.url.replace(/[?#].*/, "");
  if (url.startsWith(WASM)) {
    event.respondWith(answer(event.request, WASM_CACHE));
  } else if (FILES.has(url)) {
    event.respondWith(answer(event.request, CACHE));
  }
});

async function answer(request, name) {
  const cache = await caches.open(name);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  // With a full disk the page goes on, but not offline.
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
