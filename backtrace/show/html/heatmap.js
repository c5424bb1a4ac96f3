// Parameters × updates as a picture: colour for the size of a gradient, patterns for what is no number.
const RAMP = ["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"]
  .map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));

function shade(part) {
  const at = Math.min(1, Math.max(0, part)) * (RAMP.length - 1), low = Math.floor(at), rest = at - low;
  return RAMP[low].map((c, i) => Math.round(c + ((RAMP[Math.min(low + 1, RAMP.length - 1)][i]) - c) * rest));
}
const rgb = (color) => `rgb(${color.join(",")})`;

function pattern(context, mark) {
  const tile = el("canvas", { width: 6, height: 6 }), pen = tile.getContext("2d");
  const draw = {
    n() { pen.strokeStyle = "#8a929a"; pen.lineWidth = 1.2; pen.beginPath(); pen.moveTo(-1, 7); pen.lineTo(7, -1); pen.stroke(); },
    z() { pen.fillStyle = "#b9bfc5"; pen.fillRect(0, 0, 6, 6); pen.fillStyle = "#3c444b"; pen.fillRect(2, 2, 2, 2); },
    x() { pen.fillStyle = "#d62f26"; pen.fillRect(0, 0, 6, 6); pen.strokeStyle = "#fff"; pen.lineWidth = 1.1; pen.beginPath();
      pen.moveTo(1, 1); pen.lineTo(5, 5); pen.moveTo(5, 1); pen.lineTo(1, 5); pen.stroke(); },
  }[mark];
  if (draw) draw();
  return context.createPattern(tile, "repeat");
}

function heatRange(optimizers) {
  let low = Infinity, high = 0;
  for (const { parameters } of optimizers) for (const { grad } of parameters) for (const v of grad.hi) {
    if (v !== null && v > 0) { low = Math.min(low, v); high = Math.max(high, v); }
  }
  return high ? [low, high] : null;
}

