// What every page loads: opens the search and, on a page that was found by it, the marks. It is small, because everybody loads it and few
// search; the search itself is loaded when the dialog is first opened, or with the page that is a search by itself. What is typed meanwhile
// stays in the same input element. Where there are tabs or
// pictures, it loads their scripts.
"use strict";

(() => {
  const here = document.currentScript;
  if (!(here instanceof HTMLScriptElement)) return;

  const { engine, search, previews, words = "" } = here.dataset;
  // What is said before the words of the search are there.
  const [title = "", lost = "", retry = "", instead = ""] = words.split("|");
  // This script lies at a known place of the site, so it knows the root under any path, and on a page that is served for a missing one.
  const root = new URL("../", here.src);
  /** The scripts of the search, in the order in which they need each other. @type {(keyof Parts)[]} */
  const PARTS = ["strings", "transport", "lzma", "engine", "loader", "results", "filters", "start", "box"];

  const dialog = document.createElement("dialog");
  dialog.className = "search-box search-dialog";
  const input = document.createElement("input");
  input.className = "search-input";
  // Not type="search": there Escape would first empty the field, and only then close the dialog.
  input.type = "text";
  input.setAttribute("enterkeyhint", "search");
  input.setAttribute("autocomplete", "off");
  input.setAttribute("autocapitalize", "off");
  input.spellcheck = false;
  input.setAttribute("aria-label", title);
  dialog.setAttribute("aria-label", title);

  const page = document.querySelector("[data-search-page]");
  const place = page instanceof HTMLElement ? page : dialog;
  place.append(input);
  const link = document.querySelector("a[data-search-open]");

  /** @type {Biji} */
  const biji = {
    root,
    dialog,
    place,
    input,
    index: link instanceof HTMLAnchorElement ? link.href : new URL("biji/all.html", root).href,
    search: search ? new URL(search, root).href : undefined,
    previews: Number(previews ?? 0),
    early: new Map(),
    parts: {},
    part(name) {
      const part = this.parts[name];
      if (!part) throw new Error(`the search has no ${name} yet: its scripts were loaded out of order`);
      return part;
    },
    script,
    count(text, number) {
      const forms = text.split("|");
      return (forms[number === 1 ? 0 : forms.length - 1] ?? "").replace("{n}", String(number));
    },
  };
  window.biji = biji;

  let loading = false;
  let attempt = 0;

  /** @param {string} file */
  function script(file) {
    return new Promise((/** @type {(nothing: unknown) => void} */ resolve, reject) => {
      const element = document.createElement("script");
      element.src = new URL("biji/search/" + file + (attempt > 0 ? `?${attempt}` : ""), root).href;
      // In order, whichever arrives first.
      element.async = false;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  /** The words of scripts, in the page's language. @type {Promise<unknown> | undefined} */
  let spoken;

  function speak() {
    spoken ??= script(`words-${document.documentElement.lang.toLowerCase().replace(/[^a-z0-9-]/g, "-")}.js`);
    return spoken;
  }

  function style() {
    const present = document.querySelector("link[data-search-style]");
    if (present) return;
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.dataset.searchStyle = "";
    sheet.href = new URL("biji/search/search.css", root).href;
    // The dialog takes keys at once but is shown when it has its looks, or after a second without them.
    const hidden = place.animate?.([{ opacity: 0 }, { opacity: 0 }], 1000);
    sheet.onload = sheet.onerror = () => hidden?.cancel();
    document.head.append(sheet);
  }

  /** @param {string} name @param {RequestCache} cache */
  function early(name, cache) {
    const response = fetch(new URL(`biji/search/${name}.bin`, root), { cache });
    response.catch(() => {});
    biji.early.set(name, response);
  }

  async function load() {
    if (loading) return;
    loading = true;
    style();
    place.querySelector(".search-broken")?.remove();
    if (location.protocol !== "file:" && attempt === 0) {
      // The entry and the engine are on their way while the scripts are; the transport takes them from here. Should the page be older than
      // the site, the entry names another engine.
      early("entry", "no-cache");
      if (engine) early(engine, "default");
    }
    try {
      await Promise.all([speak(), ...PARTS.map((name) => script(name + ".js"))]);
      // Scripts of another version of the site may have loaded, and not fit each other.
      biji.part("box");
    } catch {
      loading = false;
      spoken = undefined;
      attempt++;
      broken();
    }
  }

  /** The scripts did not arrive: nothing of theirs can be used to say so. */
  function broken() {
    const sentence = document.createElement("p");
    sentence.className = "search-status search-fault search-broken";
    sentence.setAttribute("role", "alert");
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = retry;
    again.addEventListener("click", () => {
      input.focus();
      load();
    });
    const all = document.createElement("a");
    all.href = biji.index;
    all.textContent = instead;
    sentence.append(lost, " ", again, " ", all);
    place.append(sentence);
  }

  function open() {
    if (place === dialog) {
      if (!dialog.isConnected) document.body.append(dialog);
      if (!dialog.open) dialog.showModal();
    }
    input.focus();
    input.select();
    load();
    biji.parts.box?.opened();
  }

  /** @param {EventTarget | null} target */
  function takesText(target) {
    return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    const shortcut = command ? !event.shiftKey && (event.key === "k" || event.key === "K") : event.key === "/" && !takesText(event.target);
    if (!shortcut) return;
    event.preventDefault();
    open();
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("[data-random]")) {
      const ready = biji.random ? Promise.resolve() : script("../random.js");
      ready.then(() => biji.random?.()).catch(() => {});
    }
    if (!event.target.closest("[data-search-open]")) return;
    // With a modifier the link opens the index elsewhere, as links do.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });

  if (place !== dialog) open();
  // What few pages need, a script of its own.
  for (const [selector, file] of Object.entries({
    ".tab": "tabs.js",
    ".body img": "zoom.js",
    "picture > source[media*='prefers-color-scheme']": "scheme.js",
  })) {
    if (!document.querySelector(selector)) continue;
    if (file === "zoom.js") speak().catch(() => {});
    script(`../${file}`).catch(() => {});
  }

  // Previews are for who has a mouse or goes from link to link: nobody else loads them.
  if (biji.previews) {
    const wake = (/** @type {Event} */ event) => {
      if (event instanceof PointerEvent ? event.pointerType !== "mouse" : event instanceof KeyboardEvent && event.key !== "Tab") return;
      for (const kind of ["pointerover", "keydown"]) document.removeEventListener(kind, wake);
      script("../preview.js").catch(() => {});
    };
    for (const kind of ["pointerover", "keydown"]) document.addEventListener(kind, wake);
  }

  if (new URLSearchParams(location.search).has("mark")) {
    style();
    speak().catch(() => {});
    script("mark.js").catch(() => {});
  }
})();
