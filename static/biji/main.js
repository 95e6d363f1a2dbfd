// What every page loads: opens the search and, on a page that was found by it, the marks; where there are tabs, it loads their script. It is small, because everybody loads it and few
// search; the search itself is loaded when the dialog is first opened. What is typed meanwhile stays in the same input element.
"use strict";

(() => {
  const here = document.currentScript;
  if (!(here instanceof HTMLScriptElement)) return;

  // This script lies at a known place of the site, so it knows the root under any path, and on a page that is served for a missing one.
  const root = new URL("../", here.src);
  const chinese = document.documentElement.lang.startsWith("zh");

  const dialog = document.createElement("dialog");
  dialog.className = "search-dialog";
  const input = document.createElement("input");
  input.className = "search-input";
  // Not type="search": there Escape would first empty the field, and only then close the dialog.
  input.type = "text";
  input.setAttribute("enterkeyhint", "search");
  input.setAttribute("autocomplete", "off");
  input.setAttribute("autocapitalize", "off");
  input.spellcheck = false;
  input.setAttribute("aria-label", chinese ? "搜索" : "Search");
  dialog.setAttribute("aria-label", chinese ? "搜索" : "Search");
  dialog.append(input);

  /** @type {Biji} */
  const biji = {
    root,
    chinese,
    dialog,
    input,
    early: new Map(),
    parts: {},
    part(name) {
      const part = this.parts[name];
      if (!part) throw new Error(`the search has no ${name} yet: its scripts were loaded out of order`);
      return part;
    },
  };
  window.biji = biji;

  let loading = false;

  /** @param {string} file */
  function script(file) {
    return new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = new URL("biji/search/" + file, root).href;
      // In order, whichever arrives first.
      element.async = false;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  function style() {
    const present = document.querySelector("link[data-search-style]");
    if (present) return;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.dataset.searchStyle = "";
    link.href = new URL("biji/search/search.css", root).href;
    // The dialog takes keys at once but is shown when it has its looks, or after a second without them.
    const hidden = dialog.animate?.([{ opacity: 0 }, { opacity: 0 }], 1000);
    link.onload = link.onerror = () => hidden?.cancel();
    document.head.append(link);
  }

  /** @param {string} name @param {RequestCache} cache */
  function early(name, cache) {
    const response = fetch(new URL(`biji/search/${name}.bin`, root), { cache });
    response.catch(() => {});
    biji.early.set(name, response);
  }

  function load() {
    if (loading) return;
    loading = true;
    style();
    if (location.protocol !== "file:") {
      // The entry and the engine are on their way while the scripts are; the transport takes them from here. Should the page be older than
      // the site, the entry names another engine.
      const { engine } = here.dataset;
      early("entry", "no-cache");
      if (engine) early(engine, "default");
    }
    const scripts = ["strings", "transport", "engine", "loader", "results", "dialog"];
    Promise.all(scripts.map((name) => script(name + ".js"))).catch(() => {
      loading = false;
      const sentence = document.createElement("p");
      sentence.className = "search-status";
      sentence.setAttribute("role", "alert");
      sentence.textContent = chinese ? "搜索没有加载成功，请重新载入本页。" : "Search could not be loaded. Please reload this page.";
      if (!dialog.querySelector(".search-status")) dialog.append(sentence);
    });
  }

  function open() {
    if (!dialog.isConnected) document.body.append(dialog);
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
    load();
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
    if (!(event.target instanceof Element) || !event.target.closest("[data-search-open]")) return;
    // With a modifier the link opens the list of all pages elsewhere, as links do.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });

  if (document.querySelector(".tab")) script("../tabs.js").catch(() => {});

  if (new URLSearchParams(location.search).has("mark")) {
    style();
    script("mark.js").catch(() => {});
  }
})();
