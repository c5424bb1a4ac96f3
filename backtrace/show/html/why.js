// Tells which calls of an update made a tensor's numbers, or one of them, the latest first, as
// `backtrace why` does.
function elementOf([tone, text, told, elements], at) {
  if (at === null || tone === "none" || tone === "absent") return [tone, text, told];
  if (tone === "zeros") return [tone, "0", null];
  if (!elements) return [tone, text, told];
  return [/^[+-]?(nan|inf)/.test(elements[at]) ? "nonfinite" : elements[at] === "0" ? "zeros" : "plain", elements[at], null];
}

function whyPanel(stateAt) {
  const title = el("h3", { tabindex: -1, "aria-live": "polite" }), body = el("tbody"), more = el("p", { class: "small muted" });
  const heads = [[word("call"), "left"], [word("account"), "left"], [word("before"), ""], [word("added"), ""], [word("after"), ""], [word("where"), "left"]];
  const close = el("button", { type: "button", "aria-label": word("Close") }, "×");
  const whole = el("button", { type: "button", hidden: true }, word("the whole tensor"));
  const grid = el("table", { class: "elements" });
  const picker = el("div", { hidden: true }, el("p", { class: "small muted" }, word("Its elements after these calls; choose one to see where it comes from:")),
    el("div", { class: "scroll", role: "region", "aria-label": word("Elements") }, grid));
  const host = el("section", { class: "why", id: "why", "aria-label": word("Where the numbers come from"), hidden: true },
    el("div", { class: "bar" }, title, el("span", { class: "grow" }), whole, close), picker,
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("Calls behind the numbers") }, el("table", {},
      el("thead", {}, el("tr", {}, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))), body)), more);
  let shown = null;
  close.addEventListener("click", () => { host.hidden = true; });
  whole.addEventListener("click", () => { tell(null); title.focus({ preventScroll: true }); });
  const td = (cell, at) => { const [tone, text, told] = elementOf(cell, at); return el("td", { class: tone, title: told || null }, text); };
  const nothing = () => el("td", {}, "");
  const changeOf = (ledger, i, [m, account]) => ledger.moments[m] && ledger.moments[m].changes.find(([at, name]) => at === i && name === account);

  function lines(ledger, i, link, at) {
    const [m, account, parts] = link, change = changeOf(ledger, i, link), moment = ledger.moments[m];
    if (!change) return [];
    const reads = account === "grad" && moment.name === "step";
    const made = at === null && !shown.isOne ? [] : (parts || []).map(([text, numbers, timesGrad]) => {
      const read = timesGrad && elementOf(changeOf(ledger, i, [m, "grad"])[3], at)[1];
      return el("tr", { class: "part" }, el("th", { scope: "row", class: "left", colspan: 3 }, text, read && ` ${read.startsWith("-") ? `(${read})` : read}`),
        el("td", {}, numbers.length ? numbers[at || 0] : ""), el("td", { colspan: 2 }, ""));
    });
    return [el("tr", {}, el("th", { scope: "row", class: "left" }, `← ${reads ? word("read by {a}", moment.name) : moment.name}`, moment.detail && el("div", { class: "small muted" }, moment.detail)),
      el("td", { class: "left" }, account === "grad" ? ".grad" : word("value")), reads ? nothing() : td(stateAt(ledger, m)[i][account], at),
      change[2] ? td(change[2], at) : nothing(), td(change[3], at), el("td", { class: "left mono" }, moment.where)), ...made];
  }
  // The account that the first line tells of, as that call left it; without one, the value.
  function latest() {
    const { ledger, i } = shown, links = ledger.rows[i].why, change = links.length && changeOf(ledger, i, links[0]);
    return change ? change[3] : ledger.rows[i].value;
  }
  function indices(row, count) {
    const shape = (row.shape.match(/\d+/g) || []).map(Number);
    if (shape.reduce((a, b) => a * b, 1) !== count) return null; // an input of another update
    return Array.from({ length: count }, (_, at) => shape.reduceRight(([rest, found], length) => [Math.floor(rest / length), [rest % length, ...found]], [at, []])[1]);
  }
  function drawGrid() {
    const elements = latest()[3], places = elements && indices(shown.row, elements.length);
    picker.hidden = !places;
    shown.places = places;
    if (!places) return;
    const across = places[places.length - 1].at(-1) + 1, down = places.length / across;
    grid.replaceChildren(...Array.from({ length: down }, (_, r) => el("tr", {}, places.slice(r * across, (r + 1) * across).map((index, c) => {
      const at = r * across + c, made = el("button", { type: "button", "aria-pressed": "false", title: `${shown.row.name}[${index}]`, "aria-label": `[${index}] ${elements[at]}` }, elements[at]);
      made.addEventListener("click", () => tell(at));
      made.addEventListener("keydown", (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
        if (!by) return;
        const next = grid.querySelectorAll("button")[at + by];
        if (next) next.focus();
        event.preventDefault();
        event.stopPropagation();
      });
      return el("td", {}, made);
    }))));
  }
  function tell(at) {
    const { ledger, i, row, places } = shown, index = at === null || !places ? "" : `[${places[at]}]`;
    const told = row.why.flatMap((link) => lines(ledger, i, link, at));
    const named = ledger.number === null ? word("after the last step") : word("in update {a}", ledger.number);
    title.textContent = word("Where {a} comes from, {b}", row.name + index, named);
    body.replaceChildren(...(told.length ? told : [el("tr", {}, el("td", { class: "left muted", colspan: heads.length }, word("no call of this update wrote it")))]));
    [...grid.querySelectorAll("button")].forEach((each, n) => each.setAttribute("aria-pressed", String(n === at)));
    whole.hidden = at === null;
    const when = ledger.number === null ? "" : ` --update ${ledger.number}`;
    const asked = index ? `'${row.name}${index}'` : shown.isOne ? row.name : `${row.name}[…]`;
    more.replaceChildren(index || shown.isOne ? word("Further back, and what led to each backward: ") : word("One element, further back, and of what each step was made: "),
      el("code", {}, `backtrace why ${data.file} ${asked}${when}`));
  }
  return {
    host,
    // Tell of a row's tensor, or of its element at a place in row-major order.
    show(ledger, i, at = null) {
      const row = ledger.rows[i], isOne = (row.shape.match(/\d+/g) || []).every((length) => length === "1");
      shown = { ledger, i, row, isOne, places: null };
      drawGrid();
      tell(shown.places ? at : null);
      host.hidden = false;
      title.focus({ preventScroll: true });
      host.scrollIntoView({ block: "nearest" });
    },
    hide() { host.hidden = true; },
  };
}
