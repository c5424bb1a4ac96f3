"""All rules over ranks, held against the runs of the ranks that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backtrace.diagnose.catalogue import load_rank_rules
from backtrace.diagnose.diagnose import Diagnosis, sort_findings
from backtrace.diagnose.muting import is_muted
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.rule import Finding, Judgement, NotChecked
from backtrace.interrupts import comes_from_user


def judge_ranks(runs: Sequence[RankRun], *, ignore: Sequence[str] = ()) -> Diagnosis:
    """Return what the rules over ranks say; nothing is checked of fewer than two ranks."""
    if len(runs) < 2:
        return Diagnosis()
    said: list[Judgement] = []
    checked: list[str] = []
    for rule in load_rank_rules().values():
        verdicts: list[Judgement] = []
        try:
            verdicts += rule.check_ranks(runs)
        except Exception as error:  # a mistake of ours must not take the user's run down
            if comes_from_user(error):
                raise
            reason = f"the rule failed: {type(error).__name__}: {error}"
            verdicts.append(NotChecked(rule.code, rule.pattern, reason, has_failed=True))
        if not any(isinstance(each, NotChecked) for each in verdicts):
            checked.append(rule.code)
        said += verdicts
    found = [each for each in said if isinstance(each, Finding)]
    muted = tuple(each for each in found if is_muted(each, ignore))
    return Diagnosis(
        findings=sort_findings(each for each in found if each not in muted),
        checked=tuple(checked),
        not_checked=tuple(each for each in said if isinstance(each, NotChecked)),
        muted=muted,
    )


def join(own: Diagnosis, others: Sequence[tuple[int, Diagnosis]], together: Diagnosis) -> Diagnosis:
    """Return what one rank's rules say, what those of the others add, and those over all ranks."""
    found = list(own.findings)
    known = {(each.code, each.where) for each in (*own.findings, *own.muted)}
    for rank, diagnosis in others:
        for each in diagnosis.findings:
            if (each.code, each.where) not in known:
                known.add((each.code, each.where))
                found.append(replace(each, message=f"on rank {rank}: {each.message}"))
    return replace(
        own,
        findings=sort_findings([*found, *together.findings]),
        checked=(*own.checked, *together.checked),
        not_checked=(*own.not_checked, *together.not_checked),
        muted=(*own.muted, *together.muted),
    )
