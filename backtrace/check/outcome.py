"""What checking one target came to, as plain data that goes from process to process as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.tracefile import codec

Status = Literal["passed", "failed", "broken"]
FailOn = Literal["error", "warning", "never"]


@dataclass(frozen=True, slots=True)
class Missed:
    """An expectation that does not hold: its key, what was found, and where it was written."""

    key: str
    message: str
    where: str = ""


@dataclass(frozen=True)
class Outcome:
    """What checking one target came to.

    Args:
        target: its name, `path` its file as seen from the working directory.
        diagnosis: what the rules said, without what was expected or accepted.
        expected: findings that the config says it has.
        accepted: findings that the baseline knows.
        missed: what else was expected, and does not hold.
        error: why it could not be run, '' if it could.
        output: the last lines that it wrote.
        remark: what a reader should know of the run, such as made-up data.
        fail_on: from which severity on a finding fails it; expectations do, unless `never`.
    """

    target: str
    path: str
    seconds: float = 0.0
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    expected: tuple[Finding, ...] = ()
    accepted: tuple[Finding, ...] = ()
    missed: tuple[Missed, ...] = ()
    error: str = ""
    output: str = ""
    remark: str = ""
    fail_on: FailOn = "warning"

    @property
    def status(self) -> Status:
        """`broken` when it could not be run, `failed` when something is not as it should be."""
        if self.error:
            return "broken"
        if self.fail_on == "never":
            return "passed"
        worst = {finding.severity for finding in self.diagnosis.alarms}
        is_bad = "error" in worst or (self.fail_on == "warning" and "warning" in worst)
        return "failed" if is_bad or self.missed else "passed"

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to say of it, failing or not."""
        return not (self.error or self.missed or self.diagnosis.alarms)


@dataclass(frozen=True, slots=True)
class SealedOutcome:
    """An outcome as a target's process hands it over: only who was given the key could write it."""

    key: str
    outcome: Outcome


def seal_outcome(outcome: Outcome, key: str) -> str:
    """Return an outcome as text, under a key."""
    return codec.dump(SealedOutcome(key, outcome))


def open_outcome(text: str, key: str) -> Outcome:
    """Return the outcome that `seal_outcome` made text of.

    Raises:
        ValueError: it is cut short, made up, or under another key.
    """
    try:
        sealed = codec.load(text, SealedOutcome)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"not an outcome: {error}") from error
    if sealed.key != key:
        raise ValueError("not an outcome of this run")
    return sealed.outcome
