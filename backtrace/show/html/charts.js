// Lines over updates as SVG: a band where a bucket has several updates, marks for what is no number.
const MARKS = { x: word("not finite"), z: word("zero"), n: "None", "-": word("nothing seen") };

function ticksOf(low, high, isLog) {
  if (isLog) {
    if (high / low < 30) {
      const found = [1, 2, 5].flatMap((m) => [-1, 0, 1, 2].map((p) => m * 10 ** (Math.floor(Math.log10(low)) + p))).filter((t) => t >= low && t <= high);
      return found.length > 1 ? found : ticksOf(low, high, false);
    }
    const from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
    const every = Math.max(1, Math.ceil((to - from) / 5));
    const found = [];
    for (let p = from; p <= to; p += every) found.push(10 ** p);
    return found;
  }
  const rough = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-6; i++) found.push(i * step);
  return found;
}

function rangeOf(lines, isLog, fixed) {
  if (fixed) return fixed;
  let low = Infinity, high = -Infinity;
  for (const line of lines) {
    line.hi.forEach((hi, i) => {
      const lo = line.lo ? line.lo[i] : hi;
      if (hi === null || (isLog && hi <= 0)) return;
      high = Math.max(high, hi);
      low = Math.min(low, isLog && lo <= 0 ? hi : lo);
    });
  }
  if (low > high) return null;
  if (isLog) return low === high ? [low / 3, high * 3] : [low / 1.15, high * 1.15];
  const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - pad, high + pad];
}

// Options: lines [{name, firsts, lasts, hi, lo, marks}], log, fixed range, guide, label, height.
// A line that is `faint` is drawn behind the others, and not read out; `style` is which of four it has.
function chart(host, options) {
  const box = el("div", { class: "chart" }), readout = el("p", { class: "readout" });
  host.append(box, readout);
  let at = null, width = 0;
  const lines = options.lines;
  const first = Math.min(...lines.map((l) => l.firsts[0]));
  const last = Math.max(...lines.map((l) => l.lasts[l.lasts.length - 1]));

  function say(point) {
    readout.replaceChildren();
    if (point === null) { readout.append(options.hint || ""); return ""; }
    const told = lines.filter((line) => !line.faint).map((line) => {
      const i = bucketAt(line, point);
      if (i < 0) return null;
      const lo = line.lo ? line.lo[i] : line.hi[i], hi = line.hi[i];
      const text = hi === null ? MARKS[line.marks[i]]
        : (lo === hi ? brief(hi, 6) : `${brief(lo)} … ${brief(hi)}`) + (line.marks[i] === "x" ? word(", and not finite") : "");
      return [line, i, text];
    }).filter(Boolean);
    if (!told.length) return "";
    const where = ([line, i]) => span(line.numbers[0][i], line.numbers[1][i]);
    readout.append(el("b", {}, where(told[0])), " · " + told.map((each, k) => {
      const other = k && where(each) !== where(told[0]) ? ` (${where(each)})` : "";
      return (each[0].name ? `${each[0].name} ` : "") + each[2] + other;
    }).join(" · "));
    return readout.textContent;
  }

  function draw() {
    width = box.clientWidth || 640;
    const height = options.height || 220, left = 58, right = 12, top = 10, bottom = 26;
    const isLog = options.log, range = rangeOf(lines, isLog, options.fixed);
    const scale = (v) => (isLog ? Math.log10(v) : v);
    const [low, high] = range || [0, 1];
    const x = (n) => last === first ? (left + width - right) / 2 : left + ((n - first) / (last - first)) * (width - left - right);
    const y = (v) => top + (1 - (scale(v) - scale(low)) / (scale(high) - scale(low))) * (height - top - bottom);
    const root = svg("svg", {
      viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: "slider", "aria-label": options.label,
      "aria-valuemin": first, "aria-valuemax": last, "aria-valuenow": at === null ? first : at,
      "aria-valuetext": at === null ? span(first, last) : say(at),
    });
    for (const tick of range ? ticksOf(low, high, isLog) : []) {
      if (scale(tick) < scale(low) - 1e-9 || scale(tick) > scale(high) + 1e-9) continue;
      root.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
        svg("text", { x: left - 8, y: y(tick) + 4, "text-anchor": "end" }, options.percent ? `${Math.round(tick * 100)} %` : brief(tick, 3)));
    }
    const marks = width > 500 ? 6 : 3;
    const numbers = last === first ? [first] : [...new Set(Array.from({ length: marks + 1 }, (_, i) => Math.round(first + ((last - first) * i) / marks)))];
    for (const n of numbers) {
      root.append(svg("text", { x: x(n), y: height - 6, "text-anchor": n === first && last > first ? "start" : n === last && last > first ? "end" : "middle" }, String(n)));
    }
    if (options.guide && range && scale(options.guide) > scale(low) && scale(options.guide) < scale(high)) {
      root.append(svg("line", { class: "cursor", x1: left, x2: width - right, y1: y(options.guide), y2: y(options.guide) }),
        svg("text", { x: left + 4, y: y(options.guide) - 4 }, brief(options.guide)));
    }
    const drawn = lines.map((line, k) => [line, line.style ?? k % 4]).sort(([a], [b]) => !a.faint - !b.faint);
    for (const [line, k] of drawn) drawLine(root, line, k, x, y, isLog, top, height - bottom);
    const here = svg("g", { visibility: "hidden" }, svg("line", { class: "here", y1: top, y2: height - bottom }),
      svg("path", { class: "f0", d: `M-5 ${top - 6}h10l-5 7z` }));
    const cursor = svg("line", { class: "cursor", y1: top, y2: height - bottom, visibility: "hidden" });
    root.append(here, cursor);
    const show = () => {
      const isHere = place.x !== null && place.x >= first && place.x <= last;
      if (isHere) here.setAttribute("transform", `translate(${x(place.x).toFixed(1)} 0)`);
      here.setAttribute("visibility", isHere ? "visible" : "hidden");
    };
    const move = (n) => {
      at = n === null ? null : Math.min(last, Math.max(first, n));
      cursor.setAttribute("visibility", at === null ? "hidden" : "visible");
      if (at !== null) { cursor.setAttribute("x1", x(at)); cursor.setAttribute("x2", x(at)); }
      root.setAttribute("aria-valuenow", at === null ? first : at);
      root.setAttribute("aria-valuetext", say(at) || span(first, last));
    };
    const under = (event) => {
      const part = (event.clientX - root.getBoundingClientRect().left - left) / (width - left - right);
      return Math.round(first + part * (last - first));
    };
    root.addEventListener("pointermove", (event) => move(under(event)));
    root.addEventListener("pointerleave", () => move(null));
    root.addEventListener("click", (event) => options.choose && options.choose(under(event)));
    root.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 }[event.key];
      const step = Math.max(1, lines[0].lasts[0] - lines[0].firsts[0] + 1);
      if (by) move((at === null ? first - by * step : at) + by * step);
      else if (event.key === "Home") move(first);
      else if (event.key === "End") move(last);
      else if (event.key === "Enter" && options.choose && at !== null) options.choose(at);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.replaceChildren(root);
    box.show = show;
    show();
    move(at);
  }
  place.listeners.push(() => box.show && box.show());
  new ResizeObserver(() => { if (box.clientWidth !== width) draw(); }).observe(box);
  draw();
  return { draw, set(changes) { Object.assign(options, changes); draw(); } };
}

