"use strict";
(() => {
  const { sheet, rater } = document.body.dataset;
  const store = `auscult-rating-${sheet}`;
  const urls = JSON.parse(document.getElementById("urls").textContent);
  const rows = [...document.querySelectorAll(".row")];
  const fields = ["verdict", "category", "severity", "comment"];
  const wrong = ["hallucinated", "partly"];
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

  const rated = (row) => Boolean((ratings[row.dataset.row] || {}).verdict);
  const show = () => {
    rows.forEach((row, n) => { row.hidden = n !== now; });
    for (const image of rows[now].querySelectorAll("img:not([src])")) image.src = urls[image.dataset.image];
    fill(rows[now]);
    scrollTo(0, 0);
  };
  const fill = (row) => {
    const rating = ratings[row.dataset.row] || {};
    for (const input of row.querySelectorAll("[data-field]")) {
      const value = rating[input.dataset.field] || "";
      if (input.type === "radio") input.checked = input.value === value;
      else input.value = value;
    }
    row.querySelector(".wrong").hidden = !wrong.includes(rating.verdict);
    const done = rows.filter(rated).length;
    at("where").textContent = `Answer ${now + 1} of ${rows.length} · ${done} rated`;
    at("progress").value = done;
    at("back").disabled = now === 0;
    at("forth").disabled = now === rows.length - 1;
    at("open").disabled = done === rows.length;
  };
  const rate = (field, value) => {
    const name = rows[now].dataset.row;
    ratings[name] = { ...ratings[name], [field]: value };
    keep();
    fill(rows[now]);
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
    for (const row of rows) {
      const rating = ratings[row.dataset.row] || {};
      const given = fields.map((f) =>
        ["category", "severity"].includes(f) && !wrong.includes(rating.verdict) ? "" : rating[f] || "");
      lines.push([rater, row.dataset.row, ...given]);
    }
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
      const field = event.target.dataset.field;
      if (field) rate(field, event.target.value);
    });
    row.querySelector(".clear").addEventListener("click", () => {
      delete ratings[row.dataset.row];
      keep();
      fill(row);
    });
    for (const image of row.querySelectorAll("img")) {
      const grow = () => image.classList.toggle("large");
      image.addEventListener("click", grow);
      image.addEventListener("keydown", (event) => { if (event.key === "Enter") grow(); });
    }
  }
  at("back").addEventListener("click", () => move(-1));
  at("forth").addEventListener("click", () => move(1));
  at("open").addEventListener("click", nextOpen);
  at("export").addEventListener("click", save);

  const press = (field, n) => {
    const input = rows[now].querySelectorAll(`[data-field="${field}"]`)[n];
    if (input) rate(field, input.value);
  };
  addEventListener("keydown", (event) => {
    if (event.target.matches("textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const digit = /^(?:Digit|Numpad)([1-5])$/.exec(event.code);
    const judged = wrong.includes((ratings[rows[now].dataset.row] || {}).verdict);
    const letter = "oakx".indexOf(event.key.toLowerCase());
    if (digit && event.shiftKey) { if (judged) press("severity", digit[1] - 1); }
    else if (digit) press("verdict", digit[1] - 1);
    else if (event.key.length === 1 && letter >= 0) { if (judged) press("category", letter); }
    else if (event.key === "ArrowLeft") move(-1);
    else if (event.key === "ArrowRight") move(1);
    else if (event.key.toLowerCase() === "u") nextOpen();
    else if (event.key.toLowerCase() === "c") rows[now].querySelector("textarea").focus();
    else return;
    event.preventDefault();
  });
  const first = rows.findIndex((row) => !rated(row));
  now = first < 0 ? 0 : first;
  show();
})();
