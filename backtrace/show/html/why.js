// Tells which calls of an update made a tensor's numbers, the latest first, as `backtrace why` does.
function whyPanel(stateAt) {
  const title = el("h3", { tabindex: -1 }), body = el("tbody"), more = el("p", { class: "small muted" });
  const heads = [[word("call"), "left"], [word("account"), "left"], [word("before"), ""], [word("added"), ""], [word("after"), ""], [word("where"), "left"]];
  const close = el("button", { type: "button", "aria-label": word("Close") }, "×");
  const host = el("section", { class: "why", id: "why", "aria-label": word("Where the numbers come from"), hidden: true },
    el("div", { class: "bar" }, title, el("span", { class: "grow" }), close),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": word("Calls behind the numbers") }, el("table", {},
      el("thead", {}, el("tr", {}, heads.map(([text, kind]) => el("th", { scope: "col", class: kind }, text)))), body)), more);
  close.addEventListener("click", () => { host.hidden = true; });
  const td = ([tone, text, told]) => el("td", { class: tone, title: told || null }, text);
  const nothing = () => el("td", {}, "");
  function line(ledger, i, [m, account]) {
    const moment = ledger.moments[m];
    const change = moment && moment.changes.find(([at, name]) => at === i && name === account);
    if (!change) return null;
    const reads = account === "grad" && moment.name === "step";
    return el("tr", {}, el("th", { scope: "row", class: "left" }, `← ${reads ? word("read by {a}", moment.name) : moment.name}`, moment.detail && el("div", { class: "small muted" }, moment.detail)),
      el("td", { class: "left" }, account === "grad" ? ".grad" : word("value")), reads ? nothing() : td(stateAt(ledger, m)[i][account]),
      change[2] ? td(change[2]) : nothing(), td(change[3]), el("td", { class: "left mono" }, moment.where));
  }
  return {
    host,
    show(ledger, i) {
      const row = ledger.rows[i], lines = row.why.map((link) => line(ledger, i, link)).filter(Boolean);
      const named = ledger.number === null ? word("after the last step") : word("in update {a}", ledger.number);
      title.textContent = word("Where {a} comes from, {b}", row.name, named);
      body.replaceChildren(...(lines.length ? lines : [el("tr", {}, el("td", { class: "left muted", colspan: heads.length }, word("no call of this update wrote it")))]));
      const at = ledger.number === null ? "" : ` --update ${ledger.number}`;
      more.replaceChildren(word("One element, further back, and of what each step was made: "), el("code", {}, `backtrace why ${data.file} ${row.name}[…]${at}`));
      host.hidden = false;
      title.focus({ preventScroll: true });
      host.scrollIntoView({ block: "nearest" });
    },
    hide() { host.hidden = true; },
  };
}
