"""A trace as a notebook shows it: the verdict, who learned, the loss, and a line an update."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from io import StringIO

from backtrace.diagnose.causes import Cause, find_causes
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.show.content.cells import literal
from backtrace.show.content.census import census_parts
from backtrace.show.content.diagnosis import (
    FOREMOST,
    checked_text,
    evidence_text,
    explained_text,
    fix_text,
    place_text,
    verdict_text,
)
from backtrace.show.html.html import trace_to_html
from backtrace.show.notebook.answers import diagnose_trace
from backtrace.show.notebook.figure import SEVERITY_COLOURS, plot_losses
from backtrace.show.notebook.series import losses
from backtrace.show.source_line import read_line
from backtrace.show.text.curve import loss_curve
from backtrace.show.text.curve_points import on_one_axis
from backtrace.show.text.findings import findings_table
from backtrace.show.text.unpadded import Unpadded
from backtrace.show.text.update_line import Columns, ZeroStarts

_MOST_EVENTS = 100_000  # beyond, to judge takes longer than one waits for a cell's output
_WIDTH = 100
_CLEAN = "#2f9e6e"
_MONO = "font-family:monospace;white-space:pre-wrap"
_FAINT = "opacity:.75;font-size:.92em"
_BEGUN = "Recording: what trains from here on is written down, until stop()."
_NEXT = ("trace.findings", "trace.plot()", "trace.why('NAME[0,0]')", "trace.report()")


def trace_overview(trace: Trace) -> str:
    """Return a trace as a fragment of HTML in the page's own colours."""
    if _is_fresh(trace):
        return _div(_BEGUN, "font-weight:bold")
    updates = _ends(trace.updates)
    diagnosis = _diagnose(trace)
    findings = () if diagnosis is None else diagnosis.alarms
    parts = [_heading(trace, diagnosis)]
    if diagnosis is not None:
        parts += _causes(trace, find_causes(findings))
        if census := census_parts(diagnosis.census):
            parts.append(_div(f"{' · '.join(census)}."))
        if diagnosis.updates:
            parts.append(_div(checked_text(diagnosis).replace(" (--notes shows them)", ""), _FAINT))
    if losses(trace):
        parts.append(f'<div style="margin:.5em 0">{plot_losses(trace, findings).svg}</div>')
    table = trace_to_html("", updates, limit=10, missing=len(trace.updates) - len(updates))
    name = "the update" if len(trace.updates) == 1 else "updates, a line each"
    parts.append(f"<details><summary>{name}</summary>{table}</details>")
    parts.append(_div(_next(updates), f"{_FAINT};{_MONO}"))
    return f'<div style="max-width:860px">{"".join(parts)}</div>'


def overview_text(trace: Trace) -> str:
    """Return the same as plain text, for where there is no HTML."""
    if _is_fresh(trace):
        return _BEGUN
    from rich.console import Console

    stream = StringIO()
    console = Console(file=stream, width=_WIDTH, color_system=None, force_jupyter=False)
    diagnosis = _diagnose(trace)
    console.print(repr(trace), markup=False, highlight=False, soft_wrap=True)
    if diagnosis is not None:
        console.print(Unpadded(findings_table(diagnosis)))
    seen = losses(trace)
    if any(len(points) > 1 for points in seen.values()):
        series, numbers = on_one_axis(seen)
        stream.write(loss_curve(series, _WIDTH - 20, 12, numbers=numbers) + "\n")
    stream.write(_next(_ends(trace.updates)))
    return stream.getvalue()


def updates_text(updates: Sequence[Update], opening: Sequence[Update] = ()) -> str:
    """Return a line an update; what began at zero in it or its `opening` is no change of values."""
    zero_starts = ZeroStarts()
    for update in [*opening, *updates]:
        zero_starts.take(update)
    columns = Columns(_WIDTH, len({update.optimizer for update in updates}) > 1)
    return "\n".join(
        [columns.heading(), *(columns.line(update, zero_starts.names) for update in updates)]
    )


