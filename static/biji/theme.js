// Light or dark, decided before the first paint so that no page flashes. The system's setting counts until a reader chooses; choosing what the
// system says forgets the choice again. Classic script: it also runs from a disk.
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function system() { return dark.matches ? "dark" : "light"; }
  function stored() {
    try { return localStorage.getItem("biji-theme"); } catch (error) { return null; }
  }
  function show() {
    var choice = stored();
    if (choice === "dark" || choice === "light") root.setAttribute("data-theme", choice);
    else root.removeAttribute("data-theme");
  }
  root.classList.add("js");
  show();
  window.addEventListener("storage", show);
  document.addEventListener("click", function (event) {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-toggle]")) return;
    var next = (root.getAttribute("data-theme") || system()) === "dark" ? "light" : "dark";
    try {
      if (next === system()) localStorage.removeItem("biji-theme");
      else localStorage.setItem("biji-theme", next);
    } catch (error) { /* Without storage the choice lasts as long as the page. */ }
    root.setAttribute("data-theme", next);
  });
})();
