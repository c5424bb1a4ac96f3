// Elements are made here and nowhere else: what comes from the trace becomes text, never markup.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
  }
  return node;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// A number in few characters, for axes and readouts; tables have the trace's own texts.
function brief(x, digits = 4) {
  if (x === null || x === undefined) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e5 || size < 1e-3) {
    return x.toExponential(Math.max(0, digits - 2)).replace(/\.?0+e/, "e").replace("e+", "e");
  }
  return String(Number(x.toPrecision(digits)));
}
// A text in the page's language; `{a}` and `{b}` in it stand for the parts that follow. Whoever makes
// the page looks for these calls, and gives it the texts.
const word = (text, ...parts) => ((data.texts || {})[text] || text).replace(/\{([a-e])\}/g, (whole, at) => parts["abcde".indexOf(at)] ?? whole);
const counted = (n, one, many) => word(n === 1 ? one : many, n);
const span = (first, last) => (first === last ? word("update {a}", first) : word("updates {a}–{b}", first, last));

// Who shows a moment of the run tells the others: charts draw a line there.
const place = { listeners: [], x: null };
function goTo(x) {
  place.x = x;
  for (const listener of place.listeners) listener();
}
