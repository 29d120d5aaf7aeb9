// Adds a button to every element with `data-copy`, which copies its text. The words of the button are attributes, too.
"use strict";
if (navigator.clipboard) {
  for (const place of document.querySelectorAll("[data-copy]")) {
    const text = place.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second small copy";
    button.textContent = place.dataset.copy;
    button.setAttribute("aria-label", `${place.dataset.copy}: ${place.dataset.of}`);
    const said = document.createElement("span");
    said.className = "unseen";
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = said.textContent = place.dataset.copied;
    });
    if (place.tagName === "PRE") place.prepend(button, said);
    else place.after(button, said);
  }
}
