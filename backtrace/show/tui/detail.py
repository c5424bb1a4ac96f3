"""The chosen tensor at this call: what was there, what came, what is there now, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.text import Text
from textual.containers import VerticalScroll

from backtrace.errors import TraceFileError
from backtrace.language import localized, translated
from backtrace.ledger import books
from backtrace.ledger.accounts import AccountState
from backtrace.ledger.events import Entry, Reading, StepTaken
from backtrace.show.content.balance import residual_text
from backtrace.show.content.cells import Detail as CellDetail
from backtrace.show.content.cells import literal, number, reading_cell, shape_text, statistic_labels
from backtrace.show.text.layout import padded
from backtrace.show.text.receipt import receipt_lines
from backtrace.show.tui.painted import Painted
from backtrace.show.tui.walked_calls import WalkedCall

_LABEL = 9
_FULL = 52  # cells from which on all statistics are shown
_MOST = 4096  # elements whose numbers are written out
_Lines = list[tuple[str, Reading | None]]


class Detail(Painted):
    """Draws all that is known of the chosen tensor."""

    DEFAULT_CSS = "Detail { height: auto; }"

    def draw(self) -> None:
        """Draw it; its height is another."""
        self.refresh(layout=True)

    def render(self) -> Text:
        """Return the account of this call, the books, the numbers and the receipt."""
        walker, width = self.walker, max(self.content_size.width, 30)
        call = walker.call
        text = Text(overflow="fold")
        state = call.states.get(walker.chosen)
        if state is None:
            return Text(localized("no longer there at this call"), self.paint("none"))
        self._add_head(text, state)
        entry = call.entries.get(walker.chosen)
        if entry is not None and call.account == "grad":
            self._add_readings(text, ".grad", _story(call, entry), width, is_grad=True)
            self._add_books(text, entry)
            self._add_readings(text, "value", [("now", state.value)], width)
        elif entry is not None:
            self._add_readings(text, "value", _story(call, entry), width)
            self._add_books(text, entry)
            self._add_readings(text, ".grad", [("now", state.grad)], width, is_grad=True)
        else:
            self._add_readings(text, ".grad", [("now", state.grad)], width, is_grad=True)
            self._add_readings(text, "value", [("now", state.value)], width)
        self._add_receipt(text, width)
        self._add_numbers(text, entry, state, width)
        text.rstrip()
        return text

    def _add_head(self, text: Text, state: AccountState) -> None:
        seen = state.seen
        text.append(literal(seen.name), "bold")
        owner = translated("of {optimizer}" if seen.optimizer else "in no optimizer")
        owner = owner.format(optimizer=self.walker.called(seen.optimizer or ""))
        kind = owner if seen.kind == "parameter" else translated(seen.kind)
        facts = [shape_text(seen.shape), seen.dtype, kind]
        facts += [] if seen.requires_grad else [translated("frozen")]
        facts += [localized(f"also {', '.join(seen.aliases)}")] if seen.aliases else []
        text.append(f"  {literal(' · '.join(facts))}\n", self.paint("dim"))

    def _add_readings(
        self, text: Text, title: str, found: _Lines, width: int, *, is_grad: bool = False
    ) -> None:
        readings = [reading for _, reading in found]
        labels = _labels(readings, width)
        cells = [reading_cell(r, labels, digits=6, is_grad=is_grad).lines for r in readings]
        said = [translated(each) for each in labels]
        widths = [
            max([cell_len(label), *(cell_len(c[at]) for c in cells if len(c) > at)])
            for at, label in enumerate(said)
        ]
        text.append(padded(translated(title), _LABEL), self.paint("head"))
        if labels:
            heads = " ".join(
                " " * (w - cell_len(label)) + label for label, w in zip(said, widths, strict=True)
            )
            text.append(heads, self.paint("dim"))
        for (name, reading), lines in zip(found, cells, strict=True):
            bad = reading is not None and reading.nonfinite
            is_new = name not in ("before", "now")
            style = self.paint("bad" if bad else "changed") if bad or is_new else ""
            filled = zip([*lines, *[""] * (len(labels) - len(lines))], widths, strict=False)
            shown = " ".join(f"{line:>{w}}" for line, w in filled) if labels else lines[0]
            text.append(f"\n  {padded(translated(name), _LABEL - 2)}")
            text.append(shown.rstrip(), style)
        text.append("\n")

    def _add_books(self, text: Text, entry: Entry) -> None:
        if entry.delta is None:
            return
        balance = books.check(entry.before, [entry.delta], entry.after)
        good = balance.is_known and balance.is_balanced
        text.append(padded(f"  {translated('books')}", _LABEL))
        text.append(f"{residual_text(balance)}\n", self.paint("good" if good else "bad"))

    def _add_receipt(self, text: Text, width: int) -> None:
        walker, event = self.walker, self.walker.call.event
        if not isinstance(event, StepTaken) or walker.chosen not in event.receipts:
            return
        try:
            update = walker.trace.updates[walker.place]
        except TraceFileError as error:
            text.append(f"{error}\n", self.paint("bad"))
            return
        for line in receipt_lines(update, width, params=(_exactly(walker.chosen),), limit=None):
            tone = {"plain": "", "dim": "dim", "bad": "bad"}[line.tone]
            text.append(f"{line.text}\n", self.paint(tone) if tone else "")

    def _add_numbers(
        self, text: Text, entry: Entry | None, state: AccountState, width: int
    ) -> None:
        found: _Lines = [(".grad", state.grad), ("value", state.value)]
        if entry is not None and entry.delta is not None:
            found.insert(0, (self.walker.call.verb, entry.delta))
        for name, reading in found:
            if reading is None or reading.values is None or not 1 < reading.numel <= _MOST:
                continue
            text.append(padded(translated(name), _LABEL), self.paint("head"))
            numbers = " ".join(number(value, 5) for value in reading.values)
            text.append("\n".join(wrap(numbers, width, initial_indent=" " * _LABEL)).strip())
            text.append("\n")


class DetailPane(VerticalScroll, can_focus=False):
    """Holds the detail, which may be longer than its room; Enter gives it the whole window."""

    DEFAULT_CSS = "DetailPane { border-top: solid $primary; scrollbar-size-vertical: 1; }"


def _story(call: WalkedCall, entry: Entry) -> _Lines:
    """Return before, what came, and after."""
    came: _Lines = [] if entry.delta is None else [(call.verb, entry.delta)]
    return [("before", entry.before), *came, ("after", entry.after)]


def _labels(readings: Sequence[Reading | None], width: int) -> tuple[str, ...]:
    """Return the statistics that there is room for; none for a single number, which is shown."""
    found = [reading for reading in readings if reading is not None]
    if found and all(each.numel == 1 and each.values is not None for each in found):
        return ()
    detail: CellDetail = "full" if width >= _FULL else "short"
    return statistic_labels(readings, detail)


def _exactly(name: str) -> str:
    """Return a glob that matches this name alone."""
    return "".join(_escape(name))


def _escape(name: str) -> Iterator[str]:
    for letter in name:
        yield f"[{letter}]" if letter in "*?[" else letter
