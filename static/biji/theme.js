// Light or dark as the reader chose on an earlier page: set before the first paint, so that no page flashes. Nothing but a script can ask for that choice, so
// this one stands in front of the paint, and does nothing else; the button is the business of switch.js. Classic script: it also runs from a disk.
"use strict";

try {
  const choice = localStorage.getItem("biji-theme");
  if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
} catch { /* Without storage, as the system. */ }
