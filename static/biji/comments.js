// Brings the comments, which another host keeps: nothing is asked of it before the reader clicks. What the script is told stands in the page as data.
(function () {
  const root = (document.currentScript && document.currentScript.dataset.root) || "";

  /** @returns {string} `light` or `dark`, as the page looks now. */
  function theme() {
    const chosen = document.documentElement.dataset.theme;
    if (chosen === "dark" || chosen === "light") return chosen;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }

  /** @param {string} address An address, or a path from the site's root. */
  function resolve(address) {
    return /^https?:/.test(address) ? address : root + address;
  }

  /**
   * @param {Element} element
   * @param {string | undefined} json Attributes and their values.
   */
  function give(element, json) {
    for (const [name, value] of Object.entries(JSON.parse(json || "{}"))) {
      element.setAttribute(name, String(value).replace("{theme}", theme()));
    }
  }

  /**
   * Waline does not start by itself.
   * @param {HTMLElement} container
   * @param {HTMLScriptElement} script
   */
  function startWaline(container, script) {
    const told = script.dataset;
    if (!window.Waline) return;
    window.Waline.init({ el: container, serverURL: told.server || "", path: told.path || "", lang: told.lang || "", dark: theme() === "dark" });
  }

  document.querySelectorAll(".comments[data-script]").forEach(function (section) {
    const button = section.querySelector(".comments-open");
    if (!(section instanceof HTMLElement) || !(button instanceof HTMLButtonElement)) return;
    const told = section.dataset;
    button.addEventListener("click", function () {
      button.disabled = true;
      const container = document.createElement("div");
      // Giscus looks for a place of its name.
      container.className = "comments-thread" + (told.comments === "giscus" ? " giscus" : "");
      give(container, told.container);
      if (told.style) {
        const sheet = document.createElement("link");
        sheet.rel = "stylesheet";
        sheet.href = resolve(told.style);
        document.head.append(sheet);
      }
      const script = document.createElement("script");
      give(script, told.attributes);
      script.async = true;
      script.src = resolve(told.script || "");
      script.addEventListener("load", function () {
        section.querySelectorAll(".comments-notice, .comments-open, .comments-failed").forEach(function (old) { old.remove(); });
        if (told.comments === "waline") startWaline(container, script);
      });
      script.addEventListener("error", function () {
        container.remove();
        button.disabled = false;
        if (section.querySelector(".comments-failed")) return;
        const failed = document.createElement("p");
        failed.className = "comments-failed";
        failed.setAttribute("role", "alert");
        failed.textContent = told.failed || "";
        section.append(failed);
      });
      container.append(script);
      section.append(container);
    });
  });
})();
