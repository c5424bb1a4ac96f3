"""The rules' pages in the language in use; those of docs/ and of what programs read are English."""

from __future__ import annotations

import re

from backtrace.diagnose.rule import Rule
from backtrace.diagnose.rule_page import first_line, rule_to_markdown, section
from backtrace.language import localized, translated, translated_page

_COMMENT = re.compile(r"(?<=# ).+$", re.MULTILINE)


def page_to_markdown(rule: Rule) -> str:
    """Return a rule's page as Markdown."""
    head, _, *blocks = rule_to_markdown(rule).rstrip("\n").split("\n\n")
    first = f"*{translated(rule.severity)}*{translated('. ')}{translated(first_line(rule))}"
    return "\n\n".join([head, first, *map(_in_language, blocks)]) + "\n"


def page_section(rule: Rule, heading: str) -> list[tuple[str, bool]]:
    """Return the paragraphs under a heading, which is English, each with whether it is code."""
    return [
        (_code(text) if is_code else translated_page(text), is_code)
        for text, is_code in section(rule.page, heading)
    ]


def _in_language(block: str) -> str:
    if block.startswith("## "):
        return f"## {translated(block.removeprefix('## '))}"
    if block.startswith(("```", "    ")):
        return _code(block)
    text = " ".join(block.split())
    page = translated_page(text)
    said = localized(text) if page == text else page
    return block if said == text else said


def _code(block: str) -> str:
    """Return code with its comments in the language; the code is what it is."""
    return _COMMENT.sub(lambda comment: translated_page(comment[0]), block)
