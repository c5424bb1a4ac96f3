"""One run as it is compared: live or from a trace file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backtrace.compare.first_update import FirstUpdate
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update


@dataclass(frozen=True)
class ComparedRun:
    """One run under a name; its updates can be gone through more than once.

    `is_rest` says that they begin in the middle of it: their numbers are not those of another run
    that was resumed there.
    """

    name: str
    updates: Sequence[Update]
    header: Header = field(default_factory=Header)
    first_update: FirstUpdate = field(default_factory=FirstUpdate)
    is_rest: bool = False

    def finished(self) -> Iterator[Update]:
        """Go through the updates that ended with a step."""
        return (update for update in self.updates if update.is_complete)
