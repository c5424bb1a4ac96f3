"""What happened since the last known call, entered before the next one; writes Edited.

Patches nothing. Tensors are read as far as is needed to tell whether they changed meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from backtrace.ledger.events import Account, Edited
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.sensors.manual_steps import ManualStepSensor
from backtrace.recording.sensors.open_steps import OpenSteps
from backtrace.recording.sensors.parameters import ParameterSensor
from backtrace.recording.sensors.reductions import ReductionSensor


class EditSensor:
    """Looks in between two known calls: what is new, what raised, what changed."""

    def __init__(
        self,
        accounts: TensorAccounts,
        parameters: ParameterSensor,
        open_steps: OpenSteps,
        manual_steps: ManualStepSensor,
        reductions: ReductionSensor,
    ) -> None:
        self._inspector = accounts.inspector
        self._journal = accounts.journal
        self._parameters = parameters
        self._open_steps = open_steps
        self._manual_steps = manual_steps
        self._reductions = reductions
        self._compiled = _count_compiled_graphs()

    def look(self, thorough: Sequence[Account] = ()) -> None:
        """Enter tensors that are new, steps that raised, steps by hand, and then all edits.

        For the accounts named `thorough` elements are read even where nothing tells of a write.
        """
        self._parameters.announce()
        self._open_steps.drop_failed()
        is_in_step = self._open_steps.is_open
        if not is_in_step:
            self._manual_steps.look()
        if _count_compiled_graphs() > self._compiled:
            reason = "torch.compile leaves no hooks in it; .grad and values are read around it"
            self._journal.report_failure("calls made inside compiled code", reason)
        for account, entries in self._inspector.look(thorough, in_step=is_in_step):
            if account != "grad" or not self._reductions.write_edits(entries):
                self._journal.write(Edited, account=account, entries=entries)


def _count_compiled_graphs() -> int:
    """Return how many graphs torch.compile has made in this process."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    return int(dynamo.counters["stats"]["unique_graphs"]) if dynamo else 0