function bucketAt(line, number) {
  if (!line.firsts.length || number < line.firsts[0]) return -1;
  let low = 0, high = line.firsts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (line.firsts[middle] <= number) low = middle; else high = middle - 1;
  }
  return number <= line.lasts[low] ? low : -1;
}

function drawLine(root, line, k, x, y, isLog, top, floor) {
  const middle = (i) => x((line.firsts[i] + line.lasts[i]) / 2);
  const fits = (v) => v !== null && (!isLog || v > 0);
  let path = "", band = [], runs = [], isOpen = false;
  line.hi.forEach((hi, i) => {
    if (!fits(hi)) { isOpen = false; return; }
    const lo = line.lo && fits(line.lo[i]) ? line.lo[i] : hi;
    if (!isOpen) { band = []; runs.push(band); }
    path += `${isOpen ? "L" : "M"}${middle(i).toFixed(1)} ${y(hi).toFixed(1)}`;
    band.push([middle(i), y(hi), y(lo)]);
    isOpen = true;
  });
  for (const run of line.lo ? runs : []) {
    const up = run.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`), down = run.map(([a, , c]) => `${a.toFixed(1)} ${c.toFixed(1)}`).reverse();
    root.append(svg("path", { class: `band f${k}`, d: `M${up.join("L")}L${down.join("L")}Z` }));
    root.append(svg("path", { class: `line thin s${k}`, d: `M${down.join("L")}` }));
  }
  if (path) root.append(svg("path", { class: line.faint ? "line faint" : `line s${k}`, d: path }));
  if (line.faint) return;
  if (line.hi.length <= 40) {
    line.hi.forEach((hi, i) => fits(hi) && root.append(svg("circle", { class: `f${k}`, cx: middle(i), cy: y(hi), r: 2.75 })));
  }
  const apart = Math.max(1, Math.ceil(line.marks.length / 60));
  let drawn = -apart;
  [...line.marks].forEach((mark, i) => {
    const isOdd = mark === "x" || (mark === "z" && isLog) || mark === "n";
    if (!isOdd || i - drawn < apart) return;
    drawn = i;
    const text = { x: "×", z: "0", n: "∅" }[mark];
    root.append(svg("text", { class: mark === "x" ? "flag" : "", x: middle(i), y: mark === "x" ? top + 6 : floor - 3, "text-anchor": "middle" }, text));
  });
}

function legend(names) {
  return el("ul", { class: "legend" }, names.map((name, k) =>
    el("li", {}, svg("svg", { viewBox: "0 0 28 10", "aria-hidden": "true" }, svg("line", { class: `line s${k % 4}`, x1: 1, x2: 27, y1: 5, y2: 5 })), name)));
}

function explainMarks(lines, isLog) {
  const all = new Set(lines.flatMap((line) => [...line.marks]));
  const told = [all.has("x") && word("× not finite"), isLog && all.has("z") && word("0 exactly zero"), all.has("n") && "∅ None"].filter(Boolean);
  return told.length ? el("p", { class: "small muted" }, told.join(" · ")) : null;
}
