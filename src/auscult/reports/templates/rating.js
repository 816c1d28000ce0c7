"use strict";
(() => {
  const { sheet, rater } = document.body.dataset;
  const store = `auscult-rating-${sheet}`;
  const urls = JSON.parse(document.getElementById("urls").textContent);
  const rows = [...document.querySelectorAll(".row")];
  const fields = document.body.dataset.fields.split(" ");
  const pairs = document.body.dataset.form === "pairs";
  const at = (id) => document.getElementById(id);
  let now = 0;
  let ratings = {};

  const trouble = (text) => {
    at("trouble").textContent = text;
    at("trouble").hidden = false;
  };
  try {
    ratings = JSON.parse(localStorage.getItem(store) || "{}");
  } catch {
    trouble("This browser keeps nothing for local pages. Save as CSV before you close it.");
  }
  const keep = () => {
    try {
      localStorage.setItem(store, JSON.stringify(ratings));
    } catch {
      trouble("This browser could not keep the last rating. Save as CSV before you close it.");
    }
  };

  const of = (row) => ratings[row.dataset.row] || {};
  const faulty = (rating) => ["partly", "wrong"].includes(rating.verdict);
  const judged = (rating) =>
    Boolean(rating.verdict && (!faulty(rating) || (rating.problems && (rating.harm || pairs))));
  const rated = (row) =>
    judged(of(row)) && Boolean(pairs || of(row).reference_is || !row.querySelector(".reference"));

  const show = () => {
    rows.forEach((row, n) => { row.hidden = n !== now; });
    for (const image of rows[now].querySelectorAll("img:not([src])")) image.src = urls[image.dataset.image];
    fill(rows[now]);
    scrollTo(0, 0);
  };
  const fill = (row) => {
    const rating = of(row);
    for (const input of row.querySelectorAll("[data-field]")) {
      const value = rating[input.dataset.field] || "";
      if (input.type === "textarea") input.value = value;
      else input.checked = value.split(";").includes(input.value);
    }
    row.querySelector(".wrong").hidden = !faulty(rating);
    const reference = row.querySelector(".reference");
    if (reference) reference.hidden = !rating.seen;
    const answer = row.querySelector(".stage");
    if (answer) answer.hidden = !rating.asked;
    const open = row.querySelector(".show");
    if (open) open.hidden = Boolean(rating.asked);
    for (const own of row.querySelectorAll(".own")) own.disabled = Boolean(rating.seen);
    const done = rows.filter(rated).length;
    at("where").textContent = `${pairs ? "Pair" : "Answer"} ${now + 1} of ${rows.length} · ${done} rated`;
    at("progress").value = done;
    at("back").disabled = now === 0;
    at("forth").disabled = now === rows.length - 1;
    at("open").disabled = done === rows.length;
  };
  const rate = (input) => {
    const name = rows[now].dataset.row;
    const rating = { ...ratings[name] };
    const { field } = input.dataset;
    if (input.type === "checkbox") {
      const chosen = new Set((rating[field] || "").split(";").filter(Boolean));
      if (!chosen.delete(input.value)) chosen.add(input.value);
      rating[field] = [...chosen].join(";");
    } else rating[field] = input.value;
    if (field === "verdict" && !faulty(rating)) { delete rating.problems; delete rating.harm; }
    // the reference is shown once the answer is judged, and the judgement then stays
    if ((pairs ? rating.at_first : judged(rating)) && rows[now].querySelector(".reference")) rating.seen = true;
    ratings[name] = rating;
    keep();
    fill(rows[now]);
  };
  // of a pair the answer is shown after the question, and what is known of the image after the first judgement
  const showAnswer = () => {
    const row = rows[now];
    const rating = { ...of(row), asked: true };
    if (!row.querySelector("[data-field=at_first]")) rating.seen = true;
    ratings[row.dataset.row] = rating;
    keep();
    fill(row);
  };
  const move = (by) => {
    now = Math.min(rows.length - 1, Math.max(0, now + by));
    show();
  };
  const nextOpen = () => {
    const order = [...rows.keys()].map((n) => (now + 1 + n) % rows.length);
    const found = order.find((n) => !rated(rows[n]));
    if (found !== undefined) { now = found; show(); }
  };

  const cell = (text) => {
    const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
    return `"${safe.replaceAll('"', '""')}"`;
  };
  const table = () => {
    const lines = [["rater", "row", ...fields]];
    for (const row of rows) lines.push([rater, row.dataset.row, ...fields.map((f) => of(row)[f] || "")]);
    return `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
  };
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([table()], { type: "text/csv" }));
    link.download = `filled-${rater}.csv`;
    link.click();
  };

  for (const row of rows) {
    row.addEventListener("input", (event) => {
      if (event.target.dataset.field) rate(event.target);
    });
    row.querySelector(".show")?.addEventListener("click", showAnswer);
    row.querySelector(".clear").addEventListener("click", () => {
      delete ratings[row.dataset.row];
      keep();
      fill(row);
    });
    for (const image of row.querySelectorAll("img")) {
      const grow = () => image.classList.toggle("large");
      image.addEventListener("click", grow);
      image.addEventListener("keydown", (event) => { if (event.key === "Enter") { grow(); event.stopPropagation(); } });
    }
  }
  at("back").addEventListener("click", () => move(-1));
  at("forth").addEventListener("click", () => move(1));
  at("open").addEventListener("click", nextOpen);
  at("export").addEventListener("click", save);

  const shown = (input) => !input.closest("[hidden]") && !input.matches(":disabled");
  addEventListener("keydown", (event) => {
    if (event.target.matches("textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("button, summary")) return;
    const digit = /^(?:Digit|Numpad)([1-4])$/.exec(event.code);
    const key = digit ? digit[1] : event.key.toLowerCase();
    const input = [...rows[now].querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
    if (key === "a" && pairs) { if (!of(rows[now]).asked) showAnswer(); }
    else if (input) rate(input);
    else if (key === "arrowleft") move(-1);
    else if (key === "arrowright") move(1);
    else if (key === "enter") nextOpen();
    else if (key === "c") rows[now].querySelector("textarea").focus();
    else return;
    event.preventDefault();
  });
  const first = rows.findIndex((row) => !rated(row));
  now = first < 0 ? 0 : first;
  show();
})();
