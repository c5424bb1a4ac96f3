"""A trace: a header and its events, and the updates that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backtrace.ledger.events import Event
from backtrace.ledger.ledger import build_updates
from backtrace.ledger.updates import Update


@dataclass(frozen=True)
class Header:
    """Where a trace comes from.

    `versions` names Python, torch and backtrace; `settings` holds what the run was told (seed,
    device, dtype, …); `synthetic` says so when the data is not the real data.
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

    def __repr__(self) -> str:
        updates = self.updates
        losses = [update.loss for update in updates if update.loss is not None]
        span = f", loss {losses[0]:.6g} to {losses[-1]:.6g}" if losses else ""
        return f"<Trace of {len(updates)} updates, {len(self.events)} events{span}>"

    def _repr_html_(self) -> str:
        from backtrace.show.html.html import trace_to_html

        return trace_to_html(self.header.target or "trace", self.updates)
