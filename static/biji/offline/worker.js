// The service worker of a site that opens without a network. `biji-worker.js` at the site's root sets `BIJI_OFFLINE` and loads this file.
//
// One version of the site is one set of files, and the build names the hashes of all of them. This worker keeps a file only when its bytes are of its own
// version, and shows what it keeps only to pages of its own version; so a reader gets one version whole, or the network, never a mixture. With a network, pages come
// from it. Without one, they come from here. A worker of the next version takes over when no page of this version is open any more.
"use strict";

(() => {
  const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
  const { version, first, site } = BIJI_OFFLINE;
  const scope = worker.registration.scope;
  const PREFIX = `biji-offline ${new URL(scope).pathname} `;
  const NAME = PREFIX + version;
  /** Which page is of which bytes: by the id of its client. */
  const PAGES = PREFIX + "pages";
  /** Of the pages visited before, so many are brought along into a new version. */
  const VISITED = 300;
  /** The start of each file's SHA-256, of address and bytes: so many letters of base64url. */
  const LETTERS = 12;

  /** @type {Set<string> | undefined} */
  let hashes;
  /** Whether a file is of this version. @param {string} hash */
  function isOurs(hash) {
    if (!hashes) {
      hashes = new Set();
      for (let at = 0; at < site.length; at += LETTERS) hashes.add(site.slice(at, at + LETTERS));
    }
    return hashes.has(hash);
  }

  /** The path of an address below the site's root, as the build names files; `undefined` outside. @param {string} address */
  function pathOf(address) {
    if (!address.startsWith(scope)) return undefined;
    let path = address.slice(scope.length).split(/[?#]/, 1)[0] ?? "";
    try {
      path = decodeURIComponent(path).normalize("NFC");
    } catch {
      return undefined;
    }
    return path === "" || path.endsWith("/") ? path + "index.html" : path;
  }

  /** Where a file is kept. @param {string} path */
  const key = (path) => new Request(new URL(path.split("/").map(encodeURIComponent).join("/"), scope));

  /** @param {string} path @param {ArrayBuffer} bytes */
  async function hashOf(path, bytes) {
    const name = new TextEncoder().encode(path + "\0");
    const all = new Uint8Array(name.length + bytes.byteLength);
    all.set(name);
    all.set(new Uint8Array(bytes), name.length);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all)).subarray(0, LETTERS * 3 / 4);
    return btoa(String.fromCharCode(...hash)).replaceAll("+", "-").replaceAll("/", "_");
  }

  /** Keeps a response when it is of this version, and says of which bytes it is. @param {string} path @param {Response} response @returns {Promise<string>} */
  async function keep(path, response) {
    const bytes = await response.arrayBuffer();
    let hash = await hashOf(path, bytes);
    // Some hosts leave out `.html` in addresses.
    if (!isOurs(hash)) {
      const other = await hashOf(path + ".html", bytes);
      if (isOurs(other)) [hash, path] = [other, path + ".html"];
    }
    if (isOurs(hash)) {
      // Made anew, as one that came by way of a redirection must not answer for a page.
      const headers = new Headers(response.headers);
      headers.delete("Content-Encoding");
      headers.delete("Content-Length");
      const cache = await caches.open(NAME);
      await cache.put(key(path), new Response(bytes, { status: 200, headers }));
    }
    return hash;
  }

  /** @param {string} path @param {RequestCache} how @returns {Promise<boolean>} whether it is kept now */
  async function bring(path, how) {
    const response = await fetch(key(path), { cache: how, credentials: "same-origin" });
    return response.ok && isOurs(await keep(path, response));
  }

  /** @param {string[]} paths @param {(path: string) => Promise<unknown>} action */
  async function each(paths, action) {
    const rest = [...paths];
    await Promise.all(Array.from({ length: 6 }, async () => {
      for (let path = rest.shift(); path !== undefined; path = rest.shift()) await action(path);
    }));
  }

  async function install() {
    // All or nothing: while a host is being changed, some files are not there yet.
    await each(first, async (path) => {
      if (!(await bring(path, "no-cache"))) throw new Error(`${path} is not of version ${version}`);
    });
    const present = new Set(first);
    const visited = new Set();
    for (const name of await caches.keys()) {
      if (!name.startsWith(PREFIX) || name === NAME || name === PAGES) continue;
      for (const request of await (await caches.open(name)).keys()) {
        const path = pathOf(request.url);
        if (path && !present.has(path)) visited.add(path);
      }
    }
    await each([...visited].slice(-VISITED), (path) => bring(path, "no-cache").catch(() => false));
  }

  async function activate() {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME && name !== PAGES) await caches.delete(name);
    // A page that was open before there was any worker: it is brought along, and lives on by the network.
    for (const client of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      const path = pathOf(client.url);
      if (path && !(await kept(path))) await bring(path, "default").catch(() => false);
    }
    await worker.clients.claim();
  }

  /** @param {string} id */
  const clientKey = (id) => new Request(new URL(`?client=${encodeURIComponent(id)}`, scope));

  /** Notes of which bytes a page is. @param {string} id @param {string} hash */
  async function note(id, hash) {
    if (id) await (await caches.open(PAGES)).put(clientKey(id), new Response(hash));
  }

  /** Of which bytes a page is; `""` where that is not known. @param {string} id */
  async function noted(id) {
    return (await (await caches.match(clientKey(id), { cacheName: PAGES }))?.text()) ?? "";
  }

  /** Whether the site has no worker any more. */
  let isGone = false;
  let isTidy = false;
  /** Forgets pages that are closed: once while the worker lives. */
  async function tidy() {
    if (isTidy || !(await caches.has(PAGES))) return;
    isTidy = true;
    const pages = await caches.open(PAGES);
    const noted = await pages.keys();
    const open = new Set((await worker.clients.matchAll({ includeUncontrolled: true })).map((client) => client.id));
    for (const request of noted) if (!open.has(new URL(request.url).searchParams.get("client") ?? "")) await pages.delete(request);
  }

  /** @param {string} path @returns {Promise<Response | undefined>} */
  async function kept(path) {
    const from = { cacheName: NAME };
    return (await caches.match(key(path), from)) ?? (await caches.match(key(path + ".html"), from));
  }

  /** A page: from the network, else from here. @param {FetchEvent} event @param {string} path @returns {Promise<Response>} */
  async function page(event, path) {
    // Before the page that is being opened is noted, which is no client yet.
    await tidy();
    let response;
    try {
      response = await fetch(event.request);
    } catch (error) {
      const present = (await kept(path)) ?? (await kept("404.html"));
      if (!present) throw error;
      await note(event.resultingClientId, await hashOf(path, await present.clone().arrayBuffer()));
      if (await kept(path)) return present;
      return new Response(await present.text(), { status: 404, headers: present.headers });
    }
    if (response.ok && response.type === "basic") {
      const copy = response.clone();
      const hash = await keep(path, copy);
      await note(event.resultingClientId, hash);
      if (!isOurs(hash)) event.waitUntil(renew());
    } else {
      await note(event.resultingClientId, "");
    }
    return response;
  }

  /** The site is of another version: looks for its worker, and leaves where the site has none any more. */
  async function renew() {
    try {
      const script = await fetch(new URL("biji-worker.js", scope), { method: "HEAD", cache: "no-store" });
      if (script.status === 404 || script.status === 410) {
        isGone = true;
        await worker.registration.unregister();
        for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
      } else {
        await worker.registration.update();
      }
    } catch { /* The network went away: next time. */ }
  }

  /** What a page needs besides itself. @param {FetchEvent} event @param {string} path @returns {Promise<Response>} */
  async function part(event, path) {
    // A page of other bytes is none of this version: it gets what the network has, as if there were no worker.
    if (!isOurs(await noted(event.clientId))) return fetch(event.request);
    const present = await kept(path);
    if (present) return present;
    const response = await fetch(event.request);
    if (response.ok && response.type === "basic" && !event.request.headers.has("range")) event.waitUntil(keep(path, response.clone()));
    return response;
  }

  worker.addEventListener("install", (event) => event.waitUntil(install()));
  worker.addEventListener("activate", (event) => event.waitUntil(activate()));
  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const path = request.method === "GET" ? pathOf(request.url) : undefined;
    if (path === undefined || path === "biji-worker.js" || isGone) return;
    if (request.mode === "navigate") event.respondWith(page(event, path));
    else event.respondWith(part(event, path));
  });
  // A page asks: may the next version take over? It may when every open page is of it already, as those are that came from the network.
  worker.addEventListener("message", (event) => {
    if (event.data !== "biji-take-over") return;
    event.waitUntil((async () => {
      const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
      for (const client of open) if (client.url.startsWith(scope) && !isOurs(await noted(client.id))) return;
      await worker.skipWaiting();
    })());
  });
})();
