// Puts the sections together.
const { optimizers, verdict } = data;
const several = optimizers.length > 1;
const known = optimizers.filter((o) => o.firsts.length);
const withGrads = known.filter((o) => o.parameters.length);
// Along the charts: an update's number, or, of several optimizers, its place among all updates.
const xOf = (ledger) => (several ? ledger.order : ledger.number);
for (const o of optimizers) {
  o.starts = several ? o.orders[0] : o.firsts;
  o.axis = { firsts: o.starts, lasts: several ? o.orders[1] : o.lasts, numbers: [o.firsts, o.lasts] };
}
const nameOf = (o) => o.called || o.name || o.type || word("optimizer");

byId("summary").textContent = data.summary;
for (const heading of document.querySelectorAll("main h2")) {
  byId("contents").append(el("li", {}, el("a", { href: `#${heading.parentElement.id}` }, heading.textContent)));
}

function showVerdict() {
  const host = byId("verdict");
  byId("verdict-text").classList.add(verdict.severity);
  const list = el("dl", { class: "sections" });
  const add = (label, ...content) => list.append(el("dt", {}, label), el("dd", {}, content));
  if (verdict.why.length) {
    add(word("Why"), el("ol", {}, verdict.why.map(findingItem)));
    if (verdict.also.length) add(word("Also"), el("ul", {}, verdict.also.map(findingItem)));
    add(word("Next"), el("ol", {}, verdict.why.map((f) => el("li", {}, f.fix))));
  }
  if (verdict.notes.length) add(word("Notes"), el("ul", {}, verdict.notes.map(findingItem)));
  if (verdict.census.length) add(word("Census"), el("p", {}, verdict.census.join(" · ")));
  if (verdict.books) add(word("Books"), el("p", { class: verdict.books_ok ? "" : "severity warning" }, verdict.books));
  const reasons = verdict.unchecked.length
    ? el("details", {}, el("summary", {}, word("What was not checked, and why")), el("ul", { class: "small muted" }, verdict.unchecked.map((text) => el("li", {}, text)))) : null;
  if (verdict.severity !== "empty") add(word("Rules"), el("p", {}, verdict.checked), reasons);
  host.append(list);
}

function showLoss() {
  const host = byId("loss"), lines = [];
  for (const o of known) {
    const add = (name, track) => track && lines.push({ name, ...o.axis, ...track });
    add(several ? word("{a} loss", nameOf(o)) : o.terms.length > 1 ? word("total") : word("loss"), o.loss);
    if (o.terms.length > 1) for (const term of o.terms) add(several ? `${nameOf(o)} ${term.name}` : term.name, term);
  }
  if (!lines.some((line) => /[^n-]/.test(line.marks))) { host.append(el("p", { class: "empty" }, known.length ? word("No loss was seen.") : word("No update was seen."))); return; }
  const positive = lines.every((line) => (line.lo || line.hi).every((v) => v === null || v > 0));
  const log = el("input", { type: "checkbox", id: "loss-log" });
  const made = chart(host, { lines, height: 260, label: word("Loss over updates"), hint: word("Point at the curve to read it; choose a place to see its calls.") + (several ? word(" Along the bottom: the steps of all optimizers, counted together.") : ""), choose: (n) => loop && loop.near(null, n) });
  host.append(...[lines.length > 1 && legend(lines.map((l) => l.name)), explainMarks(lines, false)].filter(Boolean));
  if (positive) {
    log.addEventListener("change", () => made.set({ log: log.checked }));
    host.insertBefore(el("div", { class: "bar controls" }, el("label", { class: "check" }, log, word("log scale"))), host.children[1]);
  }
  const rates = known.filter((o) => o.lr && new Set([...o.lr.hi, ...(o.lr.lo || [])]).size > 1);
  if (rates.length) {
    const box = el("div");
    host.append(el("h3", {}, word("Learning rate")), box);
    chart(box, { lines: rates.map((o) => ({ name: several ? nameOf(o) : "lr", ...o.axis, ...o.lr })), height: 130, label: word("Learning rate over updates") });
  }
}

