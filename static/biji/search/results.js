// An answer as elements: a group for each page, in it an option for each of its sections. Makes nodes and text, never HTML from strings.
"use strict";

(() => {
  const { biji } = window;
  const strings = biji.part("strings");

  /** @param {string} tag @param {string} name @param {(Node | string)[]} children */
  function element(tag, name, ...children) {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...children);
    return made;
  }

  /** A snippet's pieces are plain and marked in turn. @param {string[]} pieces @param {string} name */
  function snippet(pieces, name) {
    const nodes = pieces.map((piece, at) => (at % 2 === 1 ? element("mark", "", piece) : piece));
    return element("span", name, ...nodes.filter((node) => node !== ""));
  }

  /** @param {string[]} pieces */
  function text(pieces) {
    return pieces.join("");
  }

  /** Where an option leads: the section, with the words to be marked there. @param {Hit} hit @param {string} anchor */
  function address(hit, anchor) {
    const url = new URL(hit.url.split("/").map(encodeURIComponent).join("/"), biji.root);
    const marks = new URLSearchParams(hit.words.map((word) => ["mark", word]));
    url.search = marks.toString();
    url.hash = encodeURIComponent(anchor);
    return url.href;
  }

  /** The folders that a page lies in. @param {string} url */
  function trail(url) {
    const folders = url.split("/").slice(0, -1);
    return folders.length > 0 ? folders.join(" › ") : strings.top;
  }

  /** @param {Hit} hit @param {number} number */
  function page(hit, number) {
    const group = element("div", "search-page");
    group.setAttribute("role", "group");
    const title = snippet(hit.title, "search-title");
    title.id = `biji-search-title-${number}`;
    group.setAttribute("aria-labelledby", title.id);
    hit.sections.forEach((section, at) => {
      const option = document.createElement("a");
      option.className = "search-option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.id = `biji-search-option-${number}-${at}`;
      option.tabIndex = -1;
      option.href = address(hit, section.anchor);
      if (at === 0) option.append(element("span", "search-page-head", title, element("span", "search-trail", trail(hit.url))));
      if (text(section.heading) !== "") option.append(snippet(section.heading, "search-heading"));
      if (text(section.excerpt) !== "") option.append(snippet(section.excerpt, "search-excerpt"));
      group.append(option);
    });
    return group;
  }

  function more() {
    const option = element("div", "search-option search-more", strings.more);
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.id = "biji-search-more";
    option.dataset.more = "";
    return option;
  }

  biji.parts.results = {
    /** @param {Answer} answer */
    nodes(answer) {
      const groups = answer.hits.map(page);
      return answer.hits.length < answer.total ? [...groups, more()] : groups;
    },
  };
})();
