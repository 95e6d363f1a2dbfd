// What an internal link leads to, shown beside it when the mouse rests on it or the keyboard has come to it: the beginning of the note or of its section.
// Text only: it comes from small scripts of plain text (src/render/preview.rs), or for a place on the same page from the page itself. Not for fingers, not
// for whoever asks for less motion or data, and not where the reader has turned it off. Loaded when the mouse or the
// Tab key is first used; a classic script, so it also runs from a disk.
"use strict";

(() => {
  const { root, previews: shards } = window.biji;
  const main = document.querySelector("main");
  if (!main || !shards) return;

  const KEY = "biji-previews";
  /** Milliseconds from resting to showing, and from leaving to hiding: time to move onto the text. */
  const SHOW = 320, HIDE = 220;
  /** So much of a place on the same page is shown, in characters. */
  const LONGEST = 240;

  /** @type {Map<string, PreviewNote>} */
  const notes = new Map();
  /** Scripts under way or here, by number. @type {Map<number, Promise<void>>} */
  const scripts = new Map();
  window.bijiPreview = (found) => {
    for (const [path, note] of Object.entries(found)) notes.set(path, note);
  };

  function isOff() {
    try {
      return localStorage.getItem(KEY) === "off";
    } catch {
      return false;
    }
  }

  function isUnwanted() {
    return isOff() || matchMedia("(prefers-reduced-motion: reduce)").matches || matchMedia("(prefers-reduced-data: reduce)").matches;
  }

  /** FNV-1a, as src/render/preview.rs has it. @param {string} path */
  function shard(path) {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(path)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    return hash % shards;
  }

  /** @param {number} number */
  function load(number) {
    let promise = scripts.get(number);
    if (!promise) {
      promise = new Promise((/** @type {(nothing: void) => void} */ resolve) => {
        const script = document.createElement("script");
        script.src = new URL(`biji/preview/${number}.js`, root).href;
        script.onload = script.onerror = () => resolve();
        document.head.append(script);
      });
      scripts.set(number, promise);
    }
    return promise;
  }

  /** @param {string} text */
  function decoded(text) {
    try {
      return decodeURIComponent(text).normalize("NFC");
    } catch {
      return text;
    }
  }

  /** What to show for a link. @param {HTMLAnchorElement} link @returns {Promise<PreviewText | undefined>} */
  async function text(link) {
    const url = new URL(link.href);
    const anchor = decoded(url.hash.slice(1));
    if (url.pathname === location.pathname && url.host === location.host) return anchor ? onThisPage(anchor) : undefined;
    if (!url.href.startsWith(root.href)) return undefined;
    let path = decoded(url.pathname.slice(root.pathname.length));
    if (path === "" || path.endsWith("/")) path += "index.html";
    await load(shard(path));
    const note = notes.get(path);
    if (!note) return undefined;
    const [title, lang, beginning, sections] = note;
    const section = anchor ? sections.find(([id]) => id === anchor) : undefined;
    // A named block has no heading.
    if (section) return { title: section[1] ? `${title} › ${section[1]}` : title, lang, text: section[2] };
    return { title, lang, text: beginning };
  }

  /** @param {string} anchor @returns {PreviewText | undefined} */
  function onThisPage(anchor) {
    const place = document.getElementById(anchor);
    if (!place || !main?.contains(place)) return undefined;
    const lang = place.closest("[lang]")?.getAttribute("lang") ?? "";
    /** @param {Element} element */
    const words = (element) => {
      const copy = /** @type {Element} */ (element.cloneNode(true));
      for (const extra of copy.querySelectorAll("script, style, button, .permalink, annotation, [role=doc-backlink]")) extra.remove();
      return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
    };
    if (!/^H[1-6]$/.test(place.tagName)) return cut("", lang, words(place));
    let below = "";
    for (let next = place.nextElementSibling; next && !/^H[1-6]$/.test(next.tagName) && below.length < LONGEST; next = next.nextElementSibling) {
      below += " " + words(next);
    }
    return cut(words(place), lang, below.trim());
  }

  /** @param {string} title @param {string} lang @param {string} whole @returns {PreviewText} */
  function cut(title, lang, whole) {
    const letters = [...whole];
    return { title, lang, text: letters.length > LONGEST ? letters.slice(0, LONGEST).join("") + "…" : whole };
  }

  /** @type {HTMLElement | undefined} */
  let box;
  /** @type {HTMLAnchorElement | undefined} */
  let shown;
  /** @type {HTMLAnchorElement | undefined} */
  let wanted;
  let timer = 0;
  /** @type {Promise<void> | undefined} */
  let styled;

  function make() {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("biji/preview.css", root).href;
    styled = new Promise((resolve) => {
      sheet.onload = sheet.onerror = () => resolve();
    });
    document.head.append(sheet);
    const made = document.createElement("div");
    made.id = "biji-preview";
    made.className = "preview";
    made.setAttribute("role", "tooltip");
    made.hidden = true;
    made.addEventListener("pointerenter", () => clearTimeout(timer));
    made.addEventListener("pointerleave", () => later(hide, HIDE));
    // Part of what the page is about, for who goes from landmark to landmark.
    (main ?? document.body).append(made);
    return made;
  }

  /** @param {() => void} action @param {number} wait */
  function later(action, wait) {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  }

  function hide() {
    clearTimeout(timer);
    wanted = undefined;
    shown?.removeAttribute("aria-describedby");
    shown = undefined;
    if (box) box.hidden = true;
  }

  /** @param {HTMLAnchorElement} link */
  async function show(link) {
    const found = await text(link);
    if (wanted !== link || !found || !(found.text || found.title)) return;
    box ??= make();
    // Without its looks it has another size, and would be put elsewhere.
    await styled;
    if (wanted !== link) return;
    const title = document.createElement("strong");
    title.textContent = found.title;
    const words = document.createElement("p");
    words.textContent = found.text;
    box.replaceChildren(...(found.title ? [title] : []), ...(found.text ? [words] : []));
    if (found.lang) box.lang = found.lang;
    else box.removeAttribute("lang");
    hide();
    shown = wanted = link;
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    place(link, box);
  }

  /** Below the link where there is room, else above it. @param {Element} link @param {HTMLElement} panel */
  function place(link, panel) {
    const line = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const last = [...link.getClientRects()].at(-1) ?? line;
    const { width, height } = panel.getBoundingClientRect();
    const left = Math.max(8, Math.min(line.left, document.documentElement.clientWidth - width - 8));
    const below = last.bottom + 6;
    const top = below + height > innerHeight - 8 && line.top - height - 6 > 8 ? line.top - height - 6 : below;
    panel.style.left = `${left + scrollX}px`;
    panel.style.top = `${top + scrollY}px`;
  }

  /** @param {EventTarget | null} target */
  function linkOf(target) {
    const link = target instanceof Element ? target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || !main?.contains(link) || link.closest("nav, .no-preview, .permalink, .site-footer")) return undefined;
    return link;
  }

  /** @param {HTMLAnchorElement} link @param {number} wait */
  function want(link, wait) {
    if (isUnwanted() || link === shown) {
      if (link === shown) clearTimeout(timer);
      return;
    }
    wanted = link;
    later(() => show(link), wait);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || event.buttons !== 0) return;
    const link = linkOf(event.target);
    if (link) want(link, SHOW);
  });
  document.addEventListener("pointerout", (event) => {
    const link = linkOf(event.target);
    if (!link || (event.relatedTarget instanceof Node && link.contains(event.relatedTarget))) return;
    if (shown === link) later(hide, HIDE);
    else if (wanted === link) hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!(event.target instanceof Node && box?.contains(event.target))) hide();
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event.target);
    if (link?.matches(":focus-visible")) want(link, SHOW);
  });
  document.addEventListener("focusout", (event) => {
    if (linkOf(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (shown || wanted)) hide();
  });

  const toggle = document.querySelector("[data-preview-toggle]");
  if (toggle instanceof HTMLButtonElement) {
    const words = (toggle.dataset.states ?? "").split("|");
    const say = () => {
      toggle.textContent = words[isOff() ? 1 : 0] ?? "";
    };
    toggle.addEventListener("click", () => {
      try {
        if (isOff()) localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, "off");
      } catch { /* Without storage it stays as it is. */ }
      hide();
      say();
    });
    say();
  }

  // What the reader came to while this script was on its way.
  const first = linkOf(document.querySelector("main a:hover") ?? document.querySelector("main a:focus-visible"));
  if (first) want(first, SHOW / 2);
})();
