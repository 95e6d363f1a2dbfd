// A button at every block of code that copies it as one would type it: without prompts and answers of console sessions, removed lines and
// numbers of annotations. Where nothing can be copied, there is no button. Classic script: it also runs from a disk.
"use strict";

(() => {
  const chinese = document.documentElement.lang.startsWith("zh");
  const words = chinese ? { copy: "复制", copied: "已复制", failed: "复制失败" } : { copy: "Copy", copied: "Copied", failed: "Not copied" };

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

  for (const code of document.querySelectorAll("pre:not(.no-copy) > code")) {
    const pre = code.parentElement;
    if (!pre || !pre.parentElement || textOf(code).trim() === "") continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.addEventListener("click", () => {
      const say = (/** @type {string} */ word) => {
        button.textContent = word;
        setTimeout(() => { button.textContent = words.copy; }, 1500);
      };
      write(textOf(code)).then(() => say(words.copied), () => say(words.failed));
    });
    // The block scrolls; the button stays.
    const box = document.createElement("div");
    box.className = "code-box";
    pre.replaceWith(box);
    box.append(pre, button);
  }
})();
