"""A trace: a header and its events, and the updates that they make."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backtrace.ledger.events import Event
from backtrace.ledger.ledger import build_updates
from backtrace.ledger.updates import Update

if TYPE_CHECKING:
    from pandas import DataFrame

    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding
    from backtrace.show.notebook import Figure


@dataclass(frozen=True)
class Header:
    """Where a trace comes from.

    `versions` names Python, torch and backtrace; `settings` holds what the run was told (seed,
    device, dtype, …); `synthetic` says so when the data is not the real data. `config` is the text
    of a config, `config_file` the path that it was read from.
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


@dataclass(repr=False)
class Trace:
    """A header and the events so far; while recording, it grows."""

    header: Header = field(default_factory=Header)
    events: Sequence[Event] = field(default_factory=list)

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
        from backtrace.show import notebook

        return notebook.diagnose_trace(self, ignore)

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write it into a trace file; `force` overwrites one that is there.

        Raises:
            TraceFileError: no file can be made there.
        """
        from backtrace.show import notebook

        notebook.save_trace(self, path, force=force)

    def report(self, path: str | os.PathLike[str] = "report.html", *, force: bool = False) -> Path:
        """Write a page about it, as `backtrace report` does, and return where it is.

        Raises:
            UsageError: the page cannot be written, or would overwrite what is no report.
        """
        from backtrace.show import notebook

        return notebook.report_trace(self, path, force=force)

    def plot(self) -> Figure:
        """Return a figure of the loss and of the norm of all gradients over the updates."""
        from backtrace.show import notebook

        return notebook.plot_trace(self)

    def to_pandas(self, *params: str) -> DataFrame:
        """Return a row an update and tensor, of those that the globs `params` match, if given.

        Raises:
            UsageError: pandas is not there.
        """
        from backtrace.show import notebook

        return notebook.trace_to_pandas(self, params)

    def show(self, update: int, *params: str) -> None:
        """Print an update's table, of the tensors that the globs `params` match, if given.

        Raises:
            UsageError: there is no update of that number.
        """
        from backtrace.show import notebook

        notebook.show_update(self, update, params)

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
        from backtrace.show import notebook

        notebook.explain_number(self, number, update, back, until_nonfinite=until_nonfinite)

    def __repr__(self) -> str:
        updates = self.updates
        losses = [update.loss for update in updates if update.loss is not None]
        span = f", loss {losses[0]:.6g} to {losses[-1]:.6g}" if losses else ""
        return f"<Trace of {len(updates)} updates, {len(self.events)} events{span}>"

    def _repr_html_(self) -> str:
        from backtrace.show.html.html import trace_to_html

        return trace_to_html(self.header.target or "trace", self.updates)
