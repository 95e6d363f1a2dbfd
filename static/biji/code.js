// What blocks of code can do: a button copies one as one would type it, without prompts and answers of console sessions, removed lines and numbers of
// annotations; another wraps long lines, in all blocks and on every page until it is pressed again. What scrolls can be reached by keyboard.
// Classic script: it also runs from a disk.
"use strict";

(() => {
  const here = document.currentScript;
  const [copy = "Copy", copied = "Copied", failed = "Not copied", wrap = "Wrap lines"] = (here instanceof HTMLElement ? here.dataset.words : undefined)?.split("|") ?? [];
  const root = document.documentElement;
  const KEY = "biji-wrap";

  /** @param {Element} code */
  function textOf(code) {
    const copy = /** @type {Element} */ (code.cloneNode(true));
    const isSession = copy.querySelector(".x") !== null;
    for (const removed of copy.querySelectorAll("del.line")) {
      // Its line break stands behind it.
      const next = removed.nextSibling;
      if (next instanceof Text && next.data.startsWith("\n")) next.data = next.data.slice(1);
      removed.remove();
    }
    for (const mark of copy.querySelectorAll(".annotation")) {
      const before = mark.previousSibling;
      if (before instanceof Text) before.data = before.data.replace(/ $/, "");
      mark.remove();
    }
    if (!isSession) return copy.textContent;
    for (const answer of copy.querySelectorAll(".r")) answer.textContent = "\u0000";
    for (const prompt of copy.querySelectorAll(".x")) prompt.remove();
    return copy.textContent.split("\n").filter((line) => !line.includes("\u0000") && line !== "").join("\n") + "\n";
  }

  /** @param {string} text */
  function write(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Over http and from a disk, some browsers have only the old way.
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "copy-area";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  }

  /** @param {string} name */
  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `#biji-icon-${name}`);
    svg.append(use);
    return svg;
  }

  /** @param {string} label @param {string} symbol */
  function tool(label, symbol) {
    const button = document.createElement("button");
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.append(icon(symbol));
    return button;
  }

  /** @param {Element} code */
  function copier(code) {
    const button = tool(copy, "copy");
    button.className = "copy";
    button.addEventListener("click", () => {
      /** @param {string} word @param {Node} shown */
      const say = (word, shown) => {
        button.replaceChildren(shown);
        button.title = word;
        button.setAttribute("aria-label", word);
        setTimeout(() => {
          button.replaceChildren(icon("copy"));
          button.title = copy;
          button.setAttribute("aria-label", copy);
        }, 1500);
      };
      write(textOf(code)).then(() => say(copied, icon("done")), () => say(failed, document.createTextNode(failed)));
    });
    return button;
  }

  /** @type {HTMLButtonElement[]} */
  const wrappers = [];

  /** @param {boolean} isWrapped */
  function setWrap(isWrapped) {
    root.classList.toggle("wrap-code", isWrapped);
    for (const button of wrappers) button.setAttribute("aria-pressed", String(isWrapped));
  }

  function wrapper() {
    const button = tool(wrap, "wrap");
    button.className = "wrap";
    button.hidden = true;
    button.addEventListener("click", () => {
      const isWrapped = !root.classList.contains("wrap-code");
      // What changes above must not move what the reader looks at.
      const before = button.getBoundingClientRect().top;
      setWrap(isWrapped);
      try {
        if (isWrapped) localStorage.setItem(KEY, "1");
        else localStorage.removeItem(KEY);
      } catch { /* Then it lasts as long as the page. */ }
      scrollBy({ top: button.getBoundingClientRect().top - before, behavior: "instant" });
    });
    wrappers.push(button);
    return button;
  }

  // Long lines offer to be wrapped, and once wrapped, to be as they were.
  const sizes = new ResizeObserver((changes) => {
    // All are measured before any is changed: else each would be laid out by itself.
    const long = changes.map(({ target }) => target.scrollWidth > target.clientWidth);
    for (const [at, { target }] of changes.entries()) say(target, long[at] ?? false);
  });

  /** @param {Element} target @param {boolean} isLong */
  function say(target, isLong) {
    if (isLong) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
    const button = target.parentElement?.querySelector(":scope > .code-tools > .wrap");
    if (!(button instanceof HTMLElement)) return;
    if (isLong) button.dataset.long = "1";
    button.hidden = !button.dataset.long && !root.classList.contains("wrap-code");
  }

  for (const code of document.querySelectorAll("pre > code")) {
    const pre = code.parentElement;
    if (!pre || !pre.parentElement) continue;
    // The block scrolls; the buttons stay.
    const box = document.createElement("div");
    box.className = "code-box";
    const tools = document.createElement("div");
    tools.className = "code-tools";
    pre.replaceWith(box);
    box.append(pre, tools);
    if (!pre.matches(".no-copy") && code.textContent.trim() !== "") tools.append(copier(code));
    tools.prepend(wrapper());
    sizes.observe(pre);
  }
  for (const wide of document.querySelectorAll(".table, .diagram-paper, p:has(> math[display=block])")) sizes.observe(wide);
  try {
    setWrap(localStorage.getItem(KEY) !== null);
  } catch { /* Then lines are as they are. */ }
})();
