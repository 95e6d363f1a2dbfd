// What is offered before anything is typed: the searches that led somewhere, and the tags and folders with most pages. Recent searches stay in
// this browser. Makes nodes; knows nothing of when they are shown.
"use strict";

(() => {
  const { biji } = window;
  const strings = biji.part("strings");

  const KEY = "biji-searches";
  /** How many recent searches are kept, and how many tags and folders are offered. */
  const KEPT = 6;
  const OFFERED = 6;

  /** @returns {string[]} */
  function recent() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(kept) ? kept.filter((query) => typeof query === "string").slice(0, KEPT) : [];
    } catch {
      // Storage may be forbidden, and anybody may write into it.
      return [];
    }
  }

  /** @param {string[]} queries */
  function keep(queries) {
    try {
      if (queries.length > 0) localStorage.setItem(KEY, JSON.stringify(queries));
      else localStorage.removeItem(KEY);
    } catch {
      // Then they are forgotten.
    }
  }

  let options = 0;

  /** @param {string} text @param {string} count @param {DOMStringMap} data */
  function option(text, count, data) {
    const made = document.createElement("div");
    made.className = "search-option search-start";
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.id = `biji-search-start-${options++}`;
    Object.assign(made.dataset, data);
    const name = document.createElement("span");
    name.textContent = text;
    made.append(name);
    if (count !== "") {
      const pages = document.createElement("span");
      pages.className = "search-trail";
      pages.textContent = count;
      made.append(" ", pages);
    }
    return made;
  }

  /** @param {string} title @param {HTMLElement[]} children */
  function group(title, children) {
    const made = document.createElement("div");
    made.className = "search-group";
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", title);
    const head = document.createElement("div");
    head.className = "search-group-head";
    head.setAttribute("aria-hidden", "true");
    head.textContent = title;
    made.append(head, ...children);
    return made;
  }

  biji.parts.start = {
    remember(query) {
      if (query !== "") keep([query, ...recent().filter((other) => other !== query)].slice(0, KEPT));
    },
    forget: () => keep([]),
    nodes(facets) {
      const groups = [];
      const queries = recent();
      if (queries.length > 0) {
        const all = queries.map((query) => option(query, "", { query }));
        groups.push(group(strings.recent, [...all, option(strings.forget, "", { forget: "" })]));
      }
      const tags = facets?.tags.slice(0, OFFERED) ?? [];
      if (tags.length > 0) groups.push(group(strings.tags, tags.map(([tag, pages]) => option("#" + tag, strings.pages(pages), { tag }))));
      const most = [...(facets?.folders ?? [])].sort(([, one], [, other]) => other - one).slice(0, OFFERED);
      if (most.length > 0) groups.push(group(strings.folders, most.map(([folder, pages]) => option(folder + "/", strings.pages(pages), { folder }))));
      return groups;
    },
  };
})();
