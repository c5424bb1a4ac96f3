// Findings, each with ways to its update, call and parameters, its source line, and its rule's page.
const way = (text, act, title) => {
  const made = el("button", { type: "button", class: "way", title }, text);
  made.addEventListener("click", act);
  return made;
};
const scrollToSection = (id) => byId(id).scrollIntoView();

function placeOf(f) {
  const kind = [el("span", { class: `severity ${f.severity}` }, word(f.severity)), ` ${f.code} ${f.pattern}`];
  const call = () => { if (loop) { loop.find(f); scrollToSection("loop"); } };
  const names = f.names && f.parameters.length && way(f.names, () => { pickAny(f.parameters); scrollToSection("parameter"); }, word("show its gradient over time"));
  const parts = [kind, way(word("update {a}", f.update), call, word("show this update, call by call")), f.where && way(f.where, call, word("show this call")), names || f.names];
  return parts.filter(Boolean).flatMap((part, i) => (i ? [" · ", part] : [part]));
}

// Between backticks stands code.
const marked = (text) => text.split("`").map((part, i) => (i % 2 ? el("code", {}, part) : part));

function rulePage(code) {
  const page = verdict.pages[code];
  if (!page) return null;
  return el("details", { class: "rule" }, el("summary", {}, word("About {a}: {b}", code, page.title)),
    page.sections.map((part) => [el("h3", {}, part.heading), part.blocks.map(([text, isCode]) => (isCode ? el("pre", { tabindex: 0 }, text) : el("p", {}, marked(text))))]));
}

function findingItem(f) {
  return el("li", {}, el("p", {}, f.message), el("p", { class: "small muted" }, placeOf(f)),
    f.line && el("p", { class: "source mono" }, f.line),
    f.evidence && el("p", { class: "small muted" }, f.evidence), f.explains && el("p", { class: "small muted" }, f.explains), rulePage(f.code));
}
