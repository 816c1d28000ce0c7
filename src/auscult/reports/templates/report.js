"use strict";
(() => {
  const form = document.getElementById("filters");
  if (form) {
    const entries = [...document.querySelectorAll(".entry")];
    const cards = [...document.querySelectorAll(".card")];
    const shown = document.getElementById("shown");
    const apply = () => {
      const wanted = [...form.querySelectorAll("select")].map((s) => s.value).filter(Boolean);
      let count = 0;
      for (const entry of entries) {
        const facets = entry.dataset.facets.split(" ");
        entry.hidden = !wanted.every((w) => facets.includes(w));
        count += entry.hidden ? 0 : 1;
      }
      for (const card of cards) card.hidden = !card.querySelector(".entry:not([hidden])");
      shown.textContent = `${count} of ${entries.length} answers shown`;
    };
    form.addEventListener("change", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.hidden = false;
    apply();
  }
  const opened = new Set();
  addEventListener("beforeprint", () => {
    for (const box of document.querySelectorAll("details.print:not([open])")) {
      box.open = true;
      opened.add(box);
    }
  });
  addEventListener("afterprint", () => {
    for (const box of opened) box.open = false;
    opened.clear();
  });
})();
