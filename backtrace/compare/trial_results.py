"""What came of running variants beside a baseline, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.compare.comparison import Comparison
from backtrace.compare.runs import ComparedRun


@dataclass(frozen=True)
class Trials:
    """All runs, the baseline first; `noise` compares it with its own second run.

    `noise_said` is what is to be said of that, '' for the usual. `remarks` say what the experiments
    came to, and what went wrong; `failed` names the variants that did not run to their end.
    """

    runs: Sequence[ComparedRun]
    noise: Comparison
    comparisons: Sequence[Comparison]
    remarks: Sequence[str] = ()
    failed: Sequence[str] = ()
    noise_said: str = ""

    @property
    def synthetic(self) -> str:
        """What the baseline's header says of data that is not the real data."""
        return self.runs[0].header.synthetic