const maps = [];
function showGradients() {
  const host = byId("gradients"), range = heatRange(withGrads);
  if (!withGrads.length) { host.append(el("p", { class: "empty" }, word("No gradient was read by a step."))); return; }
  host.append(el("p", { class: "muted" }, word("The norm of .grad as step read it: one row a parameter, in the model's order, updates from left to right.")), heatLegend(withGrads, range));
  for (const o of withGrads) {
    const box = el("div");
    if (several) host.append(el("h3", {}, nameOf(o)));
    host.append(box);
    maps.push(heatmap(box, o, range || [1, 1], {
      label: word("Gradient norms of {a} over {b}; arrow keys move, Enter chooses, the table below has the same", counted(o.parameters.length, word("{a} parameter"), word("{a} parameters")), span(o.firsts[0], o.lasts[o.lasts.length - 1])),
      hint: word("Point at a cell, or move with the arrow keys; Enter shows that parameter and update."),
      choose(name, x) { if (pick) pick(o, name); if (loop) loop.near(o.name, x); },
    }));
  }
  host.append(el("details", {}, el("summary", {}, word("The same as a table")), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("Gradient norms") }, gradTable())));
}

function gradTable() {
  const seen = (values) => values.filter((v) => v !== null);
  const words = { n: "None", z: word("zeros"), x: word("not finite"), "-": "–" };
  const end = (track, at) => track.marks[at] === "." ? brief(track.hi[at], 5) : words[track.marks[at]];
  const line = (o) => (p) => {
    const hi = seen(p.grad.hi), lo = seen(p.grad.lo || p.grad.hi), n = p.grad.marks.length;
    const odd = [...p.grad.marks].filter((mark) => mark !== ".").length;
    return el("tr", {}, el("th", { scope: "row" }, p.name), el("td", { class: "left shape muted" }, p.shape), several && el("td", { class: "left" }, nameOf(o)),
      [end(p.grad, 0), end(p.grad, n - 1), hi.length ? brief(lo.reduce((a, b) => Math.min(a, b)), 5) : "–", hi.length ? brief(hi.reduce((a, b) => Math.max(a, b)), 5) : "–",
        p.ratio.hi[n - 1] === null ? "–" : brief(p.ratio.hi[n - 1], 3), word("{a} of {b}", odd, n)].map((text) => el("td", {}, text)));
  };
  const heads = [word("parameter"), word("shape"), ...(several ? [word("optimizer")] : []), word("first"), word("last"), word("smallest"), word("largest"), word("last change ÷ value"), word("not a number")];
  return el("table", {}, el("caption", { class: "visually-hidden" }, word("Gradient norms by parameter")),
    el("thead", {}, el("tr", {}, heads.map((text, i) => el("th", { scope: "col", class: i === 1 ? "left shape" : i < 1 || (several && i === 2) ? "left" : "" }, text)))),
    el("tbody", {}, withGrads.flatMap((o) => o.parameters.map(line(o)))));
}

let pick = null, pickAny = () => {};
function showParameter() {
  const host = byId("parameter");
  if (!withGrads.length) { host.append(el("p", { class: "empty" }, word("There is no parameter to show."))); return; }
  const choice = el("select", { id: "parameter-choice" }), pairs = [];
  for (const o of withGrads) {
    const group = several ? el("optgroup", { label: nameOf(o) }) : choice;
    for (const p of o.parameters) { group.append(el("option", { value: pairs.length }, p.shape ? `${p.name}  ${p.shape}` : p.name)); pairs.push([o, p]); }
    if (several) choice.append(group);
  }
  const box = el("div", { class: "trio" });
  host.append(el("div", { class: "bar" }, el("label", { for: "parameter-choice" }, word("Parameter")), choice), box);
  const kinds = [
    ["grad", word("Gradient norm"), word("Gradient norm of {a}"), { log: true }], ["ratio", word("Change ÷ value, by norm"), word("Change ÷ value, by norm of {a}"), { log: true, guide: 1e-3 }],
    ["zeros", word("Zeros in the gradient"), word("Zeros in the gradient of {a}"), { fixed: [0, 1], percent: true }],
  ];
  function draw() {
    const [o, p] = pairs[Number(choice.value)];
    box.replaceChildren(...kinds.map(([key, title, label, more]) => {
      const part = el("div", {}, el("h3", {}, title)), line = { name: "", ...o.axis, ...p[key] };
      if (![...p[key].marks].some((mark) => mark !== "-" && mark !== "n")) part.append(el("p", { class: "empty" }, key === "ratio" ? word("No step changed it.") : word("Its gradient was None.")));
      else if (![...p[key].marks].some((mark) => mark === "." || mark === "x")) part.append(el("p", { class: "empty" }, key === "zeros" ? word("There is none.") : word("It is exactly zero.")));
      else { queueMicrotask(() => { chart(part, { lines: [line], height: 190, label: word(label, p.name), choose: (n) => loop && loop.near(o.name, n), ...more }); const told = explainMarks([line], more.log); if (told) part.append(told); }); }
      return part;
    }));
    maps.forEach((map) => map.mark(p.name));
  }
  choice.addEventListener("change", draw);
  pickAny = (names) => { const at = pairs.findIndex(([, p]) => names.includes(p.name)); if (at >= 0) { choice.value = at; draw(); } };
  pick = (o, name) => { choice.value = pairs.findIndex(([a, b]) => a === o && b.name === name); draw(); };
  const named = new Set(verdict.why.flatMap((f) => f.parameters));
  choice.value = Math.max(0, pairs.findIndex(([, p]) => named.has(p.name)));
  draw();
}

