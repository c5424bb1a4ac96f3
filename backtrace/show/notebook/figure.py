"""The loss and the gradient norm over updates as a drawing in SVG, with what the rules found."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import floor, isfinite, log10
from pathlib import Path
from typing import Any

from backtrace.diagnose.rule import Finding, Severity
from backtrace.ledger.trace import Trace
from backtrace.show.content.cells import literal, number
from backtrace.show.notebook.series import Points, grad_norms, losses, thinned

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 64, 12, 34, 40
_ROOM = _WIDTH - _LEFT - _RIGHT
_TICKS = 5
_DECADES = 2  # from which on the scale is logarithmic
_COLOURS = ("#3b82f6", "#d97706", "#16a34a", "#db2777")
SEVERITY_COLOURS: dict[Severity, str] = {
    "error": "#e5484d",
    "warning": "#d97706",
    "note": "#8b8d98",
}
_LABEL = 46  # pixels between two findings' names


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG, which a notebook shows; `save` writes it to a file."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        return self.svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the drawing."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def __repr__(self) -> str:
        return "<Figure of loss and gradient norm over updates; .save('loss.svg') writes it>"


def plot_trace(trace: Trace, findings: Sequence[Finding]) -> Figure:
    """Return the loss and the norm of all gradients over the updates, one above the other."""
    marks = [each for each in findings if each.severity != "note"]
    parts = [
        _Panel("loss", losses(trace), marks, 0, 220),
        _Panel("gradient norm", grad_norms(trace), marks, 220, 220),
    ]
    return _figure(parts, 440)


def plot_losses(trace: Trace, findings: Sequence[Finding]) -> Figure:
    """Return the loss over the updates alone, lower."""
    marks = [each for each in findings if each.severity != "note"]
    return _figure([_Panel("loss", losses(trace), marks, 0, 190)], 190)


def draw_into(axes: Any, trace: Trace, findings: Sequence[Finding]) -> None:
    """Draw the loss into axes of matplotlib's, which are the caller's."""
    for name, points in losses(trace).items():
        axes.plot([at for at, _ in points], [loss for _, loss in points], label=name)
    for finding in findings:
        if finding.severity != "note":
            colour = SEVERITY_COLOURS[finding.severity]
            axes.axvline(finding.update, color=colour, linestyle=":", label=finding.code)
    axes.set_xlabel("update")
    axes.set_ylabel("loss")
    axes.legend()


def _figure(panels: Sequence[_Panel], height: int) -> Figure:
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
    style = "font:12px sans-serif;color:currentColor;max-width:100%;background:none"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{style}" role="img">'
    return Figure(f"{head}{''.join(panel.draw() for panel in panels)}</svg>")


@dataclass(frozen=True)
class _Panel:
    """One chart: a curve for each optimizer, with axes in the page's own colour."""

    title: str
    series: Mapping[str, Points]
    findings: Sequence[Finding]
    top: int
    height: int

    def draw(self) -> str:
        """Return its elements; where nothing is finite, its name alone."""
        values = [v for points in self.series.values() for _, v in points if isfinite(v)]
        if not values:
            return _text(_LEFT, self.top + 14, f"{self.title}: no finite number was seen")
        numbers = [at for points in self.series.values() for at, _ in points]
        is_log = min(values) > 0 and log10(max(values) / min(values)) > _DECADES
        across = _Scale(min(numbers), max(numbers), _LEFT, _ROOM)
        ends = (self.top + self.height - _BOTTOM, -(self.height - _BOTTOM - _TOP))
        up = _Scale(min(values), max(values), *ends, is_log=is_log)
        parts = [_text(_LEFT, self.top + 14, self._head(is_log), bold=True)]
        parts += [self._rows(up), self._columns(across), self._marks(across)]
        for at, (name, points) in enumerate(self.series.items()):
            parts += [self._curve(points, across, up, _COLOURS[at % len(_COLOURS)])]
            if len(self.series) > 1:
                x = _LEFT + 190 + 130 * at
                parts.append(_text(x, self.top + 14, name, fill=_COLOURS[at % len(_COLOURS)]))
        return "".join(parts)

    def _head(self, is_log: bool) -> str:
        return f"{self.title}, log scale" if is_log else self.title

    def _rows(self, up: _Scale) -> str:
        drawn = ""
        for value in up.ticks():
            y = up.place(value)
            drawn += _line(_LEFT, y, _WIDTH - _RIGHT, y, opacity=0.15)
            drawn += _text(_LEFT - 6, y + 4, number(value, 4), anchor="end")
        return drawn

    def _columns(self, across: _Scale) -> str:
        bottom = self.top + self.height - _BOTTOM
        drawn = _line(_LEFT, bottom, _WIDTH - _RIGHT, bottom, opacity=0.6)
        for value in across.whole_ticks():
            x = across.place(value)
            drawn += _line(x, bottom, x, bottom + 4, opacity=0.6)
            drawn += _text(x, bottom + 17, str(round(value)), anchor="middle")
        return drawn + _text(_LEFT + _ROOM / 2, bottom + 32, "update", anchor="middle")

    def _marks(self, across: _Scale) -> str:
        """Return a line at the update of each finding, named where there is room for the name."""
        found: dict[int, list[Finding]] = {}
        for each in sorted(self.findings, key=lambda each: each.update):
            found.setdefault(each.update, []).append(each)
        drawn, free = "", 0.0
        for update, here in found.items():
            if not across.low <= update <= across.high:
                continue
            x, colour = across.place(update), SEVERITY_COLOURS[here[0].severity]
            told = "; ".join(f"{each.code} {each.pattern}" for each in here)
            line = _line(x, self.top + _TOP - 6, x, self.top + self.height - _BOTTOM, colour, "3 3")
            drawn += f"<g><title>{escape(f'update {update}: {told}')}</title>{line}</g>"
            if x >= free:
                more = f" +{len(here) - 1}" if len(here) > 1 else ""
                name = here[0].code + more
                x_text = min(x + 3, _WIDTH - _RIGHT - 7 * len(name))
                drawn += _text(x_text, self.top + _TOP - 6, name, fill=colour, size=11)
                free = x + _LABEL + 7 * len(more)
        return drawn

    def _curve(self, points: Points, across: _Scale, up: _Scale, colour: str) -> str:
        """Return the curve; where a number is not finite it is interrupted, and a cross stands."""
        pieces: list[list[str]] = [[]]
        crosses = ""
        for at, value in thinned(points):
            x = across.place(at)
            if isfinite(value) and not (up.is_log and value <= 0):
                pieces[-1].append(f"{x:.1f},{up.place(value):.1f}")
                continue
            pieces.append([])
            label = f"<title>update {at}: {number(value)}</title>"
            fill = SEVERITY_COLOURS["error"]
            cross = _text(x, self.top + _TOP + 8, "×", anchor="middle", fill=fill, bold=True)
            crosses += f"<g>{label}{cross}</g>"
        style = f'fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round"'
        lines = "".join(
            f'<polyline points="{" ".join(piece)}" {style}/>' for piece in pieces if len(piece) > 1
        )
        single = [piece[0].split(",") for piece in pieces if len(piece) == 1]
        dots = "".join(f'<circle cx="{x}" cy="{y}" r="2.5" fill="{colour}"/>' for x, y in single)
        return lines + dots + crosses


