"use strict";
(() => {
  const every = (selector) => [...document.querySelectorAll(selector)];
  const form = document.getElementById("filters");
  if (form) {
    const entries = every(":is(#cards, #items) .entry"), cards = every(":is(#cards, #items) .card"), shown = document.getElementById("shown");
    const apply = () => {
      const wanted = [...form.querySelectorAll("select")].map((s) => s.value).filter(Boolean);
      let count = 0;
      for (const entry of entries) {
        const facets = entry.dataset.facets.split(" ");
        entry.hidden = !wanted.every((w) => facets.includes(w));
        count += entry.hidden ? 0 : 1;
      }
      for (const card of cards) card.hidden = !card.querySelector(".entry:not([hidden])");
      shown.textContent = `${count} of ${entries.length} ${shown.dataset.what || "answers"} shown`;
    };
    form.addEventListener("change", apply);
    form.addEventListener("reset", () => setTimeout(apply));
    form.hidden = false;
    apply();
  }

  // a large image: arrows go on to the next, Escape goes back
  const zooms = every(".zoom");
  const seen = () => zooms.filter((z) => z.open || z.checkVisibility());
  addEventListener("keydown", (event) => {
    const open = zooms.find((z) => z.open);
    if (!open) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      open.open = false;
    } else if (step) {
      const all = seen(), next = all[(all.indexOf(open) + step + all.length) % all.length];
      open.open = false;
      next.open = true;
      next.firstElementChild.focus();
    } else return;
    event.preventDefault();
  });

  // a link into a fold opens it, whatever the browser does itself
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  for (const command of every(".command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${command.textContent}`);
    button.addEventListener("click", () => {
      getSelection().selectAllChildren(command);
      document.execCommand("copy");
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    command.after(button);
  }

  const opened = new Set();
  addEventListener("beforeprint", () => {
    for (const fold of every("details.print:not([open])")) { fold.open = true; opened.add(fold); }
  });
  addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    opened.clear();
  });
})();