function showGraph() {
  const host = byId("graph");
  if (!data.graphs.length) { host.append(el("p", { class: "empty" }, word("No graph was recorded."))); return; }
  data.graphs.forEach((g, i) => {
    const part = i ? el("details", {}, el("summary", {}, g.title)) : el("div", {}, el("h3", {}, g.title));
    part.append(el("p", {}, word(g.where ? word("{a}; it reaches {b} of {c} (from {d}).") : word("{a}; it reaches {b} of {c}."), counted(g.nodes, word("{a} node"), word("{a} nodes")), g.reached, counted(g.tensors, word("{a} tensor"), word("{a} tensors")), g.where)));
    const ends = g.models.length ? g.models : [word("leaves")];
    // Only a chain has arrows: of a graph with branches it is not kept what follows what.
    if (!g.is_chain) part.append(el("p", { class: "small muted" }, word("It has branches: the operations stand by their distance from the loss, the nearest first.")));
    part.append(el("ol", { class: g.is_chain ? "path chain" : "path", "aria-label": word("From the loss back to the model") },
      el("li", {}, el("span", { class: "node end" }, el("b", {}, word("loss")))),
      g.path.map((op) => el("li", {}, el("span", { class: "node", title: op.node }, el("b", {}, op.name), op.shapes))),
      ends.map((name) => el("li", {}, el("span", { class: "node end" }, el("b", {}, name))))));
    const say = (label, names) => names.length && part.append(el("p", { class: "small" }, el("b", {}, label), ` ${names.join(", ")}`));
    say(word("not reached:"), g.missed); say(word("called, but its output carried no graph:"), g.blind); say(word("called without gradients:"), g.without_grad);
    if (g.nonfinite) part.append(el("p", { class: "small" }, el("b", {}, word("not finite from:")), ` ${g.nonfinite}`));
    if (g.activations.length) part.append(el("details", {}, el("summary", {}, counted(g.activations.length, word("{a} activation"), word("{a} activations"))),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("Activations") }, el("table", {}, el("thead", {}, el("tr", {}, [word("activation"), word("function"), word("zeros"), word("dead units"), word("saturated")].map((t, k) => el("th", { scope: "col", class: k < 2 ? "left" : "" }, t)))),
        el("tbody", {}, g.activations.map((a) => el("tr", {}, el("th", { scope: "row" }, a.name), el("td", { class: "left" }, a.function), [a.zeros, a.dead, a.saturated].map((t) => el("td", {}, t || "–")))))))));
    host.append(part);
  });
}

function showRun() {
  const host = byId("run");
  host.append(el("dl", { class: "facts" }, data.facts.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)])));
  if (data.config) host.append(el("details", {}, el("summary", {}, word("Config")), el("pre", { tabindex: 0 }, data.config)));
  const wide = known.filter((o) => o.width > 1);
  byId("kept").textContent = wide.length
    ? word("Down-sampled: {a}. Charts draw the smallest and the largest value of each, with four digits; cells show the largest. Nothing that was not finite is averaged away.",
      wide.map((o) => (several ? `${nameOf(o)}: ` : "") + word("one point of a chart or cell of the picture stands for {a} updates", o.width)).join(word("; ")))
    : known.length ? word("Every update that was read is in the charts, with six digits.") : "";
}

showVerdict();
showLoss();
const loop = scrubber(byId("loop"), data.ledgers, data.updates);
showGradients();
showParameter();
showGraph();
showRun();
document.documentElement.dataset.ready = "true";
