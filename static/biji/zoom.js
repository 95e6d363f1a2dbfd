// Pictures of a note in full size: each becomes a button that opens it in a dialog. Without this script it is just a picture. Loaded only where there are
// pictures; a classic script, so it also runs from a disk.
"use strict";

(() => {
  const { biji } = window;
  const { zoom_open = "", zoom_close = "", zoom_whole = "" } = biji.words ?? {};
  const words = { open: zoom_open, close: zoom_close, whole: zoom_whole };
  /** A picture that is shown smaller than this, in pixels, is a sign, not something to look into. */
  const SMALLEST = 64;

  /** @type {{ dialog: HTMLDialogElement, picture: HTMLImageElement, caption: HTMLElement, frame: HTMLElement } | undefined} */
  let parts;

  function make() {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = new URL("biji/zoom.css", biji.root).href;
    document.head.append(sheet);
    const dialog = document.createElement("dialog");
    dialog.className = "zoom-dialog";
    dialog.setAttribute("aria-label", words.open);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "zoom-close";
    close.textContent = "×";
    close.setAttribute("aria-label", words.close);
    const frame = document.createElement("button");
    frame.type = "button";
    frame.className = "zoom-frame";
    frame.setAttribute("aria-label", words.whole);
    const picture = document.createElement("img");
    const caption = document.createElement("p");
    caption.className = "zoom-caption";
    frame.append(picture);
    dialog.append(frame, caption, close);
    close.addEventListener("click", () => dialog.close());
    frame.addEventListener("click", () => dialog.classList.toggle("zoom-whole"));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    return { dialog, picture, caption, frame };
  }

  /** @param {HTMLImageElement} image @param {string} alt */
  function open(image, alt) {
    parts ??= make();
    const { dialog, picture, caption, frame } = parts;
    dialog.classList.remove("zoom-whole");
    picture.src = image.currentSrc || image.src;
    picture.alt = alt;
    picture.classList.toggle("invert", image.classList.contains("invert"));
    const { width, height } = image;
    const [wide, high] = [image.naturalWidth || width, image.naturalHeight || height];
    // A drawing is sharp at any size; a photo is not, so a small one is shown twice as large at most.
    const most = /\.svg([?#]|$)/i.test(picture.src) ? 20 : 2;
    const fit = Math.min(most, (innerWidth - 32) / wide, (innerHeight - 110) / high);
    const whole = Math.max(1, fit * 2);
    for (const [name, side] of [["--fit-width", wide * fit], ["--fit-height", high * fit], ["--width", wide * whole], ["--height", high * whole]]) {
      picture.style.setProperty(String(name), `${side}px`);
    }
    const said = image.closest("figure")?.querySelector("figcaption")?.textContent?.trim() || alt;
    caption.textContent = said;
    caption.hidden = !said;
    dialog.showModal();
    frame.focus();
  }

  for (const image of document.querySelectorAll(".body img")) {
    if (!(image instanceof HTMLImageElement) || image.closest("a, button, summary, label, .no-zoom")) continue;
    const [width, height] = [image.getAttribute("width"), image.getAttribute("height")].map(Number);
    if ((width && width < SMALLEST) || (height && height < SMALLEST && (width ?? 0) < 4 * SMALLEST)) continue;
    // The picture itself is the button: one around it would be laid out as another thing, and the text below would jump.
    image.classList.add("zoom");
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    // As a button it is no mere decoration.
    const { alt } = image;
    image.alt ||= words.open;
    image.setAttribute("aria-label", alt ? `${words.open}: ${alt}` : words.open);
    image.setAttribute("aria-haspopup", "dialog");
    image.addEventListener("click", () => open(image, alt));
    image.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open(image, alt);
    });
  }
})();
