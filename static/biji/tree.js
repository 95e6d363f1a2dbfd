// The tree of folders: opens and closes a folder in place. What a page does not bring comes as a script of the folder, which also a page from a disk can load.
// What a reader opened stays open from page to page. On a phone the tree is a drawer. Classic script: it also runs from a disk.
"use strict";

(() => {
  const here = document.currentScript;
  const tree = document.querySelector("nav.sidebar");
  if (!(here instanceof HTMLScriptElement) || !(tree instanceof HTMLElement)) return;
  const root = new URL("../", here.src).href;
  const words = tree.dataset.notesIn ?? "{}";
  const KEY = "biji-tree";
  const page = new URL(location.href);
  page.hash = page.search = "";

  /** @type {Map<string, { link: HTMLAnchorElement, button: HTMLButtonElement }>} What waits for its script, by the address of the folder's page. */
  const waiting = new Map();

  /** The folders that a reader opened. */
  const opened = new Set((() => {
    try {
      return /** @type {string[]} */ (JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
    } catch {
      return [];
    }
  })());

  function keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify([...opened].slice(-40)));
    } catch { /* Then it lasts as long as the page. */ }
  }

  /** A folder's own page, of which the link may lead to the translation. @param {HTMLAnchorElement} link */
  const home = (link) => new URL(link.dataset.main ?? link.href, location.href).href;

  /** @param {HTMLAnchorElement} link */
  const path = (link) => home(link).startsWith(root) ? home(link).slice(root.length) : "";

  /** @param {HTMLButtonElement} button @param {HTMLElement} list @param {boolean} isOpen */
  function show(button, list, isOpen) {
    list.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {HTMLAnchorElement} link @param {HTMLButtonElement} button */
  function load(link, button) {
    button.setAttribute("aria-busy", "true");
    waiting.set(home(link), { link, button });
    const script = document.createElement("script");
    script.src = root + "biji/tree/" + path(link).replace(/\.html$/, ".js");
    // The page of the folder lists the same.
    script.onerror = () => {
      if (waiting.delete(home(link)) && button.dataset.asked) location.href = link.href;
      button.removeAttribute("aria-busy");
    };
    script.onload = () => script.remove();
    document.head.append(script);
  }

  const language = document.documentElement.lang;
  const siteLanguage = tree.dataset.lang ?? language;

  /** @param {string} title @param {string} to @param {string} [lang] */
  function entry(title, to, lang) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = new URL(to, root).href;
    link.textContent = title;
    if (lang && lang !== language) link.lang = lang;
    if (link.href === page.href) link.setAttribute("aria-current", "page");
    item.append(link);
    return { item, link };
  }

  window.bijiTree = (folder, entries, more) => {
    const href = new URL(folder, root).href;
    const found = waiting.get(href);
    waiting.delete(href);
    if (!found) return;
    const list = document.createElement("ul");
    for (const [title, to, isFolder, lang, others] of entries) {
      // In the page's own language where that is there.
      const own = others?.[language];
      const { item, link } = own ? entry(...own) : entry(title, to, lang || siteLanguage);
      list.append(item);
      if (isFolder) {
        item.className = "folder";
        if (own) link.dataset.main = new URL(to, root).href;
        equip(item, link);
      }
    }
    if (more) {
      const { item } = entry(`… ${more[0]}`, more[1]);
      item.className = "more";
      list.append(item);
    }
    found.link.parentElement?.append(list);
    found.button.removeAttribute("aria-busy");
    show(found.button, list, true);
  };

  /** A folder gets its button. @param {Element} item @param {HTMLAnchorElement} link */
  function equip(item, link) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tree-toggle";
    button.setAttribute("aria-label", words.replace("{}", link.textContent ?? ""));
    const brought = item.querySelector(":scope > ul");
    button.setAttribute("aria-expanded", String(brought !== null));
    link.before(button);
    button.addEventListener("click", () => {
      const list = item.querySelector(":scope > ul");
      const isOpen = button.getAttribute("aria-expanded") === "true";
      if (isOpen) opened.delete(path(link));
      else opened.add(path(link));
      keep();
      button.dataset.asked = "1";
      if (list instanceof HTMLElement) show(button, list, !isOpen);
      else load(link, button);
    });
    if (!brought && opened.has(path(link))) load(link, button);
  }

  for (const item of tree.querySelectorAll("li.folder")) {
    const link = item.querySelector(":scope > a");
    if (link instanceof HTMLAnchorElement) equip(item, link);
  }

  /** The page's own entry is seen. */
  function reveal() {
    const current = tree?.querySelector("[aria-current]");
    const box = tree?.parentElement?.tagName === "DIALOG" ? tree.parentElement : tree;
    if (!current || !box) return;
    const [place, frame] = [current.getBoundingClientRect(), box.getBoundingClientRect()];
    if (place.bottom > frame.bottom - 40) box.scrollTop += place.top - frame.top - frame.height / 3;
  }
  // When the page has its layout anyway.
  requestAnimationFrame(reveal);

  // The drawer: on narrow windows the tree moves into a dialog, and back.
  const menu = document.querySelector(".menu-open");
  if (!(menu instanceof HTMLElement)) return;
  const wide = matchMedia("(min-width: 56rem)");
  const place = document.createComment("");
  const drawer = document.createElement("dialog");
  drawer.className = "drawer";
  drawer.setAttribute("aria-label", tree.getAttribute("aria-label") ?? "");
  const head = document.createElement("div");
  head.className = "drawer-head";
  const label = document.createElement("p");
  label.className = "label";
  label.textContent = tree.getAttribute("aria-label");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.setAttribute("aria-label", menu.dataset.close ?? "");
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#biji-icon-close");
  icon.append(use);
  close.append(icon);
  head.append(label, close);
  drawer.append(head);

  menu.setAttribute("role", "button");
  menu.setAttribute("aria-haspopup", "dialog");
  menu.addEventListener("click", (event) => {
    event.preventDefault();
    tree.before(place);
    drawer.append(tree);
    document.body.append(drawer);
    drawer.showModal();
    reveal();
  });
  // A button answers to the space bar, too.
  menu.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    menu.click();
  });
  close.addEventListener("click", () => drawer.close());
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer) drawer.close();
  });
  drawer.addEventListener("close", () => {
    place.replaceWith(tree);
    drawer.remove();
  });
  wide.addEventListener("change", () => drawer.close());
})();