@dataclass(frozen=True)
class _Scale:
    """From numbers to pixels, in a straight line or by logarithm."""

    low: float
    high: float
    start: float
    length: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """Return the pixel of a number."""
        low, high, at = self.low, self.high, value
        if self.is_log:
            low, high, at = log10(low), log10(high), log10(value)
        spread = (high / 2 - low / 2) or 1.0  # no difference of halves is infinite
        share = 0.5 if high == low else (at / 2 - low / 2) / spread
        return self.start + share * self.length

    def ticks(self) -> list[float]:
        """Return a few round numbers between the ends; of one number, itself."""
        if self.low == self.high:
            return [self.low]
        if self.is_log:
            first, last = floor(log10(self.low)) + 1, floor(log10(self.high))
            every = max(1, (last - first) // _TICKS + 1)
            tens = [10.0**power for power in range(first, last + 1, every)]
            return tens if len(tens) > 1 else [self.low, self.high]
        return self._multiples(_step((self.high / 2 - self.low / 2) / _TICKS * 2))

    def whole_ticks(self) -> list[float]:
        """Return both ends, which are whole numbers, and a few round ones between them."""
        step = max(1.0, _step((self.high - self.low) / (2 * _TICKS)))
        far = step * 0.7
        between = [x for x in self._multiples(step) if self.low + far < x < self.high - far]
        return [self.low, *between, self.high] if self.high > self.low else [self.low]

    def _multiples(self, step: float) -> list[float]:
        first = -floor(-self.low / step)
        found = [(first + at) * step for at in range(4 * _TICKS)]
        return [value for value in found if value <= self.high * (1 + 1e-12)]


def _step(rough: float) -> float:
    """Return 1, 2 or 5 times a power of ten, at least as large."""
    size = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    return next((size * k for k in (1, 2, 5, 10) if size * k >= rough), rough)


def _line(
    x: float, y: float, x2: float, y2: float, colour: str = "currentColor", dash: str = "",
    opacity: float = 1.0,
) -> str:  # fmt: skip
    more = f' stroke-dasharray="{dash}"' if dash else ""
    faint = f' stroke-opacity="{opacity}"' if opacity < 1 else ""
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}"{more}{faint}/>'


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", fill: str = "currentColor",
    bold: bool = False, size: int = 12,
) -> str:  # fmt: skip
    weight = ' font-weight="bold"' if bold else ""
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}"'
    return f"<text {where}{weight}>{escape(literal(text))}</text>"
