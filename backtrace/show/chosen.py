"""Whether a run has what the user chose of it: said before it, or else at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.errors import UsageError
from backtrace.ledger.name_globs import describe_unmatched
from backtrace.ledger.updates import Update
from backtrace.recording.ranks import find_rank
from backtrace.show.content.counted import counted
from backtrace.show.selection import Selection


@dataclass(frozen=True)
class Chosen:
    """Globs over names, as `--param` and `--keep` have them; updates, as `text` of `--updates`."""

    params: Sequence[str] = ()
    updates: Selection | None = None
    text: str = ""
    kept: Sequence[str] = ()

    def accept(self, plan: RunPlan) -> None:
        """Refuse a run that has no tensor of such a name, or no such update.

        Raises:
            UsageError: no name matches a glob, or no update is chosen.
        """
        unmatched = self.describe_names(plan.names) if plan.names else []
        missing = "" if plan.updates is None else self.describe_updates(plan.updates)
        for text in filter(None, (*unmatched, missing)):
            raise UsageError(text)

    def describe_names(self, names: Iterable[str]) -> list[str]:
        """Return what to say of globs that choose none of these names."""
        known = list(names)
        told = [
            describe_unmatched(self.params, known),
            describe_unmatched(self.kept, known, "--keep"),
        ]
        return [text for text in told if text]

    def describe_updates(self, most: int) -> str:
        """Return what to say where none of so many updates is chosen, else ''."""
        chosen = self.updates
        if chosen is None or chosen.has_last or any(low <= most for low, _ in chosen.ranges):
            return ""
        return f"--updates {self.text}: the training has {counted(most, 'update')}"


class ChosenView(View):
    """Says at the end of a run what was chosen and never there."""

    def __init__(self, chosen: Chosen, stream: TextIO | None = None) -> None:
        self._chosen = chosen
        self._stream = stream or sys.stderr
        self._most = 0

    def take_update(self, update: Update) -> None:
        """Count it."""
        self._most = max(self._most, update.index)

    def finish(self, result: RunResult) -> None:
        """Say it; a run without an update says that itself."""
        rank = find_rank()
        if not self._most or (rank is not None and rank.number):
            return
        updates = self._chosen.describe_updates(self._most)
        for text in (*self._chosen.describe_names(result.tensors), *([updates] if updates else [])):
            self._stream.write(f"backtrace: {text}\n")
