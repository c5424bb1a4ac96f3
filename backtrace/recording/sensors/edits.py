"""What happened since the last known call, entered before the next one; writes Edited.

Patches nothing. Tensors are read as far as is needed to tell whether they changed meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from backtrace.ledger.events import Account, Edited, Entry
from backtrace.ledger.rank_facts import Copied
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.sensors.arrivals import ArrivalSensor
from backtrace.recording.sensors.initialisers import InitialiserSensor
from backtrace.recording.sensors.manual_steps import ManualStepSensor
from backtrace.recording.sensors.open_steps import OpenSteps
from backtrace.recording.sensors.parameters import ParameterSensor
from backtrace.recording.sensors.reductions import ReductionSensor


class EditSensor:
    """Looks in between two known calls: what is new, what raised, what changed."""

    def __init__(
        self,
        accounts: TensorAccounts,
        arrivals: ArrivalSensor,
        parameters: ParameterSensor,
        open_steps: OpenSteps,
        manual_steps: ManualStepSensor,
        reductions: ReductionSensor,
        initialisers: InitialiserSensor,
    ) -> None:
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._journal = accounts.journal
        self._arrivals = arrivals
        self._parameters = parameters
        self._open_steps = open_steps
        self._manual_steps = manual_steps
        self._reductions = reductions
        self._initialisers = initialisers
        self._compiled = _count_compiled_graphs()

    def look(self, thorough: Sequence[Account] = ()) -> None:
        """Enter tensors that are new, steps that raised, steps by hand, and then all edits.

        For the accounts named `thorough` elements are read even where nothing tells of a write.
        """
        if self._inspector.is_late:
            self._arrivals.read_waiting()
        self._parameters.announce()
        is_in_step = self._open_steps.drop_failed()
        if not is_in_step:
            self._manual_steps.look()
        if _count_compiled_graphs() > self._compiled:
            reason = "torch.compile leaves no hooks in it; .grad and values are read around it"
            self._journal.report_failure("calls made inside compiled code", reason)
        lines = self._initialisers.pop_lines() if self._initialisers.lines else {}
        if self._inspector.is_late:
            found_late = self._inspector.look_late(thorough, lines, in_step=is_in_step)
            for account, line, is_copied, find_read in found_late:
                kind = Copied if is_copied else Edited
                self._journal.write_read(kind, find_read, where=line, account=account)
            return
        for account, entries in self._inspector.look(thorough, in_step=is_in_step):
            if account == "value":
                self._write_values(entries, lines)
            elif not self._reductions.write_edits(entries):
                for kind, some in self._part_copied(entries):
                    self._journal.write(kind, account=account, entries=some)

    def _write_values(self, entries: Mapping[str, Entry], lines: Mapping[str, str]) -> None:
        """Enter changed values: those whose line is known at it, all others at this call."""
        by_line: dict[str | None, dict[str, Entry]] = {}
        for name, entry in entries.items():
            by_line.setdefault(lines.get(name), {})[name] = entry
        for line, found in by_line.items():
            for kind, some in self._part_copied(found):
                self._journal.write(kind, where=line, account="value", entries=some)

    def _part_copied(
        self, entries: Mapping[str, Entry]
    ) -> list[tuple[type[Edited], Mapping[str, Entry]]]:
        """Return the edits, with those apart that a library made which lets copies be stepped."""
        copied = self._register.copies.names
        if copied.isdisjoint(entries):
            return [(Edited, entries)]
        own = {name: entry for name, entry in entries.items() if name not in copied}
        others = {name: entry for name, entry in entries.items() if name in copied}
        return [(Edited, own), (Copied, others)] if own else [(Copied, others)]


def _count_compiled_graphs() -> int:
    """Return how many graphs torch.compile has made in this process."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    return int(dynamo.counters["stats"].get("unique_graphs", 0)) if dynamo else 0
