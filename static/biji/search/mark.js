// On a page that was opened from a search: marks the words that `?mark=` names, and brings the first of them into view. Marks are ranges of
// the CSS highlight registry, so not one node of the page changes: code, formulas and drawings stay what they are. A browser without that
// registry goes to the section and shows no marks.
"use strict";

(() => {
  const { biji } = window;
  const NAME = "biji-mark";
  /** A page of nothing but the word is still a page to scroll. */
  const MOST = 2000;
  const SKIP = "nav, script, style, template, math, svg, textarea, select, [hidden]";
  const BLOCK = "p, li, pre, td, th, dt, dd, figcaption, summary, h1, h2, h3, h4, h5, h6, blockquote, div, section, main, article";

  const words = new URLSearchParams(location.search).getAll("mark").filter((word) => word.trim() !== "");
  const registry = typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight === "function" ? CSS.highlights : undefined;

  function place() {
    return document.querySelector("main") ?? document.body;
  }

  /** The runs of text that read as one: text nodes of one block, whatever spans they are cut into. */
  function runs() {
    const walker = document.createTreeWalker(place(), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node instanceof Element && node.matches(SKIP) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    /** @type {Text[][]} */
    const all = [];
    /** @type {Element | null | undefined} */
    let block;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!(node instanceof Text) || node.data === "") continue;
      const parent = node.parentElement?.closest(BLOCK);
      if (parent !== block || all.length === 0) all.push([]);
      block = parent;
      all[all.length - 1]?.push(node);
    }
    return all;
  }

  /** @param {string} text */
  function escaped(text) {
    return text.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&");
  }

  /** The words as one pattern, long ones first. A short Latin word counts only where it stands alone. */
  function pattern() {
    const parts = [...words]
      .sort((one, other) => other.length - one.length)
      .map((word) => {
        const text = escaped(word).replace(/\s+/g, "\\s+");
        return /^[\p{Script=Latin}\p{Nd}]{1,3}$/u.test(word) ? `(?<![\\p{L}\\p{N}_])${text}(?![\\p{L}\\p{N}_])` : text;
      });
    return new RegExp(parts.join("|"), "giu");
  }

  /** @returns {Range[]} */
  function ranges() {
    const found = [];
    const wanted = pattern();
    for (const nodes of runs()) {
      const text = nodes.map((node) => node.data).join("");
      for (const match of text.matchAll(wanted)) {
        const range = span(nodes, match.index, match.index + match[0].length);
        if (range) found.push(range);
        if (found.length === MOST) return found;
      }
    }
    return found;
  }

  /** @param {Text[]} nodes @param {number} start @param {number} end */
  function span(nodes, start, end) {
    const range = document.createRange();
    let at = 0;
    for (const node of nodes) {
      const next = at + node.length;
      if (start >= at && start < next) range.setStart(node, start - at);
      if (end > at && end <= next) {
        range.setEnd(node, end - at);
        return range;
      }
      at = next;
    }
    return undefined;
  }

  function target() {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      // A `%` that encodes nothing: the id is as it stands.
    }
    return id === "" ? null : document.getElementById(id);
  }

  /** Shows the section, and where its first mark lies beyond the window, that mark. @param {Range[]} marks */
  function scroll(marks) {
    const section = target();
    const first = section
      ? marks.find((mark) => section.compareDocumentPosition(mark.startContainer) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY))
      : marks[0];
    const parent = first?.startContainer.parentElement;
    for (let folded = parent?.closest("details:not([open])"); folded; folded = folded.parentElement?.closest("details:not([open])")) {
      folded.setAttribute("open", "");
    }
    section?.scrollIntoView({ behavior: "instant" });
    const box = first?.getBoundingClientRect();
    // Not by its element: that may be a block of code higher than the window.
    if (box && (box.top < 0 || box.bottom > innerHeight)) scrollBy({ top: (box.top + box.bottom - innerHeight) / 2, behavior: "instant" });
  }

  function clear() {
    registry?.delete(NAME);
    bar.remove();
    document.removeEventListener("keydown", onKey);
    const url = new URL(location.href);
    url.searchParams.delete("mark");
    try {
      history.replaceState(history.state, "", url);
    } catch {
      // Some browsers keep the address of a page from disk as it is; the marks are gone all the same.
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape" && !event.isComposing && !biji.dialog.open) clear();
  }

  const bar = document.createElement("button");
  bar.type = "button";
  bar.className = "search-unmark";

  function run() {
    if (words.length === 0) return;
    const marks = registry ? ranges() : [];
    if (registry && marks.length > 0) {
      registry.set(NAME, new Highlight(...marks));
      const count = document.createElement("span");
      count.textContent = biji.count(biji.words?.mark_count ?? "{n}", marks.length);
      const label = document.createElement("span");
      label.textContent = biji.words?.mark_clear ?? "";
      const key = document.createElement("kbd");
      key.textContent = "Esc";
      bar.append(count, label, key);
      bar.addEventListener("click", clear);
      document.body.append(bar);
      document.addEventListener("keydown", onKey);
    }
    scroll(marks);
  }

  run();
})();
