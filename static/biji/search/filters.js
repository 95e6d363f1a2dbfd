// The filters of the search: folder, tag and language, each a choice with the number of pages that it would leave. The browser's own lists of
// choices, which a thumb and a screen reader know. They are asked for, and the file behind them is loaded, only when they are opened.
"use strict";

(() => {
  const { biji } = window;
  const strings = biji.part("strings");

  /** Each filter, and what the engine calls its choices. @type {[keyof Filters, keyof Facets][]} */
  const KINDS = [["folder", "folders"], ["tag", "tags"], ["language", "languages"]];

  const panel = document.createElement("div");
  panel.className = "search-filters";
  panel.id = "biji-search-filters";
  panel.hidden = true;

  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "search-button";
  toggle.textContent = strings.filter;
  toggle.setAttribute("aria-controls", panel.id);
  toggle.setAttribute("aria-expanded", "false");

  const selects = new Map(
    KINDS.map(([kind]) => {
      const select = document.createElement("select");
      const [label, all] = strings.filters[kind];
      select.className = "search-filter";
      select.setAttribute("aria-label", label);
      select.append(new Option(all, ""));
      select.addEventListener("change", () => part.changed());
      panel.append(select);
      return [kind, select];
    }),
  );

  /** @param {keyof Filters} kind @param {string} name */
  function label(kind, name) {
    if (kind === "tag") return "#" + name;
    // What lies in a folder stands below it, further to the right.
    if (kind === "folder") return "\u2003".repeat(name.split("/").length - 1) + (name.split("/").pop() ?? name);
    try {
      return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(name) ?? name;
    } catch {
      return name;
    }
  }

  /** @param {boolean} open */
  function show(open) {
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
  }

  toggle.addEventListener("click", () => {
    show(panel.hidden === true);
    if (!panel.hidden) part.changed();
  });

  /** @type {Parts["filters"]} */
  const part = {
    panel,
    toggle,
    changed() {},
    isOpen: () => panel.hidden === false,
    value() {
      const value = (/** @type {keyof Filters} */ kind) => selects.get(kind)?.value ?? "";
      return { folder: value("folder"), tag: value("tag"), language: value("language") };
    },
    /** Chooses, also what is no choice yet. */
    choose(filters) {
      for (const [kind, select] of selects) {
        const name = filters[kind] ?? "";
        if (![...select.options].some((option) => option.value === name)) select.append(new Option(label(kind, name), name));
        select.value = name;
      }
      if (!part.isEmpty()) show(true);
    },
    isEmpty: () => [...selects.values()].every((select) => select.value === ""),
    /** Offers what there is now; what is chosen stays. */
    offer(facets) {
      for (const [kind, key] of KINDS) {
        const select = selects.get(kind);
        if (!select) continue;
        const { value } = select;
        const choices = facets[key].filter(([name]) => name !== "");
        const options = choices.map(([name, pages]) => new Option(strings.choice(label(kind, name), pages), name));
        select.replaceChildren(new Option(strings.filters[kind][1], ""), ...options);
        if (value !== "" && !choices.some(([name]) => name === value)) select.append(new Option(strings.choice(label(kind, value), 0), value));
        select.value = value;
        // One language or no tag at all is nothing to choose.
        select.hidden = value === "" && choices.length < (kind === "language" ? 2 : 1);
      }
    },
  };

  biji.parts.filters = part;
})();
