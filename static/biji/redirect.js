// A page that moved: goes to its new address with the fragment that the reader asked for, which a refresh would lose.
(function () {
  var here = document.currentScript;
  var target = here && here.getAttribute("data-target");
  if (target && location.hash) location.replace(target.split("#")[0] + location.hash);
})();
