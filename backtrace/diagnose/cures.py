"""Says which experiments cure what was found."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.causes import find_causes
from backtrace.diagnose.rule import Finding


def cures_of(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Return the experiments to try, as `--with` takes them, each with what it is to cure.

    What follows from another finding is cured with that one. Empty where no experiment can.
    """
    rules = load_rules()
    found: dict[str, list[Finding]] = {}
    for cause in find_causes(findings):
        rule = rules.get(cause.finding.code)  # those over ranks have no cure
        cure = "" if rule is None else rule.cure_of(cause.finding)
        if cure:
            found.setdefault(cure, []).extend((cause.finding, *cause.explains))
    return found
