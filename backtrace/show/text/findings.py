"""The end of a run: the verdict, why, and what to do next; then what was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.language import localized, translated
from backtrace.show.content.cells import literal
from backtrace.show.content.census import CENSUS_HEAD, census_parts, census_rows
from backtrace.show.content.diagnosis import (
    FOREMOST,
    checked_text,
    evidence_text,
    explained_text,
    fix_text,
    message_text,
    place_text,
    reason_texts,
    verdict_text,
)
from backtrace.show.content.next_command import SeenUpdates, Shown, next_command
from backtrace.show.text.unpadded import Unpadded

if TYPE_CHECKING:
    from backtrace.diagnose.causes import Cause
    from backtrace.diagnose.census.census import Census
    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding, Severity

_STYLES: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow", "note": "bold"}
_LONGEST = 160  # of a source line


def print_diagnosis(
    console: Console,
    diagnosis: Diagnosis | None,
    *,
    notes: bool = False,
    census: bool = False,
    read: Callable[[str], str] | None = None,
) -> None:
    """Print a diagnosis below what is there already; None was not asked for.

    `read` gives the source line at a place, as `findings_table` shows it.
    """
    if diagnosis is not None:
        console.print()
        if census and diagnosis.census is not None:
            console.print(Unpadded(census_table(diagnosis.census)))
            console.print()
        console.print(Unpadded(findings_table(diagnosis, notes=notes, read=read)))


def print_next(
    console: Console, shown: Shown | None, diagnosis: Diagnosis | None, seen: SeenUpdates
) -> None:
    """Print the command worth typing next."""
    if shown is not None:
        print_command(console, next_command(shown, diagnosis, seen))


def print_command(console: Console, told: str) -> None:
    """Print a command worth typing, and what stands after its `#`; nothing where nobody types.

    What does not fit beside the command stands under it.
    """
    if console.is_terminal:
        command, _, why = told.partition("  # ")
        head = translated("next   ")
        is_wide = cell_len(f"{head}{command}   {why}") > console.width
        gap = f"\n{' ' * cell_len(head)}" if is_wide else "   "
        text = Text(f"\n{head}", style="bold").append(command, style="not bold cyan")
        console.print(text.append(f"{gap}{why}", style="not bold dim"), soft_wrap=True)


def census_table(census: Census) -> Table:
    """Return what became of every tensor, one a row, with what was counted of it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, title in enumerate(CENSUS_HEAD):
        table.add_column(translated(title), justify="left" if at < 3 else "right", overflow="fold")
    for row in census_rows(census):
        table.add_row(*map(Text, row))
    return table


def print_finding(console: Console, finding: Finding, *, notes: bool = False) -> None:
    """Print what was found and where, in two lines; notes only where they are wanted."""
    if notes or finding.severity != "note":
        style = _STYLES[finding.severity]
        console.print(Text(place_text(finding), style=style), soft_wrap=True)
        console.print(Text(f"    {message_text(finding)}"), soft_wrap=True)


def findings_table(
    diagnosis: Diagnosis,
    *,
    notes: bool = False,
    has_hints: bool = True,
    read: Callable[[str], str] | None = None,
) -> RenderableType:
    """Return a diagnosis under Verdict, Why and Next; a clean one takes three lines at most.

    Those that others explain stand with them. `notes` shows notes too. Without `has_hints` it is
    left out what would be the same under others: what to read, and what was checked. What `read`
    returns for a finding's place, the source line there, stands under the place.
    """
    shown = diagnosis.findings if notes else diagnosis.alarms
    if not shown:
        return _clean(diagnosis)
    from backtrace.diagnose.causes import find_causes

    causes = find_causes(shown)
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(overflow="fold")
    worst = shown[0].severity
    grid.add_row(translated("Verdict"), "", Text(verdict_text(diagnosis), style=_STYLES[worst]))
    sections = (
        (translated("Census"), [("", Text(part)) for part in census_parts(diagnosis.census)]),
        (translated("Why"), _why(causes[:FOREMOST], read)),
        (translated("Also"), _also(causes[FOREMOST:])),
        (translated("Next"), _next(causes[:FOREMOST], has_hints=has_hints)),
        (translated("Rules"), _checked(diagnosis, notes) if has_hints else ()),
    )
    for label, lines in sections:
        for at, (mark, text) in enumerate(lines):
            if not at:
                grid.add_row()
            grid.add_row("" if at else label, mark, text)
    return grid


def _why(causes: list[Cause], read: Callable[[str], str] | None) -> Iterator[tuple[str, Text]]:
    for at, cause in enumerate(causes, 1):
        finding = cause.finding
        yield f"{at}.", Text(message_text(finding))
        place = Text(place_text(finding), style="dim")
        place.stylize(_STYLES[finding.severity], 0, len(translated(finding.severity)))
        yield "", place
        source = read(finding.where) if read is not None else ""
        if source:
            yield "", Text(f"  {literal(_shortened(source))}")
        for text in filter(None, (evidence_text(finding), explained_text(cause))):
            yield "", Text(text, style="dim")


def _shortened(source: str) -> str:
    return source if len(source) <= _LONGEST else f"{source[: _LONGEST - 1]}…"


def _also(causes: list[Cause]) -> Iterator[tuple[str, Text]]:
    for cause in causes:
        finding = cause.finding
        where = f" · {literal(finding.where)}" if finding.where else ""
        severity = f"{translated(finding.severity)} {finding.code}"
        line = localized(f"{severity} at update {finding.update}{where}: ")
        yield "", Text(line, style="dim").append(message_text(finding), style="not dim")


def _next(causes: list[Cause], *, has_hints: bool) -> Iterator[tuple[str, Text]]:
    for at, cause in enumerate(causes, 1):
        yield f"{at}.", Text(fix_text(cause.finding))
    if has_hints:
        yield "", Text(hint_text(causes[0].finding.code), style="dim")


def hint_text(code: str) -> str:
    """Return where to read of a rule, and how to say that it is meant."""
    return localized(
        f"See `backtrace rules {code}`. If intended: --ignore {code}, diagnose.ignore in a config, "
        f"or `# backtrace: ignore {code}` on the line."
    )


def _checked(diagnosis: Diagnosis, notes: bool) -> Iterator[tuple[str, Text]]:
    yield "", Text(checked_text(diagnosis, notes=notes), style="dim")
    for text in reason_texts(diagnosis.not_checked):
        yield "", Text(localized(f"not checked: {text}"), style="dim")


def _clean(diagnosis: Diagnosis) -> RenderableType:
    """Return the verdict, whole, with two lines below it that are cut where the terminal ends."""
    if not diagnosis.updates:
        return Text(verdict_text(diagnosis))
    lines = Table.grid()
    lines.add_column(no_wrap=True, overflow="ellipsis")
    if parts := census_parts(diagnosis.census):
        lines.add_row(Text(translated("{parts}.").format(parts=" · ".join(parts))))
    reasons = reason_texts(diagnosis.not_checked)
    if reasons:
        lines.add_row(Text(localized(f"Not checked: {'; '.join(reasons)}"), style="dim"))
    verdict = Text(f"{verdict_text(diagnosis)} {checked_text(diagnosis)}")
    return Group(verdict, lines) if lines.row_count else verdict
