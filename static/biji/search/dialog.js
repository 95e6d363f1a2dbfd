// The search dialog: a combobox over a list of results, as the WAI-ARIA pattern has it. Takes over the bare dialog and field of main.js,
// with whatever was typed meanwhile. Decides when to ask and what is selected; asking and drawing are others' work.
"use strict";

(() => {
  const { biji } = window;
  const { dialog, input } = biji;
  const strings = biji.part("strings");
  const loader = biji.part("loader");
  const results = biji.part("results");

  /** How many pages are asked for at first, and how many more each time. */
  const PAGES = 5;
  const MORE = 10;
  const MOST = 105;
  /** Milliseconds without a key before the index is asked: the engine is fast, but a prefix nobody wants costs the network. */
  const PAUSE = 50;
  /** Milliseconds before it is said that something is loading. */
  const PATIENCE = 250;

  const list = document.createElement("div");
  list.className = "search-results";
  list.id = "biji-search-results";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", strings.results);

  const status = document.createElement("p");
  status.className = "search-status";
  status.setAttribute("role", "status");

  const close = document.createElement("button");
  close.className = "search-close";
  close.type = "button";
  close.textContent = strings.close;

  const foot = document.createElement("p");
  foot.className = "search-foot";
  for (const [key, meaning] of strings.keys) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    const pair = document.createElement("span");
    pair.append(cap, " ", meaning);
    foot.append(pair);
  }

  dialog.setAttribute("aria-label", strings.search);
  input.setAttribute("aria-label", strings.search);
  input.placeholder = strings.placeholder;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-haspopup", "listbox");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  for (const old of dialog.querySelectorAll(".search-status")) old.remove();
  // The field stays where it is: moved, it would lose the focus and what an input method has in hand.
  dialog.append(close, status, list, foot);

  /** @type {HTMLElement | undefined} */
  let selected;
  /** What the list shows the results of. */
  let shown = "";
  /** Counts the questions, so that a late answer to an old one is dropped. */
  let question = 0;
  /** Enter was pressed before the answer was there. */
  let openFirst = false;
  let limit = PAGES;
  let pause = 0;

  function options() {
    return /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=option]")]);
  }

  /** @param {HTMLElement | undefined} option @param {boolean} [scroll] */
  function select(option, scroll = true) {
    selected?.setAttribute("aria-selected", "false");
    selected = option;
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    if (!scroll) return;
    if (option === options()[0]) list.scrollTop = 0;
    else option.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} by */
  function move(by) {
    const all = options();
    if (all.length === 0) return;
    const at = selected ? all.indexOf(selected) : -1;
    select(all[(at + by + all.length) % all.length]);
  }

  /** @param {HTMLElement} option @param {boolean} elsewhere */
  function follow(option, elsewhere) {
    if ("more" in option.dataset) {
      limit = Math.min(limit + MORE, MOST);
      ask();
    } else if (option instanceof HTMLAnchorElement) {
      if (elsewhere) {
        window.open(option.href, "_blank", "noopener");
        return;
      }
      dialog.close();
      location.assign(option.href);
    }
  }

  /** @param {string} text */
  function say(text) {
    if (status.textContent !== text) status.textContent = text;
    status.classList.remove("search-fault");
  }

  function clear() {
    list.replaceChildren();
    select(undefined);
    input.setAttribute("aria-expanded", "false");
    shown = "";
  }

  /** @param {Answer} answer @param {string} query */
  function show(answer, query) {
    // More of the same results keeps the place.
    const place = query === shown && selected ? options().indexOf(selected) : 0;
    list.replaceChildren(...results.nodes(answer));
    shown = query;
    input.setAttribute("aria-expanded", String(answer.hits.length > 0));
    select(options()[place] ?? options()[0], place === 0);
    if (answer.hits.length === 0) say(strings.none(query));
    else say(answer.partial ? strings.partial(answer.total) : strings.found(answer.total));
  }

  /** Says what went wrong, and shows the way that needs no search. @param {unknown} fault */
  function fail(fault) {
    clear();
    const kind = /** @type {{ kind?: FaultKind }} */ (fault ?? {}).kind;
    const all = document.createElement("a");
    all.href = new URL("biji/all.html", biji.root).href;
    all.textContent = strings.all;
    status.replaceChildren(strings.faults[kind ?? "unknown"], " ", all);
    status.classList.add("search-fault");
  }

  async function ask() {
    clearTimeout(pause);
    const query = input.value.trim();
    const mine = ++question;
    const wanted = () => mine === question;
    remember(query);
    if (query === "") {
      clear();
      say(strings.help);
      return;
    }
    const patience = setTimeout(() => wanted() && say(shown === "" ? strings.loading : strings.searching), PATIENCE);
    try {
      const answer = await loader.ask(query, limit, wanted);
      if (!answer || !wanted()) return;
      show(answer, query);
      if (openFirst && selected) follow(selected, false);
    } catch (fault) {
      if (wanted()) fail(fault);
    } finally {
      clearTimeout(patience);
      if (wanted()) openFirst = false;
    }
  }

  /** The last query is there again on the next page, for when the first result was the wrong one. @param {string} query */
  function remember(query) {
    try {
      sessionStorage.setItem("biji-search", query);
    } catch {
      // Storage may be forbidden; then it is forgotten.
    }
  }

  function recall() {
    try {
      return sessionStorage.getItem("biji-search") ?? "";
    } catch {
      return "";
    }
  }

  function soon() {
    openFirst = false;
    limit = PAGES;
    question++;
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE);
  }

  input.addEventListener("input", (event) => {
    // While an input method composes, the field holds letters that nobody means.
    if (!(/** @type {InputEvent} */ (event).isComposing)) soon();
  });
  input.addEventListener("compositionend", soon);

  input.addEventListener("keydown", (event) => {
    // 229 is what a key of an input method is called; Safari sends it after the end of the composition.
    if (event.isComposing || event.keyCode === 229) return;
    const all = options();
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "PageDown") select(all[Math.min((selected ? all.indexOf(selected) : 0) + 5, all.length - 1)]);
    else if (event.key === "PageUp") select(all[Math.max((selected ? all.indexOf(selected) : 0) - 5, 0)]);
    else if (event.key === "Home" && all.length > 0 && !event.shiftKey) select(all[0]);
    else if (event.key === "End" && all.length > 0 && !event.shiftKey) select(all[all.length - 1]);
    else if (event.key === "Enter") {
      if (input.value.trim() === shown && selected) follow(selected, event.ctrlKey || event.metaKey);
      else {
        openFirst = true;
        ask();
      }
    } else return;
    event.preventDefault();
  });

  list.addEventListener("pointermove", (event) => {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option instanceof HTMLElement && option !== selected) select(option, false);
  });
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (!(option instanceof HTMLElement)) return;
    // With a modifier the browser does what it does with links.
    if (option instanceof HTMLAnchorElement && (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) return;
    event.preventDefault();
    follow(option, false);
  });
  // The field keeps the focus, also when a result is touched.
  list.addEventListener("mousedown", (event) => event.preventDefault());

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    // Everything inside lies in a child, so what hits the dialog itself hits the ground around it.
    if (event.target === dialog) dialog.close();
  });

  if (input.value === "" && recall() !== "") {
    input.value = recall();
    input.select();
  }
  loader.ready().catch((fault) => {
    if (input.value.trim() === "") fail(fault);
  });
  ask();
})();
