"""The history of the chosen tensor's numbers, which `w` opens over the debugger."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from backtrace.errors import BacktraceError
from backtrace.show.text.history import history_lines
from backtrace.show.text.styled_line import LINE_STYLES
from backtrace.show.tui.walker import Walker
from backtrace.show.why import find_history_at

_LEAST = 30


class WhyScreen(ModalScreen[None]):
    """Shows which calls wrote a number, up to the call at which one is.

    `e` asks for another, `b` goes back one more update.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "ask", "NAME[i,j], NAME.grad"),
        Binding("b", "back", "one update more"),
        Binding("escape", "leave", "close"),
        Binding("w,q", "app.pop_screen", show=False),
    ]
    DEFAULT_CSS = """
    WhyScreen { align: center middle; }
    WhyScreen Vertical { width: 96%; height: 90%; padding: 0 1; background: $panel; }
    WhyScreen Static { width: 1fr; height: auto; color: $foreground; }
    WhyScreen Input { display: none; height: 1; border: none; }
    WhyScreen Input.-asked { display: block; }
    """

    def __init__(self, walker: Walker) -> None:
        super().__init__()
        self._walker = walker
        self._text = walker.chosen
        self._back = 1

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with Vertical():
            yield Input(compact=True, placeholder="NAME[i,j], NAME.grad[i,j]")
            with VerticalScroll():
                yield Static(markup=False)
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Give the keys to the text, which may be longer than the window."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Draw it in its width."""
        self.call_after_refresh(self.draw)

    def draw(self) -> None:
        """Draw the history, or why there is none."""
        width = max(_LEAST, self.query_one(VerticalScroll).content_size.width - 1)
        walker, text = self._walker, Text(no_wrap=True)
        try:
            history = find_history_at(
                walker.trace, self._text, walker.place, self._back, walker.call.event
            )
        except BacktraceError as error:
            text.append(str(error), "bold")
        else:
            for line in history_lines(history, width, deeper="b"):
                text.append(f"{line.text}\n", LINE_STYLES[line.tone])
        self.query_one(Static).update(text)

    def action_ask(self) -> None:
        """Ask for another number."""
        prompt = self.query_one(Input)
        prompt.value = self._text
        prompt.add_class("-asked")
        prompt.focus()

    def action_back(self) -> None:
        """Go through one more update."""
        self._back += 1
        self.draw()

    def action_leave(self) -> None:
        """Close the prompt, or all of it."""
        if self.query_one(Input).has_class("-asked"):
            self._close()
        else:
            self.dismiss()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Show what was asked for."""
        if event.value.strip():
            self._text, self._back = event.value, 1
        self._close()
        self.draw()

    def _close(self) -> None:
        self.query_one(Input).remove_class("-asked")
        self.query_one(VerticalScroll).focus()
