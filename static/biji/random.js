// Opens a note by chance: not the one that is open. Loaded when somebody asks for it; the list of notes is a script, so that it also works from a disk.
"use strict";

(() => {
  const { biji } = window;
  /** @type {Promise<string[]> | undefined} */
  let list;

  function load() {
    list ??= new Promise((resolve, reject) => {
      window.bijiNotes = resolve;
      const script = document.createElement("script");
      script.src = new URL("biji/notes.js", biji.root).href;
      script.onerror = () => {
        list = undefined;
        reject(new Error("biji/notes.js"));
      };
      document.head.append(script);
    });
    return list;
  }

  biji.random = async () => {
    const here = location.href.split(/[?#]/)[0];
    const others = (await load()).map((path) => new URL(path, biji.root).href).filter((address) => address !== here);
    const next = others[Math.floor(Math.random() * others.length)];
    if (next) location.href = next;
  };
})();