def diagnosis_to_html(diagnosis: Diagnosis) -> str:
    """Return a verdict with its findings, all of them, and who learned."""
    parts = [_verdict(diagnosis), *_causes(None, find_causes(diagnosis.findings), most=None)]
    if census := census_parts(diagnosis.census):
        parts.append(_div(f"{' · '.join(census)}."))
    return f"<div>{''.join(parts)}</div>"


def diagnosis_text(diagnosis: Diagnosis) -> str:
    """Return the same as plain text."""
    from rich.console import Console

    stream = StringIO()
    console = Console(file=stream, width=_WIDTH, color_system=None, force_jupyter=False)
    console.print(Unpadded(findings_table(diagnosis, notes=True)))
    return stream.getvalue().rstrip()


def _diagnose(trace: Trace) -> Diagnosis | None:
    """Return the verdict; None of a trace that is too long for a cell to wait for it."""
    return diagnose_trace(trace, ()) if len(trace.events) <= _MOST_EVENTS else None


def _ends(updates: Sequence[Update], most: int = 5) -> list[Update]:
    """Return the first and the last updates: of a file, no others are read."""
    count = len(updates)
    if count <= 2 * most:
        return list(updates)
    return [*updates[:most], *updates[count - most :]]


def _next(ends: Sequence[Update]) -> str:
    """Return what can be typed next: of updates such as there are, the third if there is one."""
    if not ends:
        return "  ".join(_NEXT)
    first, last = ends[min(2, len(ends) - 1)].index, ends[-1].index
    # A number alone says which update only where one optimizer steps.
    one = (f"trace[{first}]",) if len({update.optimizer for update in ends}) == 1 else ()
    several = (f"trace[{first}:{min(first + 3, last + 1)}]",) if first < last or not one else ()
    return "  ".join((*one, *several, *_NEXT))


def _heading(trace: Trace, diagnosis: Diagnosis | None) -> str:
    if diagnosis is not None:
        return _verdict(diagnosis, trace.header.target)
    text = f"{repr(trace)[1:-1]}. It is long: trace.diagnose() judges it."
    return _div(text, "font-weight:bold")


def _is_fresh(trace: Trace) -> bool:
    """Whether recording has begun, and nothing was trained since."""
    return trace.is_begun and not len(trace.updates)


def _verdict(diagnosis: Diagnosis, target: str = "") -> str:
    """Return the verdict beside a bar: what is told by its colour is said in the text as well."""
    worst = diagnosis.alarms[0].severity if diagnosis.alarms else None
    colour = _CLEAN if worst is None else SEVERITY_COLOURS[worst]
    title = f"{literal(target)}: " if target else ""
    style = f"border-left:4px solid {colour};padding:.2em 0 .2em .7em;font-weight:bold"
    return _div(f"{title}{verdict_text(diagnosis)}", style)


def _causes(
    trace: Trace | None, causes: Sequence[Cause], most: int | None = FOREMOST
) -> Iterator[str]:
    """Yield each cause: what happened, where, the source line, the numbers, and what to write."""
    for cause in causes[:most]:
        finding = cause.finding
        line = read_line(trace, finding.where) if trace is not None else ""
        lines = [
            _div(finding.message),
            _div(place_text(finding), _FAINT),
            *([_div(line, f"{_MONO};padding-left:1.2em")] if line else []),
            *(_div(t, _FAINT) for t in (evidence_text(finding), explained_text(cause)) if t),
            _div(f"→ {fix_text(finding)}"),
        ]
        colour = SEVERITY_COLOURS[finding.severity]
        style = f"border-left:4px solid {colour};padding-left:.7em;margin:.5em 0"
        yield f'<div style="{style}">{"".join(lines)}</div>'
    if most is not None and len(causes) > most:
        yield _div(f"{len(causes) - most} more: trace.findings", _FAINT)


def _div(text: str, style: str = "") -> str:
    told = f' style="{style}"' if style else ""
    return f"<div{told}>{escape(literal(text))}</div>"
