"""Outcomes as a run may give them, and what is odd about names and texts, without running any."""

from __future__ import annotations

from backtrace.check.outcome import Missed, Outcome
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding

FINDING = Finding(
    code="BT101",
    pattern="never-cleared",
    severity="error",
    message="step 2 read what step 1 had read: 50%, no less",
    fix="call zero_grad",
    update=2,
    where="my train,py.py:7",
    parameters=("fc.weight", "fc.bias"),
    optimizer="optimizer[0]",
    evidence={"left over": 0.5},
)
WARNING = Finding("BT204", "no-gradient", "warning", "unused never gets one.", "use it", 1)
NOTE = Finding("BT507", "update-ratio", "note", "small", "raise lr", 3)


def outcomes() -> list[Outcome]:
    """Return one that passed, one of each way to fail, and one that could not be run."""
    return [
        Outcome("fine.yaml", "fine.yaml", 1.5, Diagnosis(findings=(NOTE,), updates=5)),
        Outcome("my train,py.py", "my train,py.py", 2.0, Diagnosis(findings=(FINDING,), updates=5)),
        Outcome(
            "sub/net.yaml",
            "sub/net.yaml",
            0.25,
            Diagnosis(updates=5),
            accepted=(WARNING,),
            missed=(Missed("expect.loss.falls_by", "it rose", "sub/net.yaml:9:3"),),
        ),
        Outcome(
            "bad|name.py",
            "bad|name.py",
            0.1,
            error="exit code 1\nsecond: line",
            output="\x1b[31mno",
        ),
    ]
