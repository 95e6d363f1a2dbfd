// The table of contents follows the reader: the heading whose section is at the top of the window is the current one. Classic script: it also runs from a disk.
"use strict";

(() => {
  const toc = document.querySelector("nav.toc");
  if (!(toc instanceof HTMLElement)) return;
  const details = toc.querySelector("details");
  const summary = toc.querySelector("summary");
  if (!details || !summary) return;
  // Windows without a right column have it above the text, folded, and in sight: it says where the reader is.
  const here = document.createElement("span");
  summary.append(here);
  // With a right column it is always open: the style sheet shows it so, and this says it.
  const wide = matchMedia("(min-width: 75rem)");
  const fit = () => {
    details.open = wide.matches;
    summary.tabIndex = wide.matches ? -1 : 0;
  };
  wide.addEventListener("change", fit);
  fit();

  /** @type {{ heading: HTMLElement, link: HTMLAnchorElement }[]} */
  const entries = [];
  for (const link of toc.querySelectorAll("a")) {
    let id = link.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* Then it is as it stands. */ }
    const heading = document.getElementById(id);
    if (heading) entries.push({ heading, link });
  }

  /** @type {HTMLAnchorElement | undefined} */
  let current;
  let isAsked = false;

  function follow() {
    isAsked = false;
    const line = Math.max(innerHeight * 0.22, 120);
    const isAtEnd = scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 4;
    let now = entries[0]?.link;
    for (const { heading, link } of entries) {
      // What lies in a closed part has no place.
      if (heading.getClientRects().length === 0) continue;
      const top = heading.getBoundingClientRect().top;
      if (top > (isAtEnd ? innerHeight : line)) break;
      // At the end of the page what is asked for counts, when it is in sight.
      now = link;
      if (isAtEnd && top >= 0 && link.hash === location.hash) break;
    }
    if (now === current) return;
    current?.removeAttribute("aria-current");
    current = now;
    current?.setAttribute("aria-current", "true");
    here.textContent = scrollY > 200 ? current?.textContent ?? "" : "";
    reveal();
  }

  /** The list scrolls so that its current entry is seen; the page does not. */
  function reveal() {
    if (!current || !toc) return;
    const [place, frame] = [current.getBoundingClientRect(), toc.getBoundingClientRect()];
    if (place.top < frame.top + 40) toc.scrollTop -= frame.top + 40 - place.top;
    else if (place.bottom > frame.bottom - 40) toc.scrollTop += place.bottom - frame.bottom + 40;
  }

  function ask() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(follow);
  }

  details.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    if (wide.matches) {
      if (event.target.closest("summary")) event.preventDefault();
    } else if (event.target.closest("a")) {
      // It does not cover what it leads to.
      details.open = false;
    }
  });
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask);
  addEventListener("hashchange", ask);
  ask();
})();
