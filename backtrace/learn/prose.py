"""A lesson's prose for the terminal: paragraphs that wrap, lists, and code as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from backtrace.learn.lesson import PLACEHOLDER
from backtrace.show.text.wrapping import wrap

_WIDEST = 88
ITEM = re.compile(r"([-*]|\d+\.) +")
EMPHASIS = re.compile(r"(?<![a-zA-Z0-9_*])\*(\w[^*`]*)\*(?![a-zA-Z0-9_*])")


def fill(text: str, texts: Mapping[str, str]) -> str:
    """Return the text with numbers in the place of their names in braces."""
    return PLACEHOLDER.sub(lambda match: texts.get(match[1], match[0]), text)


def prose_blocks(text: str, texts: Mapping[str, str], console: Console) -> Iterator[RenderableType]:
    """Give the paragraphs, lists and code of a section, a blank line after each."""
    room = min(console.width, _WIDEST)
    for raw in split_blocks(text):
        block = fill(raw, texts)
        if raw.startswith("```"):
            lines = [line for line in block.split("\n") if not line.startswith("```")]
            yield code_block("\n".join(f"    {line}" for line in lines))
        elif raw.startswith("    "):
            yield code_block(block)
        elif ITEM.match(raw):
            yield _list(block, room)
        else:
            yield from wrap(mark_code(" ".join(block.split())), console, room)
        yield Text()


def mark_code(text: str) -> Text:
    """Return text in which code is told by its colour, too, and emphasis by being slanted alone."""
    shown = Text()
    for at, part in enumerate(EMPHASIS.split(text)):
        shown.append(part, "italic" if at % 2 else "")
    shown.highlight_regex(r"`[^`]+`", "cyan")
    return shown


def code_block(text: str) -> Text:
    """Return lines that are not to be broken: a terminal does that where it must."""
    return Text(text, no_wrap=True, overflow="ignore")


def split_blocks(text: str) -> Iterator[str]:
    """Give the blocks between blank lines; those of code may hold blank lines."""
    block: list[str] = []
    inside = False
    for line in text.split("\n"):
        if not line.strip() and not inside:
            if block:
                yield "\n".join(block)
            block = []
            continue
        inside ^= line.startswith("```")
        block.append(line)
    if block:
        yield "\n".join(block)


def list_items(block: str) -> list[tuple[str, str]]:
    """Return the items of a list, each with its mark."""
    items: list[list[str]] = []
    for line in block.split("\n"):
        match = ITEM.match(line)
        if match:
            items.append([match[1], line[match.end() :]])
        else:
            items[-1][1] += f" {line.strip()}"
    return [(mark, text) for mark, text in items]


def _list(block: str, room: int) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    items = list_items(block)
    margin = max(cell_len(mark) for mark, _ in items)
    grid.add_column(no_wrap=True, width=margin)
    grid.add_column(overflow="fold", max_width=room - margin - 1)
    for mark, text in items:
        grid.add_row(Text(mark), mark_code(text))
    return grid
