"""Updates as HTML for notebooks: tables that take the page's own colours, light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from backtrace.language import localized, translated
from backtrace.ledger.updates import Update
from backtrace.show.content.activations import activation_lines
from backtrace.show.content.balance import AccountVerdict, State, judge_books, residual_text
from backtrace.show.content.call_line import calls_line
from backtrace.show.content.cells import Cell, Detail, Tone, literal, number
from backtrace.show.content.grid import GridRow, build_grid
from backtrace.show.content.heading import LOSS_DIGITS, loss_text, score_lines, title_text
from backtrace.show.content.note_texts import note_texts
from backtrace.show.content.sums import combine_readings

_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums;color:inherit"
_CELL = "padding:2px 10px 2px 0;vertical-align:top;background:none"
_RULE = "border-bottom:1px solid currentColor"
_TONES: dict[Tone, str] = {
    "plain": "",
    "none": "opacity:.55;font-style:italic",
    "zeros": "text-decoration:underline dotted",
    "nonfinite": "font-weight:bold;color:crimson",
    "absent": "opacity:.55",
}
_STATES: dict[State, str] = {
    "balanced": "",
    "unbalanced": "font-weight:bold;color:crimson",
    "unknown": "font-weight:bold",
    "empty": "opacity:.55",
}


def update_to_html(
    update: Update,
    *,
    params: Sequence[str] = (),
    values: int = 8,
    detail: Detail = "short",
    by_term: bool = False,
    limit: int | None = 12,
    with_optimizer: bool = False,
) -> str:
    """Return `update` as a fragment of HTML."""
    grid = build_grid(
        update, params=params, values=values, detail=detail, by_term=by_term, limit=limit
    )
    rows = [*grid.rows, *([grid.total] if grid.total else [])]
    has_labels = any(row.labels for row in rows)
    titles = [translated("parameter"), translated("shape"), *([""] if has_labels else [])]
    heads = [_tag("th", t, f"{_CELL};{_RULE};text-align:left") for t in titles]
    heads += [_tag("th", c.text, f"{_CELL};{_RULE};text-align:right") for c in grid.columns]
    hidden = f"{grid.hidden} parameters that changed less are left out." if grid.total else ""
    lines = note_texts(update, [*grid.notes, *([hidden] if hidden else [])])
    activations = activation_lines(update, is_short=limit is not None, values=values)
    return "".join(
        [
            "<div>",
            _tag("div", title_text(update, with_optimizer=with_optimizer), "font-weight:bold"),
            _tag("div", calls_line(update.calls) or translated("no calls")),
            _tag("div", loss_text(update)),
            *(_tag("div", line, "opacity:0.7") for line in score_lines(update)),
            f'<table style="{_TABLE}"><thead><tr>{"".join(heads)}</tr></thead><tbody>',
            *(_row(row, has_labels) for row in rows),
            "</tbody></table>",
            *(_verdict(verdict) for verdict in judge_books(update)),
            *(_tag("div", line, "white-space:pre-wrap") for line in activations),
            *(_tag("div", localized(f"note: {line}")) for line in lines),
            "</div>",
        ]
    )


def trace_to_html(
    title: str, updates: Sequence[Update], *, limit: int = 20, missing: int = 0
) -> str:
    """Return a line an update: its loss, calls, gradient and change, and whether books balance.

    Of more than `limit` updates the first and the last are shown; `missing` were left out of
    their middle already.
    """
    names = ("update", "loss", "gradient norm", "change norm", "books", "calls")
    heads = [_tag("th", translated(name), f"{_CELL};{_RULE};text-align:left") for name in names]
    half = limit // 2
    cut = len(updates) > limit
    shown = [*updates[:half], *updates[len(updates) - (limit - half) :]] if cut else updates
    lines = [_overview(update) for update in shown]
    if cut or missing:
        text = localized(f"… {len(updates) - len(shown) + missing} more …")
        lines.insert(half, f'<tr><td colspan="{len(names)}" style="{_CELL}">{text}</td></tr>')
    return "".join(
        [
            "<div>",
            *([_tag("div", title, "font-weight:bold")] if title else []),
            f'<table style="{_TABLE}"><thead><tr>{"".join(heads)}</tr></thead><tbody>',
            *lines,
            "</tbody></table></div>",
        ]
    )


def _overview(update: Update) -> str:
    rows = [row for row in update.rows.values() if row.kind != "input"]
    grad = combine_readings([row.grad_after for row in rows])
    change = combine_readings([row.change for row in rows])
    norms = [
        number(getattr(found, "norm", float("nan"))) if found else "–" for found in (grad, change)
    ]
    loss = "–" if update.loss is None else number(update.loss, LOSS_DIGITS)
    balances = {".grad": update.grad_books, "value": update.value_books}
    books = "; ".join(f"{label} {residual_text(found)}" for label, found in balances.items())
    texts = (str(update.index), loss, *norms, books, calls_line(update.calls))
    return f"<tr>{''.join(_tag('td', text, f'{_CELL};text-align:left') for text in texts)}</tr>"


def _row(row: GridRow, has_labels: bool) -> str:
    cells = [_tag("td", row.name, f"{_CELL};text-align:left;font-family:monospace")]
    cells.append(_tag("td", row.shape, f"{_CELL};text-align:left;opacity:.7"))
    if has_labels:
        label = Cell(row.labels, "absent")
        cells.append(_lines(label, "left"))
    cells += [_lines(cell, "right") for cell in row.cells]
    return f"<tr>{''.join(cells)}</tr>"


def _lines(cell: Cell, align: str) -> str:
    text = "<br>".join(escape(literal(line)) for line in cell.lines)
    style = ";".join(
        filter(None, (_CELL, f"text-align:{align};white-space:nowrap", _TONES[cell.tone]))
    )
    return f'<td style="{style}">{text}</td>'


def _verdict(verdict: AccountVerdict) -> str:
    style = _STATES[verdict.state]
    head = f"{translated('books')} {verdict.label}: {verdict.equation}: {verdict.result}"
    return "".join(_tag("div", line, style) for line in (head, *verdict.evidence))


def _tag(name: str, text: str, style: str = "") -> str:
    found = f' style="{style}"' if style else ""
    return f"<{name}{found}>{escape(literal(text))}</{name}>"
