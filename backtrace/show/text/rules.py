"""The catalogue of rules as a table, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.diagnose.rule import Rule, Severity
from backtrace.diagnose.rule_page import by_account, first_line
from backtrace.language import translated

_STYLES: dict[Severity, str] = {"error": "red", "warning": "yellow", "note": "dim"}


def rules_table(rules: Iterable[Rule]) -> RenderableType:
    """Return a line or two per rule, under the account that it judges."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for at, (account, found) in enumerate(by_account(rules).items()):
        if at:
            grid.add_row()
        grid.add_row(
            Text(found[0].code[:3] + "xx", style="bold"),
            "",
            Text(translated(account), style="bold"),
        )
        for rule in found:
            severity = Text(translated(rule.severity), style=_STYLES[rule.severity])
            text = Text(f"{rule.pattern}: ").append(translated(first_line(rule)), style="dim")
            grid.add_row(rule.code, severity, text)
    return grid


def rules_to_markdown(rules: Iterable[Rule], folder: str = "rules") -> str:
    """Return the catalogue as Markdown, with links to a page per rule in `folder`."""
    parts = []
    for account, found in by_account(rules).items():
        parts.append(f"## {account}")
        parts.append(
            "\n".join(["| code | pattern | | |", "|---|---|---|---|", *_rows(found, folder)])
        )
    return "\n\n".join(parts) + "\n"


def page_name(rule: Rule) -> str:
    """Return the file name of a rule's page."""
    return f"{rule.code}-{rule.pattern}.md"


def _rows(rules: Iterable[Rule], folder: str) -> Iterator[str]:
    for rule in rules:
        link = f"[{rule.code}]({folder}/{page_name(rule)})"
        sentence = first_line(rule).replace("|", "\\|")
        yield f"| {link} | `{rule.pattern}` | {rule.severity} | {sentence} |"
