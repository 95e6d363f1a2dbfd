// Starts the service worker of a site that opens without a network, and asks a worker of a newer version to take over as soon as it may. From a disk it does
// nothing: there the whole site is there already.
"use strict";

(() => {
  const here = document.currentScript;
  if (!(here instanceof HTMLScriptElement) || !location.protocol.startsWith("http") || !("serviceWorker" in navigator)) return;
  const root = new URL("../../", here.src);

  // Not in the page itself: from a disk, browsers would ask for it in vain.
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = new URL("site.webmanifest", here.src).href;
  document.head.append(manifest);

  /** @param {ServiceWorker | null} worker */
  function ask(worker) {
    worker?.postMessage("biji-take-over");
  }

  addEventListener("load", async () => {
    try {
      const registration = await navigator.serviceWorker.register(new URL("biji-worker.js", root), { scope: root.href });
      ask(registration.waiting);
      const watch = () => {
        const next = registration.installing;
        next?.addEventListener("statechange", () => {
          if (next.state === "installed") ask(next);
        });
      };
      registration.addEventListener("updatefound", watch);
      watch();
    } catch { /* A host without TLS, or a reader who forbids it: the site works as it does without. */ }
  });
})();
