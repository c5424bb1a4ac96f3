"""A rule's page: its docstring, with the code and the severity, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backtrace.diagnose.ranks.rank_rule import RankRule
from backtrace.diagnose.rule import Rule
from backtrace.docstrings import module_docstring_of

# In the order in which every page has them.
HEADINGS = (
    "What it sees",
    "Why it matters",
    "Example",
    "Instead",
    "When it is intended",
    "Source",
)
ACCOUNTS = {
    "BT1": "Gradient account",
    "BT2": "Value account",
    "BT3": "Graph",
    "BT4": "Loss and data",
    "BT5": "Numbers",
    "BT6": "Census",
    "BT7": "Ranks",
}
_CODE = "    "  # code in a docstring is indented


def first_line(rule: Rule) -> str:
    """Return in one sentence what a rule finds."""
    return " ".join(_page(rule).strip().split("\n\n")[0].split())


def headings(rule: Rule) -> tuple[str, ...]:
    """Return the headings of a rule's page, in its order."""
    return tuple(re.findall(r"^## (.+)$", _page(rule), re.MULTILINE))


def section(page: str, heading: str) -> list[tuple[str, bool]]:
    """Return the paragraphs under a heading of a rule's page, each with whether it is code."""
    _, found, rest = page.partition(f"## {heading}\n")
    if not found:
        return []
    blocks = _blocks(rest.partition("\n## ")[0].strip("\n"))
    return [
        (
            "\n".join(line.removeprefix(_CODE) for line in block.splitlines())
            if block.startswith(_CODE)
            else " ".join(block.split()),
            block.startswith(_CODE),
        )
        for block in blocks
    ]


def rule_to_markdown(rule: Rule) -> str:
    """Return a rule's page; what is indented in the docstring is Python."""
    head, *rest = _page(rule).strip().split("\n\n")
    parts = [f"# {rule.code} {rule.pattern}", f"*{rule.severity}*. {' '.join(head.split())}"]
    body = "\n\n".join(rest)
    # A heading's text follows it at once in a docstring; Markdown wants an empty line between.
    body = re.sub(r"^(## .+)\n(?=.)", r"\1\n\n", body, flags=re.MULTILINE)
    parts += [_fence(part) for part in _blocks(body)]
    if rule.cure:
        cure = rule.cure.replace("{parameters}", "NAMES").replace("{limit}", "LIMIT")
        parts.append(f"`backtrace prove` tries `--with {cure}` on the running loop.")
    return "\n\n".join(parts) + "\n"


def by_account(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return rules under the names of the accounts that they judge."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(ACCOUNTS.get(rule.code[:3], "Other"), []).append(rule)
    return found


def _page(rule: Rule) -> str:
    """Return the docstring of the rule's file, which `python -OO` leaves out."""
    check = rule.search if isinstance(rule, RankRule) else rule.check
    return rule.page or module_docstring_of(check)


def _blocks(body: str) -> Iterable[str]:
    """Split at empty lines, but not inside of code, which may have some."""
    found: list[str] = []
    for block in body.split("\n\n"):
        if found and block.startswith(_CODE) and found[-1].startswith(_CODE):
            found[-1] += f"\n\n{block}"
        else:
            found.append(block)
    return found


def _fence(block: str) -> str:
    if not block.startswith(_CODE):
        return block
    lines = (line.removeprefix(_CODE) for line in block.splitlines())
    return "\n".join(["```python", *lines, "```"])
