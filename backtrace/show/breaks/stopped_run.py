"""What `bt` is at the prompt of a debugger: the books of the run that stands still."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

from backtrace.docstrings import docstring_of
from backtrace.driver.breaks.breaker import Stop
from backtrace.errors import UsageError
from backtrace.ledger.events import Edited, Event, Reading
from backtrace.ledger.updates import Update
from backtrace.show.breaks.tensor_history import describe_history
from backtrace.show.content.cells import literal

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class TensorReadings:
    """Both accounts of a tensor as they are now; None where there is no gradient."""

    value: Reading | None
    grad: Reading | None


class StoppedRun:
    """The run that was stopped: `bt` at the prompt.

    bt.table()           the update so far; bt.table(11) that one, of the last 20
    bt.why("fc.weight")  what wrote its value and its .grad last; bt.why("fc.weight[0,3]") that
    bt.readings          the statistics of every tensor: bt.readings["fc.weight"].grad.norm
    bt.graph()           the graph behind the loss; bt.graph(tensor) behind that
    bt.off()             stop no more
    """

    def __init__(self, stop: Stop, stream: TextIO | None = None) -> None:
        self.when, self.reason = stop.when, stop.reason
        self.is_off = False
        self._stop = stop
        self._stream = stream

    def __repr__(self) -> str:
        doc = docstring_of(StoppedRun).partition("\n\n")[2]
        return f"{self.reason}\n{doc.rstrip()}"

    @property
    def event(self) -> Event:
        """The call in which the run was stopped, as it is in the trace."""
        return self._stop.event

    @property
    def readings(self) -> Mapping[str, TensorReadings]:
        """Both accounts of every tensor, by its name."""
        states = self._stop.books.ledger.accounts.of
        return {name: TensorReadings(each.value, each.grad) for name, each in states.items()}

    def table(self, update: int | None = None) -> None:
        """Print the update that goes on, or one of the last 20."""
        from backtrace.show.text.update_table import update_table

        found = [each for each in self._updates() if update in (None, each.index)]
        if not found and update is None:
            self._print_text("Nothing has reached a parameter or its .grad yet.")
        elif not found:
            kept = ", ".join(str(each.index) for each in self._updates()) or "none yet"
            self._print_text(f"There is no update {update} here. There are: {kept}.")
        several = len({each.optimizer for each in self._updates()}) > 1
        for each in found[-1:] if update is None else found:
            self._print(update_table(each, with_optimizer=several))

    def why(self, name: str) -> None:
        """Print what wrote the value and the `.grad` of a tensor last, or of one element."""
        books = self._stop.books
        for line in describe_history(name, books.events, books.ledger.accounts):
            self._print_text(line)

    def graph(self, loss: Any = None) -> None:
        """Print the autograd graph behind a tensor: by default that of the frame's loss."""
        from backtrace.explain.loss_graph import describe_loss_graph
        from backtrace.recording.recorder import find_recorder
        from backtrace.show.text.graph import graph_lines

        found = _find_loss(self._stop.frame) if loss is None else loss
        if found is None:
            self._print_text("No loss with a graph is in this frame: bt.graph(tensor) takes one.")
            return
        named = {}
        with suppress(UsageError):  # the recording is over
            named = {tracked.name: tensor for tracked, tensor in find_recorder().register}
        self._print(graph_lines(describe_loss_graph(found, named)))

    def off(self) -> None:
        """Have the run go on to its end."""
        self.is_off = True

    def _updates(self) -> Iterator[Update]:
        """Give the last updates, and then what goes on, if something has happened in it."""
        ledger, is_known = self._stop.books.ledger, isinstance(self._stop.event, Edited)
        yield from self._stop.books.updates
        for each in ledger.unfinished_updates():
            if each.calls or is_known:
                yield each

    def _print(self, drawn: RenderableType) -> None:
        from rich.console import Console

        console = Console(
            file=self._stream or sys.stdout, highlight=False, markup=False, emoji=False
        )
        console.print(drawn)

    def _print_text(self, text: str) -> None:
        print(literal(text), file=self._stream or sys.stdout)


def _find_loss(frame: FrameType | None) -> Any:
    """Return a tensor of one element with a graph in a frame: `loss`, or the one that is there."""
    found: dict[str, Any] = {}
    while frame is not None and not found:
        torch = sys.modules.get("torch")
        kind = getattr(torch, "Tensor", ())
        found = {
            name: each
            for name, each in frame.f_locals.items()
            if type(each) is kind and each.grad_fn is not None and each.numel() == 1
        }
        frame = frame.f_back
    return found.get("loss", next(iter(found.values()), None))
