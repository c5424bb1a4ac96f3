"""Three computations of each gradient, as a table for the terminal with notes below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import isinf, isnan

from rich.box import Box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from backtrace.explain.megabytes import megabytes
from backtrace.explain.verify.verification_facts import (
    Check,
    Form,
    GradientDifference,
    Verdict,
    Verification,
)
from backtrace.language import localized, translated
from backtrace.printable import json_text
from backtrace.show.content.cells import ABSENT, literal, number, shape_text

_LINES = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
_MARKS: dict[Verdict, tuple[str, str]] = {
    "agree": ("✓", "green"),
    "two agree": ("✓", "green"),
    "disagree": ("✗", "bold red"),
    "not checked": (ABSENT, "bold yellow"),
}
_DIGITS = 3
_ANY_WIDTH = 10_000
_MOST_FORMS = 3
_MOST_NAMES = 4


def verification_table(verification: Verification) -> RenderableType:
    """Return a verification as something for `rich.console.Console.print`."""
    return _VerificationView(verification)


class _VerificationView:
    """What is to be drawn, until the width is known."""

    def __init__(self, verification: Verification) -> None:
        self._found = verification

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from _heading(self._found)
        yield Text("")
        if self._found.checks:
            yield _fitting_table(console, options, self._found)
            yield Text("")
        yield _summary(self._found)
        yield _notes_grid(list(_notes(self._found)))


def _heading(found: Verification) -> Iterator[Text]:
    loss = number(found.loss, 7)
    if found.update is not None:
        title = f"update {found.update} · loss {loss}"
        yield Text(f"{literal(found.target)} · {localized(title)}", style="bold")
        yield Text(translated("by hand, in float64 | autograd, as it trained"))
        return
    title = f"first batch, in float64 · loss {loss}"
    yield Text(f"{literal(found.target)} · {localized(title)}", style="bold")
    step = number(found.step, 4)
    how = f"h {step}, up to {found.samples} entries of each, seed {found.seed}"
    yield Text(localized(f"by hand | autograd | finite differences ({how})"))


def _fitting_table(
    console: Console, options: ConsoleOptions, found: Verification
) -> RenderableType:
    """Return the table with a column for the rule, or with the rule below the name if narrow."""
    has_finite = found.update is None
    wide = _table(found.checks, has_rules=True, has_finite=has_finite)
    natural = Measurement.get(console, options.update_width(_ANY_WIDTH), wide).maximum
    if natural <= options.max_width:
        return wide
    return _table(found.checks, has_rules=False, has_finite=has_finite)


def _table(checks: Sequence[Check], *, has_rules: bool, has_finite: bool) -> Table:
    table = Table(box=_LINES, show_edge=False, pad_edge=False, padding=0, border_style="dim")
    table.add_column(f"{translated('gradient of')}\n", overflow="fold", vertical="top")
    if has_rules:
        table.add_column(f"{translated('rule')}\n", no_wrap=True)
    table.add_column(f"{translated('shape')}\n", overflow="fold", style="dim")
    finite = (("finite", "abs"), ("", "rel")) if has_finite else ()
    for top, below in (("by hand", "abs"), ("", "rel"), *finite):
        table.add_column(Text(f"{translated(top)}\n{below}"), justify="right", no_wrap=True)
    if has_finite:
        table.add_column(Text("\nof"), justify="right", no_wrap=True, style="dim")
    table.add_column(f"{translated('verdict')}\n", no_wrap=True)
    for at, check in enumerate(checks):
        mark, style = _MARKS[check.verdict]
        name = Text(literal(check.name))
        rule = literal(check.rule) or ABSENT
        if not has_rules:
            name.append(f"\n  {rule}", style="dim")
        ends = at + 1 < len(checks) and checks[at + 1].kind != check.kind
        table.add_row(
            name,
            *([Text(rule)] if has_rules else []),
            Text(shape_text(check.shape)),
            *_difference(check.by_hand),
            *((*_difference(check.finite), Text(_sampled(check))) if has_finite else ()),
            Text(f"{mark} {translated(check.verdict)}", style=style),
            end_section=ends,
        )
    return table


def _difference(difference: GradientDifference | None) -> tuple[Text, Text]:
    if difference is None:
        return Text(ABSENT, style="dim"), Text(ABSENT, style="dim")
    style = "" if difference.is_close else "bold red"
    absolute, relative = difference.absolute, difference.relative
    return Text(_short(absolute), style=style), Text(_short(relative), style=style)


def _short(x: float | None) -> str:
    if x is None:
        return ABSENT
    return "0" if x == 0 else number(x, _DIGITS) if x >= 0.01 else f"{x:.1e}"


def _sampled(check: Check) -> str:
    """Return how many entries finite differences were compared in."""
    return str(check.sampled - check.kinks) if check.sampled else ABSENT


def _summary(found: Verification) -> Text:
    counts = dict.fromkeys(_MARKS, 0)
    for check in found.checks:
        counts[check.verdict] += 1
    parts = [f"{count} {translated(verdict)}" for verdict, count in counts.items() if count]
    total = len(found.checks)
    heads = localized("1 gradient" if total == 1 else f"{total} gradients")
    text = f"{heads}{translated(': ')}{translated(', ').join(parts)}"
    if not found.agrees:
        return Text(f"✗ {text}", style="bold red")
    best: Verdict = "agree" if found.update is None else "two agree"
    is_whole = counts[best] == total > 0
    return Text(f"{'✓ ' if is_whole else ''}{text}", style="bold green" if is_whole else "bold")


def _notes(found: Verification) -> Iterator[tuple[str, str, str]]:
    """Yield a label, a text and its style for all that needs to be said below the table."""
    for reason, names in _by_reason(found.checks):
        is_wrong = any(c.verdict == "disagree" and c.name in names for c in found.checks)
        style = "bold red" if is_wrong else ""
        said = translated("; ").join(map(localized, reason.split("; ")))
        yield "why", f"{_listed(names)}{translated(': ')}{said}", style
    for missing in found.missing:
        onwards = "; the chain goes on from autograd's gradient" if found.whole else ""
        reason = f"{localized(missing.reason)}{translated(onwards) if onwards else ''}"
        what = f"{missing.name} ({missing.kind}){translated(': ')}{reason}"
        yield "not derived", what, "yellow"
    for note in found.notes:
        yield "note", localized(note), ""
    yield from _form_notes(found.forms)
    for name, formula in found.rules.items():
        said = "; ".join(map(localized, formula.split("; ")))
        yield "rules", f"{name}: {said}", "dim"


def _by_reason(checks: Sequence[Check]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for check in checks:
        if check.reason:
            found.setdefault(check.reason, []).append(check.name)
    return list(found.items())


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    rest = localized(f" and {more} more") if more > 0 else ""
    return translated(", ").join(names[:_MOST_NAMES]) + rest


def _form_notes(forms: Sequence[Form]) -> Iterator[tuple[str, str, str]]:
    """Yield what the broadcast form costs: the largest, and whatever was refused or is wrong."""
    wrong = [form for form in forms if form.difference and not form.difference.is_close]
    usual = sorted((f for f in forms if f not in wrong), key=lambda f: -f.bytes_float32)
    for form in [*wrong, *usual[:_MOST_FORMS]]:
        size = megabytes(form.bytes_float32)
        built = f"{form.layer}: the broadcast form builds {shape_text(form.shape)}"
        sizes = f"{size} in float32; the matrix products at most {megabytes(form.bytes_matrix)}"
        cost = f"{localized(built)}{translated(', ')}{localized(sizes)}"
        apart = "" if form.difference is None else _short(form.difference.absolute)
        told = f"Not built: {form.reason}" if form.difference is None else f"They agree to {apart}"
        told = f"They differ by {apart}" if form in wrong else told
        style = "yellow" if form.difference is None else "bold red" if form in wrong else ""
        yield "broadcast", f"{cost}{translated('. ')}{localized(told)}", style
    if len(usual) > _MOST_FORMS:
        more = f"{len(usual) - _MOST_FORMS} smaller ones agree or are refused alike"
        yield "broadcast", localized(more), ""


def _notes_grid(notes: Sequence[tuple[str, str, str]]) -> Table:
    """Return texts that wrap beside their labels; a label stands once for all that follow."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for at, (label, text, style) in enumerate(notes):
        is_new = at == 0 or notes[at - 1][0] != label
        grid.add_row(Text(translated(label) if is_new else ""), Text(literal(text), style=style))
    return grid


def verification_to_json(found: Verification) -> str:
    """Return a verification as one JSON document; `agrees` is what the exit code says."""
    facts = {key: _plain(value) for key, value in asdict(found).items()}
    if found.update is None:
        del facts["update"]
    document = {"agrees": found.agrees, **facts}
    return json_text(document)


def _plain(value: object) -> object:
    """Return plain data as JSON has it, in which numbers that are not finite are words."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [_plain(item) for item in value]
        case float() if isnan(value):
            return "NaN"
        case float() if isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case _:
            return value
