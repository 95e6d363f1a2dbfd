// Titles and headings without the engine, for where a policy or an old browser does not let it run. The only script that compares words itself:
// as they are typed, without regard to case. Its list, titles.js, is loaded only then. Answers in the engine's form.
"use strict";

(() => {
  const { biji } = window;
  const { Fault } = biji.part("transport");

  /** @type {Promise<Titles> | undefined} */
  let list;

  function load() {
    if (!list) {
      const made = new Promise((/** @type {(titles: Titles) => void} */ resolve, reject) => {
        window.bijiTitles = resolve;
        biji.script("titles.js").then(() => reject(new Fault("damaged", "titles.js")), () => reject(new Fault("missing", "titles.js")));
      });
      made.catch(() => {
        list = undefined;
      });
      list = made;
    }
    return list;
  }

  /** The words of a query, without the signs that only the engine understands. @param {string} query */
  function wordsOf(query) {
    const plain = query.replace(/["“”]/g, " ").replace(/(^|\s)(title|heading|tag|path|lang)[:：](?=\S)/gi, " ");
    return plain.split(/\s+/).filter((word) => word !== "" && word !== "OR");
  }

  /** @param {string} word */
  function pattern(word) {
    return new RegExp(word.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&"), "giu");
  }

  /** A text in pieces, plain and marked in turn. @param {string} text @param {RegExp} any */
  function pieces(text, any) {
    const made = [];
    let at = 0;
    for (const match of text.matchAll(any)) {
      made.push(text.slice(at, match.index), match[0]);
      at = match.index + match[0].length;
    }
    return [...made, text.slice(at)];
  }

  biji.parts.fallback = {
    async ask({ query, limit }) {
      const titles = await load();
      const words = wordsOf(query);
      if (words.length === 0) return { total: 0, partial: false, hits: [] };
      const each = words.map(pattern);
      const any = new RegExp(each.map((one) => one.source).join("|"), "giu");
      /** @param {string} text */
      const hasAll = (text) => each.every((one) => text.search(one) >= 0);
      /** @type {[number, Hit][]} */
      const found = [];
      for (const [url, title, headings] of titles) {
        const matching = headings.filter(([, heading]) => hasAll(`${title} ${heading}`) && heading.search(any) >= 0).slice(0, 3);
        const whole = hasAll(title);
        if (!whole && matching.length === 0) continue;
        // A title that is little else than the words comes first, headings come last.
        const rank = whole ? title.length - query.length : 1000 + Math.min(...matching.map(([, heading]) => heading.length));
        const sections = matching.map(([anchor, heading]) => ({ anchor, heading: pieces(heading, any), excerpt: [""] }));
        if (whole) sections.unshift({ anchor: "", heading: [""], excerpt: [""] });
        found.push([rank, { url, source: "", title: pieces(title, any), score: 0, sections, words }]);
      }
      found.sort(([one], [other]) => one - other);
      return { total: found.length, partial: false, hits: found.slice(0, limit).map(([, hit]) => hit) };
    },
  };
})();
