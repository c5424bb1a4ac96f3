"""The parameters, one a line: both accounts after the call, and what the call did to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType

from backtrace.language import localized, translated
from backtrace.ledger.accounts import AccountState
from backtrace.ledger.events import Entry, Reading
from backtrace.show.content.cells import literal, percent, reading_cell, shape_text
from backtrace.show.tui.keys import put_into_language
from backtrace.show.tui.painted import Painted
from backtrace.show.tui.walked_calls import WalkedCall

_CELL, _SHAPE = 12, 17
_SHAPED, _ROOMY = 96, 124  # cells from which on there are more columns


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell's text and how it is painted."""

    text: str
    paint: str = ""


class ParameterTable(Painted, can_focus=True):
    """Lists tensors; ↑ and ↓ choose one. Only the lines in view are drawn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "choose(-1)", "parameter", key_display="↑↓"),
        Binding("down,j", "choose(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]
    DEFAULT_CSS = "ParameterTable { border-top: solid $primary; }"
    top = 0

    def on_mount(self) -> None:
        """Describe the keys, and draw it for the first time."""
        put_into_language(self._bindings)
        super().on_mount()

    def action_choose(self, lines: int) -> None:
        """Choose another tensor."""
        self.walker.choose(self.walker.line + lines)
        self.screen.refresh_panes()  # type: ignore[attr-defined]

    def action_page(self, pages: int) -> None:
        """Choose a tensor a page further."""
        self.action_choose(pages * self._room)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Choose the next tensor."""
        self.action_choose(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Choose the tensor before."""
        self.action_choose(-1)

    def on_click(self, event: events.Click) -> None:
        """Choose the tensor that was clicked on."""
        line = event.get_content_offset_capture(self).y - 1
        if 0 <= line < self._room:
            self.action_choose(self.top + line - self.walker.line)

    @property
    def _room(self) -> int:
        return max(self.content_size.height - 1, 1)

    def title(self) -> str:
        """Return which tensor is chosen, and how many the call changed."""
        walker = self.walker
        names = walker.names
        changed = sum(walker.call.changed(name) for name in names)
        place = _place(walker.line + 1, len(names))
        what = localized(
            f"{changed} changed by this call" if changed else "nothing changed by this call"
        )
        kept = f" · /{literal(walker.filter)}" if walker.filter else ""
        states = [walker.call.states[name] for name in names]
        has_norms = any(prod(state.seen.shape) != 1 for state in states)
        norms = localized(" · ‖x‖: norm of x") if has_norms else ""
        return localized(f"parameter {place}{kept} · ") + what + norms

    def render(self) -> Text:
        """Return the lines in view."""
        walker, width = self.walker, max(self.content_size.width, 40)
        names, line = walker.names, walker.line
        self.top = max(0, min(self.top, line, max(len(names) - self._room, 0)))
        self.top = max(self.top, line - self._room + 1)
        text = self._line([_Shown(each, "head") for each in self._titles(width)], width, " ")
        for at in range(self.top, min(self.top + self._room, len(names))):
            text.append("\n")
            text.append_text(self._row(names[at], width))
        if not names:
            text.append(
                "\n" + localized("no name matches; Esc takes the filter away"), self.paint("none")
            )
        return text

    def _titles(self, width: int) -> list[str]:
        call = self.walker.call
        shape = [translated("shape")] if width >= _SHAPED else []
        more = [localized("mean .grad"), localized("zeros .grad")] if width >= _ROOMY else []
        done = translated("{what} here" if call.entries else "this call")
        done = done.format(what=translated(call.verb))
        return [translated("parameter"), *shape, ".grad", *more, translated("value"), done]

    def _row(self, name: str, width: int) -> Text:
        call = self.walker.call
        state, entry = call.states[name], call.entries.get(name)
        is_changed = call.changed(name)
        grad, value = _shown(state.grad, is_grad=True), _shown(state.value)
        if is_changed and call.account == "grad":
            grad = _Shown(grad.text, grad.paint if grad.paint == "bad" else "changed")
        if is_changed and call.account == "value":
            value = _Shown(value.text, value.paint if value.paint == "bad" else "changed")
        cells = [_Shown(literal(name))]
        cells += [_Shown(shape_text(state.seen.shape), "dim")] if width >= _SHAPED else []
        cells += [grad, *(_more(state) if width >= _ROOMY else []), value]
        cells.append(_done(call, entry, is_changed=is_changed))
        mark = "●" if is_changed else " "
        line = self._line(cells, width, mark)
        if name == self.walker.chosen:
            line.stylize(Style(reverse=True))
        return line

    def _line(self, cells: list[_Shown], width: int, mark: str) -> Text:
        widths = [_SHAPE if at == 1 and width >= _SHAPED else _CELL for at in range(len(cells))]
        rest = sum(widths[1:]) + len(cells) + 1
        text = Text(no_wrap=True)
        text.append(f"{mark} ", self.paint("changed"))
        for at, cell in enumerate(cells):
            if at == 0:
                name = _cut(cell.text, max(width - rest, 8))
                text.append(name, self.paint(cell.paint) if cell.paint else "")
                continue
            shown = _cut(cell.text, widths[at]).rstrip()
            text.append(" " * (widths[at] + 1 - cell_len(shown)))
            text.append(shown, self.paint(cell.paint) if cell.paint else "")
        return text


def _place(at: int, count: int) -> str:
    if not count:
        return translated("none")
    return translated("{at} of {count}").format(at=at, count=count)


def _shown(reading: Reading | None, *, is_grad: bool = False, signed: bool = False) -> _Shown:
    """Return a tensor's only element, or its norm, which stands between double bars."""
    is_one = reading is not None and reading.numel == 1 and reading.values is not None
    digits = 6 if is_one else 5
    cell = reading_cell(
        reading, () if is_one else ("norm",), digits=digits, signed=signed, is_grad=is_grad
    )
    paint = {"none": "none", "absent": "dim", "nonfinite": "bad", "zeros": "none"}
    is_norm = not is_one and cell.tone in ("plain", "nonfinite")
    text = f"‖{cell.lines[0]}‖" if is_norm else cell.lines[0]
    return _Shown(text, paint.get(cell.tone, ""))


def _more(state: AccountState) -> list[_Shown]:
    grad = state.grad
    if grad is None or not grad.numel:
        return [_Shown("–", "dim"), _Shown("–", "dim")]
    mean = reading_cell(grad, ("mean",), signed=True).lines[0]
    return [_Shown(mean), _Shown(percent(grad.zeros / grad.numel), "dim")]


def _done(call: WalkedCall, entry: Entry | None, *, is_changed: bool) -> _Shown:
    """Return what the call did to a tensor: what it added, or what is left."""
    if entry is None:
        return _Shown("–" if call.entries else "", "dim")
    if not is_changed:
        return _Shown(localized("no change"), "none")
    if entry.delta is not None:
        delta = _shown(entry.delta, signed=True)
        return _Shown(delta.text, delta.paint or "changed")
    after = _shown(entry.after, is_grad=call.account == "grad")
    return _Shown(f"→ {after.text}", "changed")


def _cut(text: str, width: int) -> str:
    """Return text in exactly `width` cells; names are told apart by their ends."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(f"…{text[-(width - 1) :]}", width)
