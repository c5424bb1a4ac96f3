// Moves the sliders of a lesson's page: curve, numbers, table and derivation follow.
const { places, words, question } = data;
const host = byId("explore");
let at = data.start;
let update = Math.max(0, places[at].updates.findIndex((u) => u.number === data.update));

function slide(id, label, count, act) {
  const input = el("input", { type: "range", id, min: 0, max: count - 1, step: 1 });
  const output = el("output", { for: id });
  input.addEventListener("input", () => act(Number(input.value)));
  const box = el("div", { class: "slide", hidden: count < 2 }, el("label", { for: id }, el("span", {}, label), output), input);
  return { box, set(value, text, most = count - 1) {
    input.max = most; input.value = value; output.textContent = text; input.setAttribute("aria-valuetext", text);
  } };
}
const byPlace = slide("by-place", data.quantity, places.length, (value) => { at = value; show(); });
const most = Math.max(...places.map((p) => p.updates.length));
const byUpdate = slide("by-update", words.update, most, (value) => { update = value; show(); });
const before = host.querySelector(".scroll");
const bars = el("div", {}, byPlace.box);
if (before) before.before(bars); else host.querySelector("h2").after(bars);

const curveBox = el("div", { class: "part", id: "curve" }, el("h3", {}, words.loss));
const lines = places.map((p) => ({ name: p.label, ...p.loss, numbers: [p.loss.firsts, p.loss.lasts], style: 0 }));
const finite = lines.flatMap((line) => line.hi).filter((v) => v !== null);
const canLog = finite.length > 0 && finite.every((v) => v > 0);
const log = el("input", { type: "checkbox", id: "loss-log", checked: canLog && Math.max(...finite) > 50 * Math.min(...finite) });
host.append(curveBox);
let curve = null;
if (lines[0].firsts.length) {
  curve = chart(curveBox, { lines, height: 230, log: log.checked, label: words.loss, hint: words.hint, choose: (n) => near(n) });
  if (canLog) curveBox.append(el("label", { class: "check" }, log, words.logarithmic));
  log.addEventListener("change", () => curve.set({ log: log.checked }));
}
const facts = el("dl", { class: "facts", id: "numbers" });
const table = el("div", { class: "part", id: "table" }), derivation = el("div", { class: "part", id: "derivation" });
host.append(el("div", { class: "part" }, facts), byUpdate.box, table, derivation);

function near(n) {
  const found = places[at].updates;
  update = found.reduce((best, u, i) => (Math.abs(u.number - n) < Math.abs(found[best].number - n) ? i : best), 0);
  show();
}

function showTable(t) {
  table.replaceChildren(el("h3", {}, t.title), el("p", { class: "muted small" }, t.calls), el("p", {}, t.loss));
  const labelled = t.rows.some(([, , labels]) => labels.length);
  const stack = (texts) => texts.join("\n");
  const heads = [words.parameter, words.shape, ...(labelled ? [""] : []), ...t.columns];
  table.append(el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t.title }, el("table", {},
    el("thead", {}, el("tr", {}, heads.map((text, i) => el("th", { scope: "col", class: i === 1 ? "left shape" : i === 0 ? "left" : "" }, text)))),
    el("tbody", {}, t.rows.map(([name, shape, labels, cells]) => el("tr", {},
      el("th", { scope: "row" }, name), el("td", { class: "left shape muted" }, shape),
      labelled && el("td", { class: "labels" }, stack(labels)),
      cells.map(([tone, texts]) => el("td", { class: tone }, stack(texts)))))))));
  table.append(el("ul", { class: "books" }, t.books.map(([text, state]) => el("li", { class: state }, text))));
}

function showDerivation(found) {
  derivation.replaceChildren();
  if (!found.length) return;
  derivation.append(el("h3", {}, words.derivation), el("div", { class: "derivation" },
    found.map(([depth, tone, text]) => el("div", { class: `${tone} d${Math.min(3, Math.ceil(depth / 2))}` }, text))));
}

function show() {
  const place_ = places[at], last = place_.updates.length - 1;
  update = Math.max(0, Math.min(update, last));
  byPlace.set(at, place_.label);
  lines.forEach((line, i) => { line.faint = i !== at; });
  document.querySelectorAll("#overview tbody tr").forEach((row, i) => {
    row.classList.toggle("now", i === at);
    if (i === at) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
  });
  const now = place_.updates[update];
  const numbers = [...(data.quantity ? [[data.quantity, place_.label]] : []),
    [words.answer, (now && now.answer) || place_.answer || "–"], ...(data.quantity ? place_.numbers : [])];
  facts.replaceChildren(...numbers.flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, text || "–")]));
  if (curve) curve.draw();
  if (!now) { table.replaceChildren(); derivation.replaceChildren(); return; }
  byUpdate.set(update, String(now.number), last);
  showTable(now.table);
  showDerivation(now.derivation);
  goTo(now.number);
}
document.querySelectorAll("#overview tbody tr").forEach((row, i) => row.addEventListener("click", () => { at = i; show(); }));
