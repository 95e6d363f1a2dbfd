// Pictures that have a dark form (`<source media="(prefers-color-scheme: dark)">`) follow the site's own switch too, which a media query does not know.
// Loaded only where there are such pictures; a classic script, so it also runs from a disk.
"use strict";

(() => {
  const root = document.documentElement;
  /** @type {[HTMLSourceElement, string][]} */
  const sources = [];
  for (const source of document.querySelectorAll("picture > source[media*='prefers-color-scheme']")) {
    if (source instanceof HTMLSourceElement) sources.push([source, source.media]);
  }

  /** @param {string | null} choice */
  function follow(choice) {
    for (const [source, media] of sources) {
      source.media = choice
        ? media.replace(/\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/g, (_, scheme) => (scheme === choice ? "(min-width: 0)" : "(max-width: 0)"))
        : media;
    }
  }

  const chosen = () => follow(root.getAttribute("data-theme"));
  new MutationObserver(chosen).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  // Paper is light.
  addEventListener("beforeprint", () => follow("light"));
  addEventListener("afterprint", chosen);
  chosen();
})();
