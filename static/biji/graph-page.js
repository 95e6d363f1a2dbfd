// The page of the whole graph: zooming and moving by mouse, fingers and keys, what is linked with a note, filters by folder, tag and name. The picture was
// laid out when the site was built; without this script it is a picture with links, and below it stands the same as a list. Also runs from a disk.
"use strict";

(() => {
  const picture = document.querySelector("svg.graph");
  const scene = picture?.querySelector(".graph-scene");
  const edges = picture?.querySelector(".graph-edges");
  const near = picture?.querySelector(".graph-near");
  const form = document.querySelector("[data-graph-tools]");
  if (!(picture instanceof SVGSVGElement) || !scene || !edges || !near || !(form instanceof HTMLFormElement)) return;
  const svg = picture, tools = form, words = form.dataset.notes ?? "{n}";

  /** At which pixels for a unit names of each level have room: as src/render/graph/whole.rs has it. */
  const SCALES = [0.36, 0.6, 1, 2, 4, 8];
  const CLOSEST = 12;

  const nodes = [...svg.querySelectorAll("a")].map((link) => {
    const href = link.getAttribute("href") ?? "";
    const circle = /** @type {SVGCircleElement} */ (link.querySelector("circle"));
    const numbers = (/** @type {string} */ name) => (link.getAttribute(name) ?? "").split(" ").filter(Boolean);
    const [x, y] = [Number(circle.getAttribute("cx")), Number(circle.getAttribute("cy"))];
    const title = (link.querySelector("title")?.textContent ?? "").toLowerCase();
    return { link, href, x, y, title, to: numbers("data-to").map(Number), folders: numbers("data-folders"), tags: numbers("data-tags"), linked: new Set([0]), isOut: false };
  });
  nodes.forEach((node) => node.linked.clear());
  nodes.forEach((node, at) => node.to.forEach((to) => {
    node.linked.add(to);
    nodes[to]?.linked.add(at);
  }));
  const { width, height } = svg.viewBox.baseVal;

  // What is seen: the middle, and how many pixels a unit has.
  let middle = { x: width / 2, y: height / 2 };
  let scale = 1;
  let chosen = -1;

  const size = () => svg.getBoundingClientRect();
  const least = () => Math.min(size().width / width, size().height / height);

  function draw() {
    const { width: wide, height: high } = size();
    svg.setAttribute("viewBox", `${middle.x - wide / 2 / scale} ${middle.y - high / 2 / scale} ${wide / scale} ${high / scale}`);
    // Dots grow with the picture, but more slowly; letters and lines do not.
    svg.style.setProperty("--k", String(scale));
    let level = SCALES.findLastIndex((step) => step <= scale * 1.02);
    svg.dataset.level = String(Math.max(level, 0));
  }

  /** @param {number} next @param {{ x: number, y: number }} [at] a place that stays where it is */
  function zoom(next, at = middle) {
    const before = scale;
    scale = Math.min(CLOSEST, Math.max(least(), next));
    middle = { x: at.x + (middle.x - at.x) * before / scale, y: at.y + (middle.y - at.y) * before / scale };
    inside();
  }

  /** Some of the picture is always seen. */
  function inside() {
    middle.x = Math.min(width, Math.max(0, middle.x));
    middle.y = Math.min(height, Math.max(0, middle.y));
    draw();
  }

  function fit() {
    const left = nodes.filter((node) => !node.isOut);
    const box = { left: 0, right: width, top: 0, bottom: height };
    if (left.length > 0 && left.length < nodes.length) {
      box.left = Math.min(...left.map((node) => node.x)) - 60;
      box.right = Math.max(...left.map((node) => node.x)) + 60;
      box.top = Math.min(...left.map((node) => node.y)) - 40;
      box.bottom = Math.max(...left.map((node) => node.y)) + 40;
    }
    middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    scale = Math.min(3, size().width / (box.right - box.left), size().height / (box.bottom - box.top));
    draw();
  }

  /** @param {{ clientX: number, clientY: number }} event */
  function place(event) {
    const { left, top, width: wide, height: high } = size();
    return { x: middle.x + (event.clientX - left - wide / 2) / scale, y: middle.y + (event.clientY - top - high / 2) / scale };
  }

  /** @param {number} at */
  function light(at) {
    const node = nodes[at];
    svg.classList.toggle("lit", node !== undefined && node.linked.size > 0);
    for (const [other, { link }] of nodes.entries()) link.classList.toggle("near", node !== undefined && (other === at || node.linked.has(other)));
    near?.setAttribute("d", node ? [...node.linked].map((to) => line(node, nodes[to])).join("") : "");
  }

  /** @param {typeof nodes[number]} from @param {typeof nodes[number] | undefined} to */
  function line(from, to) {
    return to && !from.isOut && !to.isOut ? `M${from.x} ${from.y}L${to.x} ${to.y}` : "";
  }

  // Only one note is in the order of the Tab key; arrows go from it to the others.
  /** @param {number} at @param {boolean} focus */
  function choose(at, focus) {
    nodes[chosen]?.link.setAttribute("tabindex", "-1");
    chosen = at;
    const node = nodes[at];
    if (!node) return;
    node.link.setAttribute("tabindex", "0");
    if (!focus) return;
    node.link.focus({ preventScroll: true });
    const { width: wide, height: high } = size();
    if (Math.abs(node.x - middle.x) * scale > wide / 2 - 40 || Math.abs(node.y - middle.y) * scale > high / 2 - 40) {
      middle = { x: node.x, y: node.y };
      inside();
    }
  }

  /** The nearest note in a direction. @param {number} dx @param {number} dy */
  function step(dx, dy) {
    const from = nodes[chosen];
    let best = -1, least = Infinity;
    if (from) nodes.forEach((node, at) => {
      const along = (node.x - from.x) * dx + (node.y - from.y) * dy;
      const aside = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
      const far = along + 2 * aside;
      if (at !== chosen && !node.isOut && along > 0.5 && far < least) [best, least] = [at, far];
    });
    if (best >= 0) choose(best, true);
  }

  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1),
      "+": () => zoom(scale * 1.4, nodes[chosen] ?? middle), "=": () => zoom(scale * 1.4, nodes[chosen] ?? middle),
      "-": () => zoom(scale / 1.4, nodes[chosen] ?? middle), "0": fit, Escape: fit,
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  /** @param {EventTarget | null} target */
  const indexOf = (target) => {
    const link = target instanceof Element ? target.closest("a") : null;
    return nodes.findIndex((node) => node.link === link);
  };
  svg.addEventListener("focusin", (event) => {
    const at = indexOf(event.target);
    if (at >= 0 && nodes[at]?.link.matches(":focus-visible")) {
      if (at !== chosen) choose(at, false);
      light(at);
    }
  });
  svg.addEventListener("focusout", () => light(-1));
  svg.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse" && fingers.size === 0) light(indexOf(event.target));
  });
  svg.addEventListener("pointerleave", () => light(-1));

  /** Fingers or the mouse's button, and where they are. @type {Map<number, { clientX: number, clientY: number }>} */
  const fingers = new Map();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (fingers.size === 0) moved = 0;
    fingers.set(event.pointerId, event);
  });
  addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const others = [...fingers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    const other = others[0];
    if (other) {
      const gap = (/** @type {{ clientX: number, clientY: number }} */ one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      zoom(scale * gap(event) / Math.max(gap(before), 1), place(other));
    }
    const share = other ? 0.5 : 1;
    middle.x -= (event.clientX - before.clientX) / scale * share;
    middle.y -= (event.clientY - before.clientY) / scale * share;
    moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
    fingers.set(event.pointerId, event);
    inside();
  });
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => {
    if (event instanceof PointerEvent) fingers.delete(event.pointerId);
  });
  // Who has moved the picture did not mean the note below the finger.
  svg.addEventListener("click", (event) => {
    if (moved > 6) event.preventDefault();
  }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("wheel", (event) => {
    // Where there is nothing more to zoom out of, the page scrolls on.
    if (event.deltaY > 0 && scale <= least() * 1.001 && !event.ctrlKey) return;
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0018)), place(event));
  }, { passive: false });

  /** @param {string} name */
  const field = (name) => {
    const found = tools.elements.namedItem(name);
    return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found.value.trim().toLowerCase() : "";
  };
  const rows = document.querySelectorAll("[data-node]");
  const said = tools.querySelector("output");

  function filter() {
    const [find, folder, tag] = [field("find"), field("folder"), field("tag")];
    for (const node of nodes) {
      node.isOut = (find !== "" && !node.title.includes(find)) || (folder !== "" && !node.folders.includes(folder)) || (tag !== "" && !node.tags.includes(tag));
      node.link.classList.toggle("out", node.isOut);
    }
    for (const row of rows) if (row instanceof HTMLElement) row.hidden = nodes[Number(row.dataset.node)]?.isOut ?? false;
    edges?.setAttribute("d", nodes.map((node, at) => [...node.linked].filter((to) => to > at).map((to) => line(node, nodes[to])).join("")).join(""));
    light(-1);
    const left = nodes.filter((node) => !node.isOut).length;
    if (said) said.textContent = left === nodes.length ? "" : window.biji.count(words, left);
    if (nodes[chosen]?.isOut) choose(nodes.findIndex((node) => !node.isOut), false);
    fit();
  }

  tools.addEventListener("input", filter);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("click", (event) => {
    const name = event.target instanceof HTMLButtonElement ? event.target.name : "";
    if (name === "in") zoom(scale * 1.5);
    if (name === "out") zoom(scale / 1.5);
    if (name === "fit") fit();
  });

  /** The note that the address names behind `#`, as the graph of a note links here. */
  function follow() {
    const root = new URL("../", location.href);
    const wanted = location.hash.length > 1 ? new URL(location.hash.slice(1), root).href : "";
    const at = nodes.findIndex((node) => new URL(node.href, location.href).href === wanted);
    nodes.forEach((node, other) => {
      node.link.classList.toggle("current", other === at);
      if (other === at) node.link.setAttribute("aria-current", "true");
      else node.link.removeAttribute("aria-current");
    });
    const node = nodes[at];
    if (!node) return;
    choose(at, false);
    middle = { x: node.x, y: node.y };
    zoom(Math.max(scale, 1.6), node);
  }

  svg.classList.add("live");
  nodes.forEach((node) => node.link.setAttribute("tabindex", "-1"));
  choose(nodes.reduce((best, node, at) => (node.linked.size > (nodes[best]?.linked.size ?? -1) ? at : best), -1), false);
  fit();
  // On a phone all of it is too small to be read: first the best linked note and what lies around it.
  const first = nodes[chosen];
  if (first && scale < 0.6 && size().width < 480) {
    const half = { x: size().width / 1.2, y: size().height / 1.2 };
    // Not further to a side than the picture goes.
    const between = (/** @type {number} */ at, /** @type {number} */ gap, /** @type {number} */ whole) => gap * 2 > whole ? whole / 2 : Math.min(whole - gap, Math.max(gap, at));
    middle = { x: between(first.x, half.x, width), y: between(first.y, half.y, height) };
    zoom(0.6);
  }
  new ResizeObserver(draw).observe(svg);
  addEventListener("hashchange", follow);
  // What the browser kept of the fields when the page was left.
  if (field("find") || field("folder") || field("tag")) filter();
  follow();
})();
