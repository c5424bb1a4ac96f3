"""What all panes share: the walker, the theme's colours, and text that is cut to its room."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.markup import escape
from textual.widget import Widget

from backtrace.show.tui.walker import Walker


class Painted(Widget):
    """A pane that draws itself from where the walker is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"paint--{name}" for name in ("dim", "head", "here", "changed", "bad", "good", "none")
    }
    DEFAULT_CSS = """
    Painted {
        & .paint--dim { color: $text-muted; }
        & .paint--head { color: $text-muted; text-style: bold; }
        & .paint--here { background: $primary; color: $text; text-style: bold; }
        & .paint--changed { color: $text-warning; text-style: bold; }
        & .paint--bad { color: $text-error; text-style: bold; }
        & .paint--good { color: $text-success; }
        & .paint--none { color: $text-muted; text-style: italic; }
    }
    """

    def __init__(self, walker: Walker, *, id: str) -> None:
        super().__init__(id=id)
        self.walker = walker

    def paint(self, name: str) -> Style:
        """Return a colour of the theme; only `here` has a background."""
        found = self.get_component_rich_style(f"paint--{name}")
        background = found.bgcolor if name == "here" else None
        return Style(color=found.color, bgcolor=background, bold=found.bold, italic=found.italic)

    def title(self) -> str:
        """Return what stands on the pane's border."""
        return ""

    def draw(self) -> None:
        """Draw the pane anew: the walker is somewhere else."""
        self.border_title = escape(self.title())
        self.refresh()

    def on_mount(self) -> None:
        """Draw it for the first time."""
        self.draw()
