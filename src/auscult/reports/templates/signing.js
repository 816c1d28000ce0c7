"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const { set, sheet } = document.body.dataset;
  const store = `auscult-sign-off-${sheet}`;
  const texts = JSON.parse(at("texts").textContent);
  const entries = [...document.querySelectorAll(".entry")];
  const { mending, refusing } = { mending: at("mending"), refusing: at("refusing") };
  const fields = ["question", "reference", "premise"];
  const past = { accept: "Accepted", mend: "Mended", refuse: "Refused" };
  // decided: item → decision; done: what was decided in turn, each with what stood there before
  let state = { who: "", decided: {}, done: [] };
  let now = 0;

  const trouble = (text) => {
    at("trouble").textContent = text;
    at("trouble").hidden = !text;
  };
  try {
    state = { ...state, ...JSON.parse(localStorage.getItem(store) || "{}") };
  } catch {
    trouble("This browser keeps nothing for local pages. Save the file before you close it.");
  }
  const keep = () => {
    try {
      localStorage.setItem(store, JSON.stringify(state));
    } catch {
      trouble("This browser could not keep the last decision. Save the file before you close it.");
    }
  };

  const name = (n) => entries[n].dataset.item;
  const decision = (n) => state.decided[name(n)];
  const working = () => [mending, refusing].find((form) => !form.hidden);

  const tell = (n) => {
    const line = entries[n].querySelector(".decision"), one = decision(n);
    line.hidden = !one;
    line.className = `decision ${one ? one.decision : ""}`;
    line.textContent = one ? [past[one.decision], one.reason].filter(Boolean).join(": ") : "";
    for (const field of fields) {
      const place = entries[n].querySelector(`.${field === "reference" ? "answer" : field}-text`);
      if (!place) continue;
      const old = place.querySelector(".mended");
      if (old) old.remove();
      if (one && one[field] !== undefined) {
        const mended = document.createElement("p");
        mended.className = "decision mend mended";
        mended.textContent = one[field];
        place.append(mended);
      }
    }
  };
  const show = (n) => {
    now = n;
    entries.forEach((entry, k) => entry.classList.toggle("now", k === n));
    for (const card of document.querySelectorAll(".card")) card.classList.toggle("now", card.contains(entries[n]));
    leave();
    tell(n);
    const all = Object.values(state.decided), count = (what) => all.filter((d) => d.decision === what).length;
    const left = entries.length - all.length;
    at("where").textContent = `Item ${n + 1} of ${entries.length} · ${left ? `${left} left` : "none left: save the file"} · ` +
      `${count("accept")} accepted, ${count("mend")} mended, ${count("refuse")} refused`;
    at("progress").value = all.length;
    at("undo").disabled = !state.done.length;
    at("back").disabled = n === 0;
    at("forth").disabled = n === entries.length - 1;
    at("open").disabled = !left;
    scrollTo(0, 0);
  };
  const open = () => [...entries.keys()].map((k) => (now + 1 + k) % entries.length).find((k) => !decision(k));
  const next = () => show(open() ?? now);
  const decide = (given) => {
    trouble("");
    state.done.push([name(now), decision(now) ?? null]);
    state.decided[name(now)] = { ...given, when: new Date().toISOString() };
    keep();
    next();
  };
  const undo = () => {
    const last = state.done.pop();
    if (!last) return;
    const [item, before] = last;
    if (before) state.decided[item] = before;
    else delete state.decided[item];
    keep();
    show(entries.findIndex((entry) => entry.dataset.item === item));
  };
  const leave = () => {
    mending.hidden = refusing.hidden = true;
    if (document.activeElement) document.activeElement.blur();
  };

  // a text is given back only where it was changed; marks that the page made visible go
  const shownFields = () => {
    const { choices, premise } = texts[name(now)];
    return { question: mending.question, reference: choices.length ? mending.choice : mending.reference,
      ...(premise ? { premise: mending.premise } : {}) };
  };
  const mend = () => {
    const own = texts[name(now)], one = decision(now) ?? {};
    mending.choice.replaceChildren(...own.choices.map((text) => new Option(text, text)));
    mending.choice.hidden = !own.choices.length;
    mending.reference.hidden = Boolean(own.choices.length);
    mending.premise.parentElement.hidden = !own.premise;
    for (const [field, input] of Object.entries(shownFields())) input.value = one[field] ?? own[field];
    refusing.hidden = true;
    mending.hidden = false;
    mending.question.focus();
  };
  const mended = () => {
    const changed = {};
    for (const [field, input] of Object.entries(shownFields())) {
      const text = input.value.replace(/⟨U\+[0-9A-F]{4,6}⟩/g, "").trim();
      if (!text) return trouble("Question, answer and premise cannot be empty: refuse the item, or write them.");
      if (input.value !== texts[name(now)][field]) changed[field] = text;
    }
    if (!Object.keys(changed).length) return trouble("Nothing was changed: accept the item, or change its words.");
    return decide({ decision: "mend", ...changed });
  };
  const refuse = () => {
    mending.hidden = true;
    refusing.hidden = false;
    refusing.reset();
    refusing.querySelector("input").focus();
  };
  const refused = () => {
    const chosen = refusing.querySelector("input:checked"), words = refusing.words.value.trim();
    if (!chosen && !words) return trouble("Choose a reason, or write one.");
    const other = chosen && chosen === [...refusing.querySelectorAll("[type=radio]")].at(-1);
    if (other && !words) {
      refusing.words.focus();
      return trouble("Write the reason.");
    }
    return decide({ decision: "refuse", reason: [other ? "" : chosen?.value, words].filter(Boolean).join(": ") });
  };

  const save = () => {
    const who = at("who").value.trim();
    if (!who) {
      trouble("Give your name or initials: they stand beside what you decided.");
      at("who").focus();
      return;
    }
    trouble("");
    const decisions = entries.map((_, n) => n).filter(decision).map((n) => ({ item: name(n), ...decision(n) }));
    const file = { schema: "auscult.sign-off/1", set, reviewer: who, saved: new Date().toISOString(), shown: entries.length, decisions };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 1)}\n`], { type: "application/json" }));
    link.download = `signed-${who.replace(/[^\p{L}\p{N}]+/gu, "-")}.json`;
    link.click();
  };

  mending.addEventListener("submit", (event) => { event.preventDefault(); mended(); });
  refusing.addEventListener("submit", (event) => { event.preventDefault(); refused(); });
  for (const button of document.querySelectorAll(".cancel")) button.addEventListener("click", leave);
  at("who").value = state.who;
  at("who").addEventListener("input", () => { state.who = at("who").value; keep(); });
  const acts = { accept: () => decide({ decision: "accept" }), mend, refuse, undo, back: () => show(Math.max(0, now - 1)),
    forth: () => show(Math.min(entries.length - 1, now + 1)), open: next, save };
  for (const [id, act] of Object.entries(acts)) at(id).addEventListener("click", act);

  const keys = { a: "accept", m: "mend", r: "refuse", u: "undo", arrowleft: "back", arrowright: "forth", enter: "open" };
  addEventListener("keydown", (event) => {
    const form = working();
    if (form) {
      if (event.key === "Escape") { leave(); event.preventDefault(); return; }
      if (form === mending && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { mended(); event.preventDefault(); }
      const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
      const radio = digit && form === refusing && event.target !== refusing.words && refusing.querySelectorAll("[type=radio]")[digit[1] - 1];
      if (radio) {
        radio.checked = true;
        (radio.value.startsWith("another") ? refusing.words : radio).focus();
        event.preventDefault();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".zoom[open]")) return;
    if (event.target.matches("input, textarea, select") || (event.key === "Enter" && event.target.matches("button, summary"))) return;
    const id = keys[event.key.toLowerCase()];
    if (!id || at(id).disabled) return;
    acts[id]();
    event.preventDefault();
  });
  document.body.classList.add("at-work");
  at("desk").hidden = false;
  const first = entries.findIndex((_, n) => !decision(n));
  entries.forEach((_, n) => tell(n));
  show(Math.max(0, first));
})();
