"""What trying the cures of findings came to, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.diagnose.rule import Finding


@dataclass(frozen=True)
class CureTrial:
    """A run with the cure of some findings, beside the run that has them.

    Args:
        experiments: the cure, as `--with` takes it.
        findings: those that it is to cure.
        left: those of them that are there all the same.
        new: alarms that the run without it does not have.
        said: what the experiment says of itself, and of what it did `times` times.
        losses: the last update that both have, and the loss of each there, if there is one.
        learns: parameters that change in this run and not in the other.
        error: what went wrong with the run, '' if nothing did.
        output: the last lines of what it wrote.
    """

    experiments: tuple[str, ...]
    findings: tuple[Finding, ...]
    left: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    said: str = ""
    times: int = 0
    losses: tuple[int, float, float] | None = None
    learns: tuple[str, ...] = ()
    error: str = ""
    output: str = ""

    @property
    def helped(self) -> bool:
        """Whether the findings are gone, by something that took effect, and no other came."""
        return not (self.error or self.left or self.new) and self.times > 0


@dataclass(frozen=True)
class Proof:
    """What was found in a run, and what the cures did.

    `noise` is by how much the losses of two runs without a cure differ in the end, and
    `is_reproducible` whether they gave the same bits; None where the second run failed. `cures`
    has one trial for each experiment, and `together` one with all that helped, where several did.
    """

    name: str
    updates: int
    findings: Sequence[Finding]
    cures: Sequence[CureTrial]
    noise: float | None
    is_reproducible: bool | None
    together: CureTrial | None = None

    @property
    def are_proved(self) -> bool:
        """Whether each cure that was tried helped."""
        return all(each.helped for each in self.cures)

    def cure_for(self, finding: Finding) -> CureTrial | None:
        """Return the trial of the cure of a finding."""
        return next((each for each in self.cures if finding in each.findings), None)
