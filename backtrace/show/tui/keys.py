"""The page of keys, which `?` opens."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingsMap, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from backtrace.language import localized, translated

_KEYS = (
    ("← →", "the call before, the next call: through zero_grad, forward, backward, step; also h l"),
    ("↑ ↓", "the parameter above, the one below; PgUp and PgDn a page; also k j"),
    ("[ ]", "the update before, the next one, at the same call; also Shift ← →"),
    ("Home End", "the first update, the last one (→ goes on to what came after its step)"),
    ("g", "go to an update: its number, first, last, +100, -100"),
    ("n p", "the next call that changed this parameter, the one before; also N"),
    ("/", "list only parameters whose names hold a text or match a glob; Esc: all"),
    ("f", "what the rules find: Enter goes to the finding's update, call and parameter"),
    (
        "w",
        "why: the calls that wrote this parameter; there b goes an update further back, and e "
        "asks for NAME[i,j] or NAME.grad",
    ),
    ("Enter", "the parameter's details in the whole window, and back"),
    ("t", "dark or light"),
    ("q", "quit"),
)


def put_into_language(bindings: BindingsMap) -> None:
    """Describe the keys of a widget in the language in use."""
    for key, found in bindings.key_to_bindings.items():
        bindings.key_to_bindings[key] = [
            replace(each, description=translated(each.description)) for each in found
        ]


class Keys(ModalScreen[None]):
    """Shows what each key does; any of Esc, ?, q and Enter closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,question_mark,q,enter", "app.pop_screen", "close")
    ]
    DEFAULT_CSS = """
    Keys { align: center middle; overflow-y: auto; }
    Keys Static { width: 76; height: auto; padding: 1 2; background: $panel; color: $foreground; }
    """

    def compose(self) -> ComposeResult:
        """Lay the page out."""
        table = Table.grid(padding=(0, 2))
        for keys, what in _KEYS:
            table.add_row(Text(keys), Text(localized(what)))  # a `[i,j]` is no markup
        yield Static(table)
