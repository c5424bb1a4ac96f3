"""What `rules` prints: the catalogue, or pages of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from backtrace.diagnose.rule import Rule
from backtrace.diagnose.rule_page import first_line, rule_to_markdown
from backtrace.language import localized, translated
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
        sys.stdout.write("\n".join(_page(rule) for rule in rules))
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for rule in rules:
        page = Markdown(_page(rule), code_theme="ansi_light")
        console.print(page, width=min(console.width, _WIDTH))
        console.print()


def _page(rule: Rule) -> str:
    """Return a rule's page with what the language in use has of it; the rest is English."""
    head, *blocks = rule_to_markdown(rule).rstrip("\n").split("\n\n")
    first = f"*{translated(rule.severity)}*{translated('. ')}{translated(first_line(rule))}"
    return "\n\n".join([head, first, *map(_in_language, blocks[1:])]) + "\n"


def _in_language(block: str) -> str:
    mark, _, title = block.rpartition("## ")
    if block.startswith("## "):
        return f"{mark}## {translated(title)}"
    return localized(" ".join(block.split())) if _is_known(block) else block


def _is_known(block: str) -> bool:
    text = " ".join(block.split())
    return localized(text) != text
