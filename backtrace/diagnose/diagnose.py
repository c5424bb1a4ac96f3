"""All rules over the stretches of a run: what they found, and what they could not judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.history import History
from backtrace.diagnose.muting import is_muted
from backtrace.diagnose.naming import read_names, rename
from backtrace.diagnose.rule import Finding, NotChecked, Rule, Severity
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event
from backtrace.ledger.facts import StepsPassed

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the rules say of a run.

    Args:
        findings: the worst first, then the earliest; notes are the last.
        checked: the codes of the rules that could judge, findings or not.
        not_checked: those that could not, each with its reason.
        muted: findings that the user turned off.
        updates: how many updates there were, of all optimizers.
    """

    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    muted: tuple[Finding, ...] = ()
    updates: int = 0

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """The errors and warnings."""
        return tuple(finding for finding in self.findings if finding.severity != "note")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing, and may be intended."""
        return tuple(finding for finding in self.findings if finding.severity == "note")


def diagnose(
    stretches: Iterable[Stretch],
    *,
    ignore: Sequence[str] = (),
    rules: Sequence[Rule] | None = None,
) -> Diagnosis:
    """Apply all rules, or those given, to the stretches of one run.

    `ignore` holds codes, beginnings of codes and patterns; a comment `# backtrace: ignore` on
    the line that a finding points at turns it off as well. A rule that raises is one that could
    not judge.
    """
    pieces = list(stretches)
    found: list[Finding] = []
    checked: list[str] = []
    unchecked: list[NotChecked] = []
    for rule in load_rules().values() if rules is None else rules:
        results = [_apply(rule, piece) for piece in pieces]
        found += _merge([findings for findings, _ in results])
        missing = dict.fromkeys(each for _, reasons in results for each in reasons)
        # One piece of a run in which a rule could judge is enough for it to have been checked.
        could_judge = not all(reasons for _, reasons in results)
        if (missing and not could_judge) or any(each.has_failed for each in missing):
            unchecked += missing
        else:
            checked.append(rule.code)
    names = read_names(pieces)
    found = [rename(each, names) for each in found]
    ordered = sorted(found, key=lambda f: (_ORDER[f.severity], f.update, f.code))
    muted = [is_muted(finding, ignore) for finding in ordered]
    return Diagnosis(
        findings=tuple(f for f, is_off in zip(ordered, muted, strict=True) if not is_off),
        checked=tuple(checked),
        not_checked=tuple(unchecked),
        muted=tuple(f for f, is_off in zip(ordered, muted, strict=True) if is_off),
        updates=_count_updates(pieces[-1]) if pieces else 0,
    )


def diagnose_events(events: Iterable[Event], *, ignore: Sequence[str] = ()) -> Diagnosis:
    """Apply all rules to the events of a run, such as a trace's; a long one is not held whole."""
    history = History()
    for event in events:
        history.take(event)
    return diagnose(history.stretches(), ignore=ignore)


def _apply(rule: Rule, piece: Stretch) -> tuple[list[Finding], list[NotChecked]]:
    """Return what a rule found in one stretch, and why it could not judge."""
    findings: list[Finding] = []
    missing: list[NotChecked] = []
    try:
        for verdict in rule.check(piece):
            if isinstance(verdict, Finding):
                findings.append(verdict)
            else:
                missing.append(verdict)
    except Exception as error:  # a mistake of ours must not take the user's run down
        reason = f"the rule failed: {type(error).__name__}: {error}"
        missing.append(NotChecked(rule.code, rule.pattern, reason, has_failed=True))
    return findings, missing


def _merge(pieces: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Return a rule's findings without those that an earlier stretch has shown already."""
    found: list[Finding] = []
    for piece in pieces:
        known = list(found)
        found += [each for each in piece if not any(_is_same(each, other) for other in known)]
    return found


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether two findings of a rule are about the same place, optimizer and tensors."""
    if (one.where, one.optimizer) != (other.where, other.optimizer):
        return False
    return one.parameters == other.parameters or bool({*one.parameters} & {*other.parameters})


def _count_updates(piece: Stretch) -> int:
    """Return how many updates there were, of all optimizers together."""
    passed = sum(event.count for event in piece.of(StepsPassed))
    return sum(piece.passed.values()) + passed + len(piece.steps)
