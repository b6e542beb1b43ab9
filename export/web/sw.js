/**
 * The service worker: after the first load, the page needs no network.
 *
 * `precache.js` is written with the folder: `{version, files}`. Which of
 * LiteRT.js's two wasm files a browser takes is known when it takes it, so
 * those are kept as they are loaded.
 */
importScripts("precache.js");

const { version, files } = self.PRECACHE;
const { scope } = self.registration;
const PREFIX = `graves_tf ${scope} `;
const CACHE = PREFIX + version;
const FILES = new Set(files.map((file) => new URL(file, scope).href));
const WASM = new URL("litert/wasm/", scope).href;

self.addEventListener("install", (event) => event.waitUntil(keep()));

// A newer version waits until a page begins anew, lest a page of one version
// meet a network of another.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    older()
      .then((keys) => Promise.all(keys.map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

// What else lies below the page is none of ours.
self.addEventListener("fetch", (event) => {
  const url = event.request.url.replace(/[?#].*/, "");
  const own = FILES.has(url) || url.startsWith(WASM);
  if (own && event.request.method === "GET") {
    event.respondWith(answer(event.request));
  }
});

async function keep() {
  const cache = await caches.open(CACHE);
  const fresh = (url) => cache.add(new Request(url, { cache: "reload" }));
  await Promise.all(files.map(fresh));
  // Which wasm this browser takes an older version knows; where it is no
  // more, the page will load another.
  for (const key of await older()) {
    for (const { url } of await (await caches.open(key)).keys()) {
      if (url.startsWith(WASM)) await fresh(url).catch(() => {});
    }
  }
}

async function older() {
  const keys = await caches.keys();
  return keys.filter((key) => key.startsWith(PREFIX) && key !== CACHE);
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const response = await fetch(request);
  // With a full disk the page goes on, but not offline.
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
