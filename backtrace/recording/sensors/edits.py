"""What happened since the last known call, entered before the next one; writes Edited.

Patches nothing. Tensors are read as far as is needed to tell whether they changed meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence, Set
from functools import partial

from backtrace.ledger.events import Account, Edited, Entry
from backtrace.ledger.rank_facts import Copied
from backtrace.ledger.state_facts import LeftByStep
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
        raised = set() if is_in_step else self._open_steps.pop_raised()
        if not is_in_step:
            self._manual_steps.look()
        if _count_compiled_graphs() > self._compiled:
            reason = "torch.compile leaves no hooks in it; .grad and values are read around it"
            self._journal.report_failure("calls made inside compiled code", reason)
        lines = self._initialisers.pop_lines() if self._initialisers.lines else {}
        if self._inspector.is_late:
            kind_of = partial(self._kind_of, raised)
            found_late = self._inspector.look_late(thorough, lines, kind_of, in_step=is_in_step)
            for account, line, kind, find_read in found_late:
                self._journal.write_read(kind, find_read, where=line, account=account)
            return
        for account, entries in self._inspector.look(thorough, in_step=is_in_step):
            if account == "value":
                self._write_values(entries, lines, raised)
            elif not self._reductions.write_edits(entries):
                for kind, some in self._part(account, entries):
                    self._journal.write(kind, account=account, entries=some)

    def _write_values(
        self, entries: Mapping[str, Entry], lines: Mapping[str, str], raised: Set[str]
    ) -> None:
        """Enter changed values: those whose line is known at it, all others at this call."""
        by_line: dict[str | None, dict[str, Entry]] = {}
        for name, entry in entries.items():
            by_line.setdefault(lines.get(name), {})[name] = entry
        for line, found in by_line.items():
            for kind, some in self._part("value", found, raised):
                self._journal.write(kind, where=line, account="value", entries=some)

    def _part(
        self, account: Account, entries: Mapping[str, Entry], raised: Set[str] = frozenset()
    ) -> Sequence[tuple[type[Edited], Mapping[str, Entry]]]:
        """Return the edits by kind; the tensors `raised` are of steps that raised."""
        if not raised and self._register.copies.names.isdisjoint(entries):
            return [(Edited, entries)]
        parts: dict[type[Edited], dict[str, Entry]] = {}
        for name, entry in entries.items():
            parts.setdefault(self._kind_of(raised, account, name), {})[name] = entry
        return [*parts.items()]

    def _kind_of(self, raised: Set[str], account: Account, name: str) -> type[Edited]:
        """Return who changed a tensor: a library that lets copies be stepped, a step, or others."""
        if name in self._register.copies.names:
            return Copied
        return LeftByStep if account == "value" and name in raised else Edited


def _count_compiled_graphs() -> int:
    """Return how many graphs torch.compile has made in this process."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    return int(dynamo.counters["stats"].get("unique_graphs", 0)) if dynamo else 0
