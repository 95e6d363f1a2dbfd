// The script that `biji serve` puts into every page: listens for changes, loads the page again once, or only its style sheets, and shows the faults of a
// change that cannot be shown. It is in no built site.
(() => {
  "use strict";
  const script = document.currentScript;
  const version = script.dataset.version;
  let styles = Number(script.dataset.styles);
  const SCROLL = "biji-live-scroll";
  const here = () => location.pathname + location.search;

  // Browsers keep the place by themselves, but not where what stands above it comes late.
  const restore = () => {
    let saved;
    try {
      saved = JSON.parse(sessionStorage.getItem(SCROLL));
      sessionStorage.removeItem(SCROLL);
    } catch {
      return;
    }
    if (saved && saved.page === here()) window.scrollTo(saved.x, saved.y);
  };
  if (document.readyState === "complete") restore();
  else window.addEventListener("load", restore, { once: true });

  let isReloading = false;
  const reload = () => {
    if (isReloading) return;
    isReloading = true;
    close();
    try {
      sessionStorage.setItem(SCROLL, JSON.stringify({ page: here(), x: window.scrollX, y: window.scrollY }));
    } catch {
      // Without storage the browser's own memory must do.
    }
    location.reload();
  };

  // A new sheet takes the old one's place only when it is there, so that nothing flashes.
  const restyle = (number) => {
    for (const old of document.querySelectorAll("link[rel~=stylesheet]")) {
      const address = new URL(old.href);
      if (address.origin !== location.origin) continue;
      address.searchParams.set("live", number);
      const sheet = old.cloneNode();
      sheet.href = address.href;
      sheet.addEventListener("load", () => old.remove(), { once: true });
      sheet.addEventListener("error", () => sheet.remove(), { once: true });
      old.after(sheet);
    }
  };

  const element = (name, className, ...content) => {
    const made = document.createElement(name);
    made.className = className;
    made.append(...content);
    return made;
  };

  const one = (fault) => {
    const head = element("p", "message", element("strong", fault.severity, fault.code ? `${fault.severity}[${fault.code}]` : fault.severity), `: ${fault.message}`);
    const item = element("section", "fault", head);
    if (fault.file) item.append(element("p", "place", fault.line ? `${fault.file}:${fault.line}:${fault.column}` : fault.file));
    if (fault.line) {
      const line = element("code", "", element("span", "number", `${fault.line} │ `), fault.before, element("mark", "", fault.marked || " "), fault.after);
      item.append(element("pre", "excerpt", line));
    }
    if (fault.hint) item.append(element("p", "hint", `help: ${fault.hint}`));
    return item;
  };

  let overlay = null;
  let shown = "[]";
  const tell = (faults) => {
    const now = JSON.stringify(faults);
    if (now === shown) return;
    shown = now;
    overlay?.remove();
    overlay = null;
    if (faults.length === 0) return;
    overlay = document.createElement("biji-faults");
    const root = overlay.attachShadow({ mode: "open" });
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = "/.biji/live.css";
    const hide = element("button", "hide", "×");
    hide.type = "button";
    hide.setAttribute("aria-label", "Hide");
    hide.addEventListener("click", () => overlay?.remove());
    const title = element("h2", "", faults.some((fault) => fault.keeps) ? "This change cannot be shown yet" : "The site cannot be published like this");
    const panel = element("div", "panel", element("header", "", title, hide), ...faults.map(one));
    panel.setAttribute("role", "alert");
    root.append(sheet, panel);
    document.body.append(overlay);
  };

  let source = null;
  const close = () => {
    source?.close();
    source = null;
  };
  // A page that nobody sees holds no connection: browsers open only six to one server.
  const listen = () => {
    if (source || document.visibilityState === "hidden" || isReloading) return;
    source = new EventSource("/.biji/events");
    source.addEventListener("state", (event) => {
      const state = JSON.parse(event.data);
      if (state.version !== version) {
        reload();
        return;
      }
      if (state.styles !== styles) {
        styles = state.styles;
        restyle(styles);
      }
      tell(state.faults);
    });
  };
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? close() : listen()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", listen);
  listen();
})();
