"""A lesson's prose as HTML: paragraphs, lists and code; all else is text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from backtrace.learn.prose import EMPHASIS, ITEM, fill, list_items, split_blocks
from backtrace.printable import literal_lines

_CODE = re.compile(r"`([^`]+)`")


def prose_html(text: str, texts: Mapping[str, str]) -> str:
    """Return a section with numbers in the place of their names in braces."""
    return "\n".join(_block(raw, fill(raw, texts)) for raw in split_blocks(literal_lines(text)))


def inline_html(text: str) -> str:
    """Return a line with its code and its emphasis marked."""
    found = []
    for at, part in enumerate(_CODE.split(text)):
        if at % 2:
            found.append(f"<code>{escape(part)}</code>")
            continue
        pieces = EMPHASIS.split(part)
        found += [f"<em>{escape(p)}</em>" if i % 2 else escape(p) for i, p in enumerate(pieces)]
    return "".join(found)


def _block(raw: str, block: str) -> str:
    if raw.startswith("```"):
        lines = [line for line in block.split("\n") if not line.startswith("```")]
        return _code(lines)
    if raw.startswith("    "):
        return _code([line.removeprefix("    ") for line in block.split("\n")])
    if ITEM.match(raw):
        items = list_items(block)
        tag = "ol" if items[0][0][0].isdigit() else "ul"
        return f"<{tag}>{''.join(f'<li>{inline_html(text)}</li>' for _, text in items)}</{tag}>"
    return f"<p>{inline_html(' '.join(block.split()))}</p>"


def _code(lines: list[str]) -> str:
    return f'<pre tabindex="0">{escape(chr(10).join(lines))}</pre>'
