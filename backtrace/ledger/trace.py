"""A trace: a header and its events, and the updates that they make."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from backtrace.ledger.events import Event
from backtrace.ledger.ledger import build_updates
from backtrace.ledger.printer import Printer
from backtrace.ledger.updates import Update

if TYPE_CHECKING:
    from pandas import DataFrame

    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding
    from backtrace.show.notebook.figure import Figure

_OPENING = 8  # updates of which an excerpt learns what began at zero


@dataclass(frozen=True)
class Header:
    """Where a trace comes from.

    `versions` names Python, torch and backtrace; `settings` holds what the run was told (seed,
    device, dtype, …); `synthetic` says so when the data is not the real data. `config` is the text
    of a config, `config_file` the path that it was read from; `script` is the text of a script.
    """

    target: str = ""
    command: str = ""
    started: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""
    threads: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)
    config: str = ""
    synthetic: str = ""
    config_file: str = ""
    script: str = ""


@dataclass(repr=False)
class Trace:
    """A header and the events so far; while recording, it grows.

    `is_begun` says that it fills until a `stop` that is still to come.
    """

    header: Header = field(default_factory=Header)
    events: Sequence[Event] = field(default_factory=list)
    is_begun: bool = field(default=False, kw_only=True, compare=False)

    @property
    def updates(self) -> Sequence[Update]:
        """The updates that the events make, the unfinished one included."""
        return build_updates(self.events)

    @property
    def losses(self) -> list[float]:
        """The loss of every update that had one."""
        return [update.loss for update in self.updates if update.loss is not None]

    @property
    def findings(self) -> Sequence[Finding]:
        """What the rules find in it, worst first; see `diagnose`."""
        return self.diagnose().findings

    def diagnose(self, ignore: Sequence[str] = ()) -> Diagnosis:
        """Return what the rules say of it as it is now; `ignore` names codes or patterns."""
        from backtrace.show.notebook import answers

        return answers.diagnose_trace(self, ignore)

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write it into a trace file; `force` overwrites one that is there.

        Raises:
            TraceFileError: no file can be made there.
        """
        from backtrace.show.notebook import answers

        answers.save_trace(self, path, force=force)

    def report(self, path: str | os.PathLike[str] = "report.html", *, force: bool = False) -> Path:
        """Write a page about it, as `backtrace report` does, and return where it is.

        Raises:
            UsageError: the page cannot be written, or would overwrite what is no report.
        """
        from backtrace.show.notebook import answers

        return answers.report_trace(self, path, force=force)

    @overload
    def plot(self) -> Figure: ...

    @overload
    def plot(self, ax: Any) -> None: ...

    def plot(self, ax: Any = None) -> Figure | None:
        """Return a figure of the loss and of the norm of all gradients over the updates.

        With `ax`, axes of matplotlib's, the loss is drawn into them instead.
        """
        from backtrace.show.notebook.figure import draw_into, plot_trace

        if ax is None:
            return plot_trace(self, self.findings)
        draw_into(ax, self, self.findings)
        return None

    def to_pandas(self, *params: str) -> DataFrame:
        """Return a row an update and tensor, of those that the globs `params` match, if given.

        Raises:
            UsageError: pandas is not there.
        """
        from backtrace.show.notebook import answers

        return answers.trace_to_pandas(self, params)

    def show(self, update: int, *params: str) -> None:
        """Print an update's table, of the tensors that the globs `params` match, if given.

        Raises:
            UsageError: there is no update of that number.
        """
        from backtrace.show.notebook import answers

        answers.show_update(self, update, params)

    def why(
        self,
        number: str,
        update: int | None = None,
        *,
        back: int = 1,
        until_nonfinite: bool = False,
    ) -> None:
        """Print where a number comes from, as `backtrace why` does: `why("fc.weight[0,3]")`.

        `update` is the one that left it so, the last by default; it goes `back` through so many.

        Raises:
            UsageError: there is no tensor, element or update like that.
        """
        from backtrace.show.notebook import answers

        answers.explain_number(self, number, update, back, until_nonfinite=until_nonfinite)

    @overload
    def __getitem__(self, number: int) -> Update: ...

    @overload
    def __getitem__(self, number: slice) -> Excerpt: ...

    def __getitem__(self, number: int | slice) -> Update | Excerpt:
        """Return the update of that number, or those of several: `trace[3:6]` has 3, 4 and 5.

        Numbers are those that tables show, from 1; `trace[-1]` is the last, `trace[-3:]` has
        the last three.

        Raises:
            IndexError: there is no such update, or several optimizers have one.
        """
        numbers = self._numbers()
        end = max(numbers, default=0) + 1
        if isinstance(number, slice):
            wanted = range(end)[number]
            updates = self.updates
            places = [at for at, n in enumerate(numbers) if n and n in wanted]
            opening = updates[: min(places[0], _OPENING)] if places else ()
            return Excerpt([updates[at] for at in places], opening)
        wanted = range(end)[number:][:1] if -end < number <= end else range(0)
        places = [at for at, n in enumerate(numbers) if n and n in wanted]
        if not places:
            raise IndexError(f"there is no update {number}: there are 1 to {end - 1}")
        if len(places) > 1:
            text = f"trace[{number}:{number + 1}] has those of all"
            raise IndexError(f"{len(places)} optimizers have an update {number}: {text}")
        return self.updates[places[0]]

    def _numbers(self) -> list[int]:
        """Return the number of each of `updates`."""
        return [update.index for update in self.updates]

    def __iter__(self) -> Iterator[Update]:
        return iter(self.updates)

    def __repr__(self) -> str:
        updates = self.updates
        losses = [update.loss for update in updates if update.loss is not None]
        span = f", loss {losses[0]:.6g} to {losses[-1]:.6g}" if losses else ""
        count = f"{len(updates)} update{'s'[: len(updates) != 1]}"
        return f"<Trace of {count}, {len(self.events)} events{span}>"

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        from backtrace.show.notebook.overview import overview_text

        printer.text(overview_text(self))

    def _repr_html_(self) -> str:
        from backtrace.show.notebook.overview import trace_overview

        return trace_overview(self)


class Excerpt(list[Update]):
    """Some updates of a trace, in their order; a notebook shows them as a table, a line each.

    `opening` are the first of the trace that come before them: what began at zero, they know.
    """

    def __init__(self, updates: Iterable[Update], opening: Sequence[Update] = ()) -> None:
        super().__init__(updates)
        self.opening = opening

    def __repr__(self) -> str:
        return f"[{', '.join(map(str, self))}]"

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        from backtrace.show.notebook.overview import updates_text

        printer.text(updates_text(self, self.opening))

    def _repr_html_(self) -> str:
        from backtrace.show.html.html import trace_to_html

        return trace_to_html("", self)
