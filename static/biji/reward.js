// Opens the ways to say thanks as a dialog. The page holds them as a `details` element, which is what readers without scripts have.
(function () {
  document.querySelectorAll("details.reward").forEach(function (details) {
    const summary = details.querySelector("summary");
    const ways = details.querySelector(".reward-ways");
    if (!(details instanceof HTMLDetailsElement) || !summary || !ways || typeof HTMLDialogElement !== "function") return;

    const dialog = document.createElement("dialog");
    dialog.className = "reward-dialog";
    const title = document.createElement("h2");
    title.textContent = summary.textContent;
    title.id = "biji-reward";
    dialog.setAttribute("aria-labelledby", title.id);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "reward-close";
    close.textContent = "×";
    close.setAttribute("aria-label", details.dataset.close || "×");
    dialog.append(close, title, ways);

    const open = document.createElement("button");
    open.type = "button";
    open.className = "reward-open";
    open.setAttribute("aria-haspopup", "dialog");
    open.textContent = summary.textContent;
    const place = document.createElement("p");
    place.className = "reward";
    place.append(open, dialog);
    details.replaceWith(place);

    open.addEventListener("click", function () { dialog.showModal(); });
    close.addEventListener("click", function () { dialog.close(); });
    // A click beside what is shown: the backdrop belongs to the dialog's own box.
    dialog.addEventListener("click", function (event) {
      if (event.target !== dialog) return;
      const box = dialog.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) dialog.close();
    });
  });
})();
