"""Markdown for the terminal, whose paragraphs break between Chinese signs as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.console import Console, ConsoleOptions
from rich.markdown import Markdown, MarkdownElement, Paragraph
from rich.text import Text

from backtrace.show.text.wrapping import wrap


class _Paragraph(Paragraph):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield from wrap(self.text, console, options.max_width)


class PageMarkdown(Markdown):
    """Rich breaks at blanks alone: a Chinese sentence would leave most of a line empty."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "paragraph_open": _Paragraph,
    }
