"""What `rules` prints: the catalogue, or pages of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from backtrace.diagnose.rule import Rule
from backtrace.language import localized
from backtrace.show.content.rule_pages import page_to_markdown
from backtrace.show.text.page_markdown import PageMarkdown
from backtrace.show.text.rules import rules_table, rules_to_markdown

_WIDTH = 100  # longer lines of prose are hard to read


def print_catalogue(rules: Iterable[Rule], *, is_markdown: bool = False) -> None:
    """Print all rules, each in a line or two."""
    if is_markdown:
        sys.stdout.write(rules_to_markdown(rules))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(rules_table(rules))
    console.print()
    console.print(Text(localized("backtrace rules BT101 shows one rule's page."), style="dim"))


def print_pages(rules: Iterable[Rule], *, is_markdown: bool = False) -> None:
    """Print the pages of rules, one after the other."""
    if is_markdown:
        sys.stdout.write("\n".join(page_to_markdown(rule) for rule in rules))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for rule in rules:
        page = PageMarkdown(page_to_markdown(rule), code_theme="ansi_light")
        console.print(page, width=min(console.width, _WIDTH))
        console.print()