function heatmap(host, optimizer, range, options) {
  const rows = optimizer.parameters, columns = optimizer.firsts.length;
  const size = rows.length <= 16 ? 22 : rows.length <= 48 ? 14 : Math.max(4, Math.floor(640 / rows.length));
  const names = el("div", { class: "names", "aria-hidden": "true" });
  const every = Math.max(1, Math.ceil(13 / size));
  rows.forEach((row, i) => {
    const label = el("div", { title: row.name }, i % every === 0 ? row.name : "");
    label.style.height = label.style.lineHeight = `${size}px`;
    if (every > 1) label.style.overflow = "clip visible";
    names.append(label);
  });
  const canvas = el("canvas", { tabindex: 0, role: "img", "aria-label": options.label });
  const cell = el("div"), axis = el("div", { class: "axis" }), readout = el("p", { class: "readout", "aria-live": "polite" }, options.hint);
  cell.append(canvas);
  host.append(el("div", { class: "heat" }, names, cell, axis), readout);
  let width = 0, at = null, across = 1;
  const scale = (v) => range[1] === range[0] ? 0.5 : Math.log(v / range[0]) / Math.log(range[1] / range[0]);

  function draw() {
    width = Math.max(1, Math.min(cell.clientWidth, columns * 72));
    across = width / columns;
    const height = rows.length * size, ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio; canvas.height = height * ratio;
    canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
    axis.style.width = `${width}px`;
    const pen = canvas.getContext("2d"), patterns = {}, gap = size >= 12 ? 1 : 0, side = across >= 24 ? 1 : 0;
    pen.scale(ratio, ratio);
    pen.font = "11px system-ui, sans-serif"; pen.textAlign = "center"; pen.textBaseline = "middle";
    rows.forEach((row, j) => {
      for (let i = 0; i < columns; i++) {
        const mark = row.grad.marks[i], value = row.grad.hi[i], x = Math.floor(i * across), w = Math.floor((i + 1) * across) - x;
        if (mark === "-") continue;
        const color = mark === "." ? shade(scale(value)) : null;
        pen.fillStyle = color ? rgb(color) : (patterns[mark] = patterns[mark] || pattern(pen, mark));
        pen.fillRect(x, j * size, w - side, size - gap);
        if (across < 46 || size < 14) continue;
        const text = mark === "." ? brief(value, 3) : { n: "None", z: word("zeros"), x: word("not finite") }[mark];
        if (!color) { const wide = pen.measureText(text).width + 8; pen.fillStyle = mark === "x" ? "#d62f26" : "#e9ebed"; pen.fillRect(x + (w - wide) / 2, j * size + 3, wide, size - 7); }
        pen.fillStyle = color ? (color[0] * 0.3 + color[1] * 0.59 + color[2] * 0.11 > 120 ? "#000" : "#fff") : mark === "x" ? "#fff" : "#1b1f23";
        pen.fillText(text, x + w / 2, j * size + size / 2);
      }
    });
    if (at) {
      pen.strokeStyle = "#fff"; pen.lineWidth = 3; pen.strokeRect(at[0] * across, at[1] * size, Math.max(3, across), size);
      pen.strokeStyle = "#000"; pen.lineWidth = 1; pen.strokeRect(at[0] * across, at[1] * size, Math.max(3, across), size);
    }
  }
  function tell() {
    if (!at) { readout.replaceChildren(options.hint); return; }
    const [i, j] = at, { grad, name } = rows[j], lo = grad.lo ? grad.lo[i] : grad.hi[i];
    const text = grad.marks[i] === "." ? (lo === grad.hi[i] ? brief(lo, 6) : `${brief(lo)} … ${brief(grad.hi[i])}`) : MARKS[grad.marks[i]];
    readout.replaceChildren(el("b", { class: "mono" }, name), ` · ${span(optimizer.firsts[i], optimizer.lasts[i])} · ${word("gradient norm {a}", text)}`);
  }
  function move(i, j) {
    at = [Math.min(columns - 1, Math.max(0, i)), Math.min(rows.length - 1, Math.max(0, j))];
    draw(); tell();
  }
  function under(event) {
    const box = canvas.getBoundingClientRect();
    return [Math.floor((event.clientX - box.left) / across), Math.floor((event.clientY - box.top) / size)];
  }
  const choose = () => at && options.choose(rows[at[1]].name, optimizer.starts[at[0]]);
  canvas.addEventListener("pointermove", (event) => move(...under(event)));
  canvas.addEventListener("pointerleave", () => { if (document.activeElement !== canvas) { at = null; draw(); tell(); } });
  canvas.addEventListener("blur", () => { at = null; draw(); tell(); });
  canvas.addEventListener("click", (event) => { move(...under(event)); choose(); });
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by) move(...(at ? [at[0] + by[0], at[1] + by[1]] : [0, 0]));
    else if (event.key === "Home") move(0, at ? at[1] : 0);
    else if (event.key === "End") move(columns - 1, at ? at[1] : 0);
    else if (event.key === "Enter") choose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const middle = Math.floor((columns - 1) / 2);
  axis.append(el("span", {}, word("update {a}", optimizer.firsts[0])));
  if (columns >= 20) {
    const label = el("span", { class: "middle" }, String(optimizer.firsts[middle]));
    label.style.left = `${(100 * (middle + 0.5)) / columns}%`;
    axis.append(label);
  }
  if (columns > 1) axis.append(el("span", {}, String(optimizer.lasts[columns - 1])));
  new ResizeObserver(draw).observe(cell);
  draw();
  return { mark(name) { [...names.children].forEach((label, i) => label.classList.toggle("chosen", rows[i].name === name)); } };
}

function heatLegend(optimizers, range) {
  const marks = new Set(optimizers.flatMap((o) => o.parameters.flatMap((p) => [...p.grad.marks])));
  const ramp = el("i");
  ramp.style.backgroundImage = `linear-gradient(to right, ${RAMP.map(rgb).join(",")})`;
  const swatch = (mark) => {
    const canvas = el("canvas", { width: 26, height: 13 }), pen = canvas.getContext("2d");
    pen.fillStyle = pattern(pen, mark); pen.fillRect(0, 0, 26, 13);
    return canvas;
  };
  return el("div", { class: "scale" },
    range && el("span", { class: "ramp" }, brief(range[0], 3), ramp, brief(range[1], 3)), range && el("span", {}, word("gradient norm, log scale")),
    [["n", "None"], ["z", word("all zeros")], ["x", word("not finite")]].filter(([mark]) => marks.has(mark))
      .map(([mark, text]) => el("span", {}, swatch(mark), text)));
}
