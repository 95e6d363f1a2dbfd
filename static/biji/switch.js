// The button for light and dark: it goes round, as the system, light, dark, first to what looks different. What was chosen before is already set, by theme.js.
// Classic script: it also runs from a disk.
"use strict";

(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "biji-theme";

  function stored() {
    try {
      const choice = localStorage.getItem(KEY);
      return choice === "dark" || choice === "light" ? choice : null;
    } catch {
      return null;
    }
  }

  /** @param {string | null} choice */
  function show(choice) {
    if (choice) root.dataset.theme = choice;
    else delete root.dataset.theme;
    name();
  }

  /** The button says what is so. */
  function name() {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      if (!(button instanceof HTMLElement)) continue;
      const { label = "", states = "" } = button.dataset;
      button.title = `${label}: ${states.split("|")[["", "light", "dark"].indexOf(root.dataset.theme ?? "")] ?? ""}`;
      button.setAttribute("aria-label", button.title);
    }
  }

  name();
  addEventListener("storage", () => show(stored()));
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-toggle]")) return;
    const round = dark.matches ? [null, "light", "dark"] : [null, "dark", "light"];
    const next = round[(round.indexOf(root.dataset.theme ?? null) + 1) % 3] ?? null;
    try {
      if (next) localStorage.setItem(KEY, next);
      else localStorage.removeItem(KEY);
    } catch { /* Without storage the choice lasts as long as the page. */ }
    show(next);
  });
})();
