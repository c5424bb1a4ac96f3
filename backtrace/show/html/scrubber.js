// Goes through the loop call by call: the accounts before and after each call, side by side.
function scrubber(host, ledgers, total) {
  const moments = ledgers.flatMap((ledger, l) => ledger.moments.map((_, m) => [l, m]));
  for (const ledger of ledgers) {
    for (const row of ledger.rows) { row.grad = data.cells[row.grad]; row.value = data.cells[row.value]; }
    for (const { changes } of ledger.moments) for (const change of changes) {
      change[2] = change[2] === null ? null : data.cells[change[2]];
      change[3] = data.cells[change[3]];
    }
  }
  if (!moments.length) { host.append(el("p", { class: "empty" }, word("No call that touches an account was seen."))); return null; }
  let at = 0, rows = [], drawn = -1;
  const range = el("input", { type: "range", min: 0, max: moments.length - 1, value: 0, step: 1, id: "scrubber", "aria-label": word("Call of the loop") });
  const choice = el("select", { id: "update-choice", "aria-label": word("Update") });
  ledgers.forEach((ledger, l) => choice.append(el("option", { value: l },
    (ledger.number === null ? ledger.title : ledger.title.split(", lr")[0]) + (ledger.reasons.length ? ` — ${ledger.reasons.join(", ")}` : ""))));
  const button = (id, text, label, act) => { const made = el("button", { type: "button", id, "aria-label": label, title: label }, text); made.addEventListener("click", act); return made; };
  const back = button("update-back", "«", word("Previous update"), () => jump(-1)), forth = button("update-next", "»", word("Next update"), () => jump(1));
  const before = button("call-back", word("‹ call"), word("Previous call"), () => show(at - 1)), after = button("call-next", word("call ›"), word("Next call"), () => show(at + 1));
  const only = el("input", { type: "checkbox", id: "only-changed" }), filter = el("input", { type: "search", id: "filter", placeholder: word("filter by name"), "aria-label": word("Filter by name") });
  const calls = el("ol", { class: "calls", "aria-label": word("Calls of this update") });
  const title = el("h3", { id: "ledger-title" }), loss = el("p", { class: "muted" });
  const now = el("p", { class: "now", id: "now", role: "status", "aria-live": "polite" });
  const body = el("tbody"), books = el("ul", { class: "books" });
  const heads = [[word("parameter"), "left"], [word("shape"), "left shape"], [word(".grad before"), "group"], [word(".grad after"), ""], [word("value before"), "group"], [word("value after"), ""], [word("this call added"), "group"]];
  const table = el("table", { id: "ledger" }, el("caption", { class: "visually-hidden" }, word("Both accounts of every parameter before and after this call")),
    el("thead", {}, el("tr", {}, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))), body);
  if (ledgers.length < total) host.append(el("p", { class: "small muted", id: "held" },
    word("{a} of {b} updates are held here in full: the first, the last, the extremes, those that findings name, and others evenly between.", ledgers.filter((l) => l.number !== null).length, total)));
  host.append(el("div", { class: "bar controls" }, back, before, after, forth, choice, el("span", { class: "grow" })), range,
    el("p", { class: "small muted controls" }, word("← → go call by call, Page Up and Page Down update by update, Home and End to the ends.")), title, loss, calls, now,
    el("div", { class: "bar controls" }, el("label", { class: "check" }, only, word("only what this call changed")), filter),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("Accounts") }, table), books);
  const why = whyPanel(stateAt);
  books.before(why.host);

  // Where a cell shows its elements, each is told apart: a click on it asks for that one.
  function td([tone, text, more, elements], kind) {
    const parts = elements && text === elements.join("\n") ? elements.map((each, at) => [at ? "\n" : "", el("span", { "data-at": at }, each)]) : text;
    return el("td", { class: `${tone} ${kind}`.trim(), title: more || null }, parts);
  }
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
    for (const [i, account, entry, left, isNew] of moment.changes) {
      changed.set(`${i} ${account}`, [left, isNew]);
      if (entry) entries.set(i, entry);
    }
    const touched = new Set(moment.changes.filter((change) => change[4]).map(([i]) => i));
    rows = ledger.rows.map((row, i) => {
      const cells = ["grad", "value"].flatMap((account, a) => {
        const was = state[i][account], [left, isNew] = changed.get(`${i} ${account}`) || [was, false];
        return [td(was, "group"), td(left, isNew ? "changed" : "")];
      });
      const name = row.kind === "parameter" || row.name.startsWith(row.kind) ? row.name : `${row.name} (${word(row.kind)})`;
      const heading = el("th", { scope: "row", tabindex: 0, title: word("{a}: choose it to see where its numbers come from", row.name) }, name);
      const line = el("tr", { class: "asks" }, heading, el("td", { class: "left shape muted" }, row.shape),
        cells, td(entries.get(i) || ["absent", "–", ""], "group"));
      line.addEventListener("click", (event) => {
        const element = event.target.closest("[data-at]");
        why.show(ledger, i, element && Number(element.dataset.at));
      });
      heading.addEventListener("keydown", (event) => { if (event.key === "Enter") why.show(ledger, i); });
      line.dataset.touched = touched.has(i);
      line.dataset.name = row.name;
      return line;
    });
    if (drawn !== l) { drawUpdate(ledger, l); why.hide(); }
    [...calls.querySelectorAll("button")].forEach((b, i) => i === m ? b.setAttribute("aria-current", "step") : b.removeAttribute("aria-current"));
    const what = touched.size ? word("{a} of {b} changed", touched.size, counted(rows.length, word("{a} tensor"), word("{a} tensors"))) : word("no account changed");
    now.replaceChildren(el("b", { class: "mono" }, moment.name), [moment.detail, moment.where].filter(Boolean).map((t) => ` · ${t}`).join("") + ` · ${what}`);
    range.value = at;
    range.setAttribute("aria-valuetext", word("{a}, call {b} of {c}: {d}, {e}", ledger.title, m + 1, ledger.moments.length, moment.name, what));
    choice.value = l;
    before.disabled = at === 0; after.disabled = at === moments.length - 1;
    back.disabled = l === 0; forth.disabled = l === ledgers.length - 1;
    sift();
    goTo(ledger.number === null ? null : xOf(ledger));
  }
  function drawUpdate(ledger, l) {
    drawn = l;
    title.textContent = ledger.title + (ledger.reasons.length ? ` (${ledger.reasons.join(", ")})` : "");
    loss.textContent = ledger.loss || "";
    calls.replaceChildren(...ledger.moments.map((moment, m) => {
      const made = el("button", { type: "button", title: moment.where || null }, moment.in_step ? word("in step: {a}", moment.name) : moment.name);
      made.addEventListener("click", () => show(moments.findIndex(([a, b]) => a === l && b === m)));
      return el("li", {}, made);
    }));
    books.replaceChildren(...(ledger.books || []).map((book) =>
      el("li", { class: book.state }, el("b", {}, book.label), ` ${book.text}`, book.evidence.map((line) => el("div", {}, line)))),
    ...(ledger.notes || []).map((note) => el("li", {}, el("b", {}, word("note")), ` ${note}`)));
  }
  function sift() {
    const wanted = filter.value.trim().toLowerCase();
    const found = rows.filter((row) => (!only.checked || row.dataset.touched === "true") && row.dataset.name.toLowerCase().includes(wanted));
    body.replaceChildren(...(found.length ? found : [el("tr", {}, el("td", { class: "left muted", colspan: heads.length }, word("nothing to show")))]));
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
  // Begin where there is something to see: at what the first finding names, else at the first change.
  const start = ledgers.findIndex((ledger) => ledger.reasons.some((text) => /^BT\d/.test(text)));
  const opening = moments.findIndex(([l, m]) => l >= Math.max(0, start) && ledgers[l].moments[m].changes.length && ledgers[l].moments[m].name === "backward");
  show(Math.max(0, opening));
  return {
    // Show the call that a finding names: of its update, or of the held one that is nearest. What
    // comes too late, after the step, stands in the update after it.
    find(f) {
      const ofAll = several && !ledgers.some((ledger) => ledger.optimizer === f.optimizer);
      const ours = (ledger) => ledger.number !== null && (ofAll || !several || ledger.optimizer === f.optimizer);
      const number = (ledger) => (ofAll ? ledger.order : ledger.number);
      let best = -1;
      ledgers.forEach((ledger, l) => {
        if (ours(ledger) && (best < 0 || Math.abs(number(ledger) - f.update) < Math.abs(number(ledgers[best]) - f.update))) best = l;
      });
      if (best < 0) return;
      const placeIn = (ledger) => (f.where && ledger ? ledger.moments.findIndex((moment) => moment.where === f.where) : -1);
      const later = ledgers[best + 1];
      if (placeIn(ledgers[best]) < 0 && placeIn(later) >= 0 && later.order === ledgers[best].order + 1) best += 1;
      const found = placeIn(ledgers[best]);
      const m = found < 0 ? ledgers[best].moments.length - 1 : found;
      show(moments.findIndex(([a, b]) => a === best && b === m));
    },
    // Show the held update that is nearest to this place; of this optimizer, if one is named.
    near(optimizer, x) {
      let best = 0, distance = Infinity;
      ledgers.forEach((ledger, l) => {
        if (ledger.number === null || (optimizer !== null && ledger.optimizer !== optimizer)) return;
        if (Math.abs(xOf(ledger) - x) < distance) { best = l; distance = Math.abs(xOf(ledger) - x); }
      });
      show(moments.findIndex(([l]) => l === best));
    },
  };
}
