// The search box: a combobox over a list of results, as the WAI-ARIA pattern has it, in the dialog or in a page of its own. Takes over the bare
// field of main.js, with whatever was typed meanwhile. Decides when to ask and what is selected; asking and drawing are others' work.
"use strict";

(() => {
  const { biji } = window;
  const { dialog, place, input } = biji;
  const strings = biji.part("strings");
  const loader = biji.part("loader");
  const results = biji.part("results");
  const filters = biji.part("filters");
  const start = biji.part("start");

  /** How many pages are asked for at first, and how many more each time. */
  const PAGES = 5;
  const MORE = 10;
  const MOST = 105;
  /** Milliseconds without a key before the index is asked: the engine is fast, but a prefix nobody wants costs the network. */
  const PAUSE = 50;
  /** Milliseconds before it is said that something is loading. */
  const PATIENCE = 250;
  /** Milliseconds after which a reader who types nothing is offered something. */
  const HESITATION = 400;
  const isPage = place !== dialog;

  /** @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {string} name */
  function element(tag, name) {
    const made = document.createElement(tag);
    made.className = name;
    return made;
  }

  const list = element("div", "search-results");
  list.id = "biji-search-results";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", strings.results);

  const status = element("p", "search-status");
  status.setAttribute("role", "status");

  const close = element("button", "search-close");
  close.type = "button";
  close.textContent = strings.close;

  // The same search as a page has an address that can be kept and shared.
  const share = element("a", "search-button");
  share.textContent = strings.page;
  share.hidden = isPage || !biji.search;

  const bar = element("div", "search-bar");
  bar.append(status, filters.toggle, share);

  const foot = element("p", "search-foot");
  for (const [key, meaning] of strings.keys) {
    if (isPage && key === "Esc") continue;
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
  // The field stays where it is: moved, it would lose the focus and what an input method has in hand.
  place.append(...(isPage ? [] : [close]), bar, filters.panel, list, foot);

  /** @type {HTMLElement | undefined} */
  let selected;
  /** What the list shows the results of. */
  let shown = "";
  /** Counts the questions, so that a late answer to an old one is dropped. */
  let question = 0;
  /** Enter was pressed before the answer was there. */
  let openFirst = false;
  /** The last answer was a fault that may pass. */
  let failed = false;
  /** Why the engine does not run here, if it does not. @type {FaultKind | undefined} */
  let plain;
  /** Tags and folders to start from. @type {Facets | undefined} */
  let facets;
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
    const at = selected ? all.indexOf(selected) : by > 0 ? -1 : 0;
    select(all[(at + by + all.length) % all.length]);
  }

  /** @param {HTMLElement} option @param {boolean} elsewhere */
  function follow(option, elsewhere) {
    const { query, tag, folder, forget, more } = option.dataset;
    if (option instanceof HTMLAnchorElement) {
      start.remember(input.value.trim());
      if (elsewhere) {
        window.open(option.href, "_blank", "noopener");
        return;
      }
      dialog.close();
      location.assign(option.href);
      return;
    }
    if (forget !== undefined) start.forget();
    if (query !== undefined) input.value = query;
    if (tag !== undefined) filters.choose({ ...filters.value(), tag });
    if (folder !== undefined) filters.choose({ ...filters.value(), folder });
    limit = more === undefined ? PAGES : Math.min(limit + MORE, MOST);
    ask();
  }

  /** @param {string} text */
  function say(text) {
    if (status.textContent !== text) status.textContent = text;
    status.classList.remove("search-fault");
  }

  /** @param {HTMLElement[]} nodes */
  function fill(nodes) {
    list.replaceChildren(...nodes);
    select(undefined);
    input.setAttribute("aria-expanded", String(nodes.length > 0));
  }

  /** Everything that an answer depends on but its length. @param {SearchRequest} request */
  function key({ query, filters: { folder, tag, language } }) {
    return JSON.stringify([query, folder, tag, language]);
  }

  /** @returns {SearchRequest} */
  function wish() {
    const { lang } = document.documentElement;
    return { query: input.value.trim(), limit, filters: filters.value(), facets: filters.isOpen(), language: lang };
  }

  /** Before anything is typed or chosen. */
  function begin() {
    fill(start.nodes(facets));
    shown = "";
    say(strings.help);
    if (facets || plain) return;
    const mine = question;
    setTimeout(async () => {
      if (mine !== question || !isVisible()) return;
      try {
        const request = { ...wish(), query: "", limit: 0, facets: true };
        facets = (await loader.ask(request, () => mine === question))?.facets;
        if (facets && mine === question) {
          filters.offer(facets);
          const at = selected ? options().indexOf(selected) : -1;
          fill(start.nodes(facets));
          select(options()[at]);
        }
      } catch {
        // It was only an offer; a search will say what is wrong.
      }
    }, HESITATION);
  }

  function isVisible() {
    return isPage || dialog.open;
  }

  /** @param {Answer} answer @param {SearchRequest} request */
  function show(answer, request) {
    // More of the same results keeps the place.
    const at = key(request) === shown && selected ? options().indexOf(selected) : 0;
    fill(results.nodes(answer));
    shown = key(request);
    if (answer.facets) filters.offer(answer.facets);
    select(options()[at] ?? options()[0], at === 0);
    const found = answer.partial ? strings.partial(answer.total) : strings.found(answer.total);
    const none = filters.isEmpty() ? strings.none(request.query) : `${strings.none(request.query)} ${strings.narrow}`;
    say((plain ? strings.plain + strings.faults[plain] + " " : "") + (answer.hits.length === 0 ? none : found));
  }

  /** Says what went wrong, and shows two ways on: again, and without a search. @param {unknown} fault */
  function fail(fault) {
    fill([]);
    shown = "";
    failed = true;
    const kind = /** @type {{ kind?: FaultKind }} */ (fault ?? {}).kind ?? "unknown";
    const again = element("button", "search-button");
    again.type = "button";
    again.textContent = kind === "outdated" ? strings.reload : strings.retry;
    again.addEventListener("click", () => {
      if (kind === "outdated") location.reload();
      input.focus();
      ask();
    });
    const all = document.createElement("a");
    all.href = biji.index;
    all.textContent = strings.all;
    status.replaceChildren(strings.faults[kind], " ", again, " ", all);
    status.classList.add("search-fault");
  }

  /** Asks the engine, or where it does not run, the list of titles. @param {SearchRequest} request @param {() => boolean} wanted */
  async function answerTo(request, wanted) {
    if (!plain) {
      try {
        return await loader.ask(request, wanted);
      } catch (fault) {
        const { kind } = /** @type {{ kind?: FaultKind }} */ (fault);
        if (kind !== "refused" && kind !== "unsupported") throw fault;
        plain = kind;
      }
    }
    filters.toggle.hidden = true;
    filters.panel.hidden = true;
    if (!biji.parts.fallback) await biji.script("fallback.js").catch(() => {});
    if (!biji.parts.fallback) throw new (biji.part("transport").Fault)("missing", "fallback.js");
    return biji.part("fallback").ask(request);
  }

  async function ask() {
    clearTimeout(pause);
    const request = wish();
    const mine = ++question;
    const wanted = () => mine === question;
    remember(request);
    failed = false;
    if (request.query === "" && filters.isEmpty()) {
      begin();
      // Filters that were opened before anything was typed have counts, too.
      if (request.facets && facets) filters.offer(facets);
      return;
    }
    const patience = setTimeout(() => wanted() && say(shown === "" ? strings.loading : strings.searching), PATIENCE);
    try {
      const answer = await answerTo(request, wanted);
      if (!answer || !wanted()) return;
      show(answer, request);
      if (openFirst && selected) follow(selected, false);
    } catch (fault) {
      if (wanted()) fail(fault);
    } finally {
      clearTimeout(patience);
      if (wanted()) openFirst = false;
    }
  }

  /** Into the address where it is the page's, and for the next page: the first result may have been the wrong one. @param {SearchRequest} request */
  function remember({ query, filters: { folder, tag, language } }) {
    const parameters = new URLSearchParams(Object.entries({ q: query, folder, tag, lang: language }).filter(([, value]) => value !== ""));
    if (biji.search) share.href = `${biji.search}?${parameters}`;
    try {
      sessionStorage.setItem("biji-search", parameters.toString());
      if (isPage) history.replaceState(history.state, "", parameters.size > 0 ? `?${parameters}` : location.pathname);
    } catch {
      // Storage may be forbidden, and some browsers keep the address of a page from disk as it is.
    }
  }

  function recall() {
    if (isPage && location.search !== "") return new URLSearchParams(location.search);
    try {
      return new URLSearchParams(isPage ? "" : (sessionStorage.getItem("biji-search") ?? ""));
    } catch {
      return new URLSearchParams();
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
      const isShown = shown === "" ? input.value.trim() === "" && filters.isEmpty() : key(wish()) === shown;
      if (isShown && selected) follow(selected, event.ctrlKey || event.metaKey);
      else if (!isShown) {
        openFirst = !(event.ctrlKey || event.metaKey);
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

  filters.changed = () => {
    limit = PAGES;
    ask();
  };
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    // Everything inside lies in a child, so what hits the dialog itself hits the ground around it.
    if (event.target === dialog) dialog.close();
  });
  window.addEventListener("online", () => {
    if (failed && isVisible()) ask();
  });
  // Above the keyboard of a phone, which covers a page without making it smaller.
  visualViewport?.addEventListener("resize", () => {
    dialog.style.setProperty("--search-height", `${visualViewport?.height ?? innerHeight}px`);
  });

  const known = recall();
  const value = (/** @type {string} */ name) => known.get(name) ?? "";
  filters.choose({ folder: value("folder"), tag: value("tag"), language: value("lang") });
  if (input.value === "" && value("q") !== "") {
    input.value = value("q");
    input.select();
  }
  loader.ready().catch((fault) => {
    if (fault?.kind === "refused" || fault?.kind === "unsupported") return;
    if (input.value.trim() === "" && filters.isEmpty()) fail(fault);
  });
  biji.parts.box = {
    opened() {
      if (failed || (input.value.trim() === "" && filters.isEmpty())) ask();
    },
  };
  ask();
})();
