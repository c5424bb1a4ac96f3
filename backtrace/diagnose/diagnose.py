"""All rules over the stretches of a run: what they found, and what they could not judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.causes import leave_out_explained
from backtrace.diagnose.census.census import Census
from backtrace.diagnose.counts import mark_counts
from backtrace.diagnose.framework_lines import move_to_told
from backtrace.diagnose.history import History
from backtrace.diagnose.muting import is_muted
from backtrace.diagnose.naming import read_names, rename
from backtrace.diagnose.needs import UNEXPLAINED
from backtrace.diagnose.rule import Finding, Judgement, NotChecked, Rule, Severity
from backtrace.diagnose.run_numbers import number_in_run
from backtrace.diagnose.stretch import Stretch
from backtrace.interrupts import comes_from_user
from backtrace.ledger.events import Event
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.printer import Printer

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
        unread: how many of them were not read, because only some were asked for.
        kept: how many of those that were read the rules looked at event by event: of a long run the
            first, the last, and those where another training began or a number was not finite
            for the first time. None is all.
        census: what became of every tensor over the whole run; None where that was not counted.
    """

    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    muted: tuple[Finding, ...] = ()
    updates: int = 0
    unread: int = 0
    kept: int | None = None
    census: Census | None = None

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """The errors and warnings."""
        return tuple(finding for finding in self.findings if finding.severity != "note")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing, and may be intended."""
        return tuple(finding for finding in self.findings if finding.severity == "note")

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        from backtrace.show.notebook.overview import diagnosis_text

        printer.text(diagnosis_text(self))

    def _repr_html_(self) -> str:
        from backtrace.show.notebook.overview import diagnosis_to_html

        return diagnosis_to_html(self)


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in their order: the worst first, then the earliest."""
    return tuple(sorted(findings, key=lambda each: (_ORDER[each.severity], each.update, each.code)))


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
    runs = list(stretches)
    results = _judge_all(list(load_rules().values() if rules is None else rules), runs)
    names = read_names(runs)
    told = [finding for result in results for finding in result.findings]
    found = [number_in_run(rename(finding, names), runs) for finding in told]
    muted = tuple(finding for finding in found if is_muted(finding, ignore))
    return Diagnosis(
        findings=sort_findings(finding for finding in found if finding not in muted),
        checked=tuple(result.rule.code for result in results if not result.missing),
        not_checked=tuple(reason for result in results for reason in result.missing),
        muted=muted,
        updates=_count_updates(runs[-1]) if runs else 0,
        unread=runs[-1].unread + _count_passed(runs[-1]) if runs else 0,
        kept=_count_kept(runs),
        census=runs[-1].census if runs else None,
    )


def diagnose_events(
    events: Iterable[Event],
    *,
    ignore: Sequence[str] = (),
    rules: Sequence[Rule] | None = None,
) -> Diagnosis:
    """Apply rules to the events of a run, such as a trace's; a long one is not held whole."""
    history = History()
    for event in events:
        history.take(event)
    return diagnose(history.stretches(), ignore=ignore, rules=rules)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a rule found in a run, and why it could not judge; nothing where it could."""

    rule: Rule
    findings: Sequence[Finding]
    missing: Sequence[NotChecked]


def _judge_all(rules: Sequence[Rule], runs: Sequence[Stretch]) -> list[_Judged]:
    """Apply rules to the stretches of a run; last those that speak of what no other explains."""
    of_the_rest = [rule for rule in rules if UNEXPLAINED in rule.needs]
    results = [_judge(rule, runs) for rule in rules if rule not in of_the_rest]
    for rule in of_the_rest:
        found = [finding for result in results for finding in result.findings]
        results.append(_judge(rule, [_unexplained(run, found) for run in runs]))
    return results


def _unexplained(run: Stretch, found: Sequence[Finding]) -> Stretch:
    """Return a stretch whose census is without the tensors that findings say enough of."""
    if run.census is None:
        return run
    return run.with_census(leave_out_explained(run.census, found))


def _judge(rule: Rule, runs: Sequence[Stretch]) -> _Judged:
    """Apply a rule to the stretches of a run.

    One of them in which it could judge is enough for it to have been checked.
    """
    answers = [(run, one) for run in runs if (one := _apply(rule, run)) is not None]
    findings = [
        [move_to_told(each, rule, run) for each in one if isinstance(each, Finding)]
        for run, one in answers
    ]
    if len(runs) > 1:
        findings = [
            [mark_counts(finding, rule, run) for finding in found]
            for (run, _), found in zip(answers, findings, strict=True)
        ]
    reasons = [[each for each in one if isinstance(each, NotChecked)] for _, one in answers]
    missing = tuple(dict.fromkeys(each for one in reasons for each in one))
    has_judged = not all(reasons) and not any(each.has_failed for each in missing)
    return _Judged(rule, _merge(findings), () if has_judged else missing)


def _apply(rule: Rule, run: Stretch) -> list[Judgement] | None:
    """Return what a rule says of one stretch; None where it has nothing to look at there."""
    said: list[Judgement] = []
    try:
        missing = [need for need in rule.needs if not need.is_met(run)]
        for need in missing:
            if not need.is_for_findings:
                return [rule.not_checked(need.reason)] if need.reason else None
        for verdict in rule.check(run):
            said.append(verdict)  # what was said before it fails stays
    except Exception as error:  # a mistake of ours must not take the user's run down
        if comes_from_user(error):
            raise
        reason = f"the rule failed: {type(error).__name__}: {error}"
        return [*said, NotChecked(rule.code, rule.pattern, reason, has_failed=True)]
    if missing and any(isinstance(each, Finding) for each in said):
        return [rule.not_checked(need.reason) for need in missing]
    return said


def _merge(pieces: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Return a rule's findings without those that an earlier stretch has shown already.

    A note gives way to what a later one knows to be worse of the same tensors.
    """
    found: list[Finding] = []
    for piece in pieces:
        found = [each for each in found if not any(_is_worse(other, each) for other in piece)]
        known = list(found)
        found += [each for each in piece if not any(_is_same(each, other) for other in known)]
    return found


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether two findings of a rule are about the same place, optimizer and tensors."""
    if (one.where, one.optimizer) != (other.where, other.optimizer):
        return False
    return one.parameters == other.parameters or bool({*one.parameters} & {*other.parameters})


def _is_worse(one: Finding, other: Finding) -> bool:
    """Whether a finding says of an optimizer's tensors that what was noted of them is amiss."""
    if other.severity != "note" or one.severity == "note" or one.optimizer != other.optimizer:
        return False
    return bool(other.optimizer) and bool({*one.parameters} & {*other.parameters})


def _count_updates(piece: Stretch) -> int:
    """Return how many updates there were, of all optimizers together."""
    return sum(piece.passed.values()) + _count_passed(piece) + len(piece.steps)


def _count_kept(runs: Sequence[Stretch]) -> int | None:
    """Return how many updates the stretches hold; None where they hold all that were read."""
    if not runs:
        return None
    kept = sum(len(run.steps) for run in runs)
    read = _count_updates(runs[-1]) - runs[-1].unread - _count_passed(runs[-1])
    return kept if kept < read else None


def _count_passed(piece: Stretch) -> int:
    """Return how many updates of a stretch were not read."""
    return sum(event.count for event in piece.of(StepsPassed))
