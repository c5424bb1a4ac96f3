"""What checking one target came to, as plain data that goes from process to process as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding, NotChecked

Status = Literal["passed", "failed", "broken"]


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

    @property
    def status(self) -> Status:
        """`broken` when it could not be run, `failed` when something is not as it should be."""
        if self.error:
            return "broken"
        return "failed" if self.diagnosis.alarms or self.missed else "passed"


def outcome_to_dict(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as a document."""
    return asdict(outcome)


def outcome_from_dict(document: Mapping[str, Any]) -> Outcome:
    """Return the outcome that a document of `outcome_to_dict` describes."""
    found = dict(document)
    told = found["diagnosis"]
    found["diagnosis"] = Diagnosis(
        findings=_findings(told["findings"]),
        checked=tuple(told["checked"]),
        not_checked=tuple(NotChecked(**each) for each in told["not_checked"]),
        muted=_findings(told["muted"]),
        updates=told["updates"],
    )
    found["missed"] = tuple(Missed(**each) for each in found["missed"])
    for key in ("expected", "accepted"):
        found[key] = _findings(found[key])
    return Outcome(**found)


def _findings(documents: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**each, "parameters": tuple(each["parameters"])}) for each in documents)
