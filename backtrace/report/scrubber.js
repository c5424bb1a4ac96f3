// Goes through the loop call by call: the accounts before and after each call, side by side.
function scrubber(host, ledgers, total) {
  const moments = ledgers.flatMap((ledger, l) => ledger.moments.map((_, m) => [l, m]));
  if (!moments.length) { host.append(el("p", { class: "empty" }, "No call that touches an account was seen.")); return null; }
  let at = 0, rows = [], drawn = -1;
  const range = el("input", { type: "range", min: 0, max: moments.length - 1, value: 0, step: 1, id: "scrubber", "aria-label": "Call of the loop" });
  const choice = el("select", { id: "update-choice", "aria-label": "Update" });
  ledgers.forEach((ledger, l) => choice.append(el("option", { value: l },
    (ledger.number === null ? ledger.title : ledger.title.split(",")[0]) + (ledger.reasons.length ? ` — ${ledger.reasons.join(", ")}` : ""))));
  const button = (id, text, label, act) => { const made = el("button", { type: "button", id, "aria-label": label, title: label }, text); made.addEventListener("click", act); return made; };
  const back = button("update-back", "«", "Previous update", () => jump(-1)), forth = button("update-next", "»", "Next update", () => jump(1));
  const before = button("call-back", "‹ call", "Previous call", () => show(at - 1)), after = button("call-next", "call ›", "Next call", () => show(at + 1));
  const only = el("input", { type: "checkbox", id: "only-changed" }), filter = el("input", { type: "search", id: "filter", placeholder: "filter by name", "aria-label": "Filter by name" });
  const calls = el("ol", { class: "calls", "aria-label": "Calls of this update" });
  const title = el("h3", { id: "ledger-title" }), loss = el("p", { class: "muted" });
  const now = el("p", { class: "now", id: "now", role: "status", "aria-live": "polite" });
  const body = el("tbody"), books = el("ul", { class: "books" });
  const heads = [["parameter", "left"], ["shape", "left shape"], [".grad before", "group"], [".grad after", ""], ["value before", "group"], ["value after", ""], ["this call added", "group"]];
  const table = el("table", { id: "ledger" }, el("caption", { class: "visually-hidden" }, "Both accounts of every parameter before and after this call"),
    el("thead", {}, el("tr", {}, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))), body);
  if (ledgers.length < total) host.append(el("p", { class: "small muted", id: "held" },
    `${ledgers.filter((l) => l.number !== null).length} of ${total} updates are held here in full: the first, the last, the extremes, those that findings name, and others evenly between.`));
  host.append(el("div", { class: "bar controls" }, back, before, after, forth, choice, el("span", { class: "grow" })), range, title, loss, calls, now,
    el("div", { class: "bar controls" }, el("label", { class: "check" }, only, "only what this call changed"), filter),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Accounts" }, table), books);

  function td([tone, text, more], kind) { return el("td", { class: `${tone} ${kind}`.trim(), title: more || null }, text); }
  // The accounts as the calls before this one left them.
  function stateAt(ledger, m) {
    const state = ledger.rows.map((row) => ({ grad: row.grad, value: row.value }));
    for (const moment of ledger.moments.slice(0, m)) for (const [i, account, , left] of moment.changes) state[i][account] = left;
    return state;
  }
  function show(next) {
    at = Math.min(moments.length - 1, Math.max(0, next));
    const [l, m] = moments[at], ledger = ledgers[l], moment = ledger.moments[m];
    const state = stateAt(ledger, m), changed = new Map(), entries = new Map();
    for (const [i, account, entry, left] of moment.changes) {
      changed.set(`${i} ${account}`, left);
      if (entry) entries.set(i, entry);
    }
    const touched = new Set();
    rows = ledger.rows.map((row, i) => {
      const cells = ["grad", "value"].flatMap((account, a) => {
        const was = state[i][account], left = changed.get(`${i} ${account}`) || was;
        const isNew = left[1] !== was[1] || left[2] !== was[2] || left[0] !== was[0];
        if (isNew || (account === "grad" ? moment.name === "backward" && entries.has(i) : false)) touched.add(i);
        return [td(was, "group"), td(left, isNew ? "changed" : "")];
      });
      if (entries.has(i)) touched.add(i);
      const name = row.kind === "parameter" || row.name.startsWith(row.kind) ? row.name : `${row.name} (${row.kind})`;
      const line = el("tr", {}, el("th", { scope: "row", title: row.name }, name), el("td", { class: "left shape muted" }, row.shape),
        cells, td(entries.get(i) || ["absent", "–", ""], "group"));
      line.dataset.touched = touched.has(i);
      line.dataset.name = row.name;
      return line;
    });
    if (drawn !== l) drawUpdate(ledger, l);
    [...calls.querySelectorAll("button")].forEach((b, i) => i === m ? b.setAttribute("aria-current", "step") : b.removeAttribute("aria-current"));
    const what = touched.size ? `${touched.size} of ${counted(rows.length, "tensor")} changed` : "no account changed";
    now.replaceChildren(el("b", { class: "mono" }, moment.name), [moment.detail, moment.where].filter(Boolean).map((t) => ` · ${t}`).join("") + ` · ${what}`);
    range.value = at;
    range.setAttribute("aria-valuetext", `${ledger.title}, call ${m + 1} of ${ledger.moments.length}: ${moment.name}, ${what}`);
    choice.value = l;
    before.disabled = at === 0; after.disabled = at === moments.length - 1;
    back.disabled = l === 0; forth.disabled = l === ledgers.length - 1;
    sift();
    goTo(ledger.optimizer === undefined ? null : ledger.optimizer, ledger.number);
  }
  function drawUpdate(ledger, l) {
    drawn = l;
    title.textContent = ledger.title + (ledger.reasons.length ? ` (${ledger.reasons.join(", ")})` : "");
    loss.textContent = ledger.loss || "";
    calls.replaceChildren(...ledger.moments.map((moment, m) => {
      const made = el("button", { type: "button", title: moment.where || null }, (moment.in_step ? "in step: " : "") + moment.name);
      made.addEventListener("click", () => show(moments.findIndex(([a, b]) => a === l && b === m)));
      return el("li", {}, made);
    }));
    books.replaceChildren(...(ledger.books || []).map((book) =>
      el("li", { class: book.state }, el("b", {}, book.label), ` ${book.text}`, book.evidence.map((line) => el("div", {}, line)))),
    ...(ledger.notes || []).map((note) => el("li", {}, el("b", {}, "note"), ` ${note}`)));
  }
  function sift() {
    const wanted = filter.value.trim().toLowerCase();
    const found = rows.filter((row) => (!only.checked || row.dataset.touched === "true") && row.dataset.name.toLowerCase().includes(wanted));
    body.replaceChildren(...(found.length ? found : [el("tr", {}, el("td", { class: "left muted", colspan: heads.length }, "nothing to show"))]));
  }
  function jump(by) {
    const l = Math.min(ledgers.length - 1, Math.max(0, moments[at][0] + by));
    show(moments.findIndex(([a]) => a === l));
  }
  range.addEventListener("input", () => show(Number(range.value)));
  choice.addEventListener("change", () => show(moments.findIndex(([l]) => l === Number(choice.value))));
  only.addEventListener("change", sift);
  filter.addEventListener("input", sift);
  host.addEventListener("keydown", (event) => {
    if (/^(INPUT|SELECT)$/.test(event.target.tagName) || event.altKey || event.ctrlKey || event.metaKey) {
      if (event.target !== range) return;
    }
    const act = { ArrowLeft: () => show(at - 1), ArrowRight: () => show(at + 1), PageUp: () => jump(-1), PageDown: () => jump(1),
      Home: () => show(0), End: () => show(moments.length - 1) }[event.key];
    if (!act || (event.target.classList.contains("scroll") && !/^Arrow(Left|Right)$/.test(event.key))) return;
    act();
    event.preventDefault();
  });
  show(0);
  return {
    // Show the held update that is nearest to this one.
    near(optimizer, number) {
      let best = 0, distance = Infinity;
      ledgers.forEach((ledger, l) => {
        if (ledger.number === null || (optimizer !== null && ledger.optimizer !== optimizer)) return;
        if (Math.abs(ledger.number - number) < distance) { best = l; distance = Math.abs(ledger.number - number); }
      });
      show(moments.findIndex(([l]) => l === best));
    },
  };
}
