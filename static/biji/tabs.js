// Tabs need no script to be chosen. This one opens the tab that a link leads into, and chooses tabs of the same label together, so that who picks npm once
// need not do it again. Loaded only where there are tabs; a classic script, so it also runs from a disk.
"use strict";

(() => {
  /** @param {Element} input */
  function label(input) {
    return input.closest("label")?.textContent?.trim() ?? "";
  }

  document.addEventListener("change", (event) => {
    const chosen = event.target;
    if (!(chosen instanceof HTMLInputElement) || !chosen.closest(".tab > label")) return;
    const name = label(chosen);
    // What changes above must not move what the reader looks at.
    const before = chosen.getBoundingClientRect().top;
    for (const input of document.querySelectorAll(".tab > label > input")) {
      if (input instanceof HTMLInputElement && label(input) === name) input.checked = true;
    }
    chosen.checked = true;
    scrollBy({ top: chosen.getBoundingClientRect().top - before, behavior: "instant" });
  });

  function follow() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* Then it is as it stands. */ }
    const target = id ? document.getElementById(id) : null;
    let isHidden = false;
    for (let tab = target?.closest(".tab-panel"); tab; tab = tab.parentElement?.closest(".tab-panel") ?? null) {
      const input = tab.parentElement?.querySelector(":scope > label > input");
      if (!(input instanceof HTMLInputElement) || input.checked) continue;
      input.checked = true;
      isHidden = true;
    }
    if (isHidden) target?.scrollIntoView();
  }

  addEventListener("hashchange", follow);
  follow();
})();
