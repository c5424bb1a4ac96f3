"""All rules over ranks, held against the runs of the ranks that are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import methodcaller

from backtrace.diagnose.catalogue import load_rank_rules
from backtrace.diagnose.diagnose import Diagnosis, sort_findings
from backtrace.diagnose.muting import is_muted
from backtrace.diagnose.ranks.rank_rule import RankRule
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import RankSearch, is_same_update
from backtrace.diagnose.rule import Finding, Judgement, NotChecked
from backtrace.interrupts import comes_from_user


class RankJudge:
    """Holds the rules against runs while they are read, and lets go of what it has judged.

    Nothing is checked of fewer than two ranks.
    """

    def __init__(self, runs: Sequence[RankRun]) -> None:
        self._runs = runs
        rules = load_rank_rules().values() if len(runs) > 1 else ()
        self._searches: dict[RankRule, RankSearch] = {rule: rule.search() for rule in rules}
        self._said: list[Judgement] = []
        self._is_in_step = True

    def take(self) -> None:
        """Judge the updates that all ranks have finished by now."""
        runs = self._runs
        count = min((len(run.updates) for run in runs), default=0)
        for row in zip(*(run.updates[:count] for run in runs), strict=True):
            self._is_in_step = self._is_in_step and is_same_update(row)
            if self._is_in_step:
                for run, update in zip(runs, row, strict=True):
                    run.in_step = update
                self._ask(methodcaller("take", runs, row))
            else:
                self._ask(methodcaller("take_apart", runs, row))
        for run in runs:
            del run.updates[:count]

    def take_left(self) -> None:
        """Judge what was read of ranks while another had come to its end."""
        for place, run in enumerate(self._runs):
            for update in run.updates:
                self._ask(methodcaller("take_left", self._runs, place, update))
            run.updates.clear()

    def finish(self, *, ignore: Sequence[str] = ()) -> Diagnosis:
        """Return what the rules say, when all has been taken."""
        checked = [
            rule.code
            for rule, search in [*self._searches.items()]
            if not any(isinstance(each, NotChecked) for each in self._end(rule, search))
        ]
        found = [each for each in self._said if isinstance(each, Finding)]
        muted = tuple(each for each in found if is_muted(each, ignore))
        return Diagnosis(
            findings=sort_findings(each for each in found if each not in muted),
            checked=tuple(checked),
            not_checked=tuple(each for each in self._said if isinstance(each, NotChecked)),
            muted=muted,
        )

    def _ask(self, question: Callable[[RankSearch], None]) -> None:
        for rule, search in [*self._searches.items()]:
            try:
                question(search)
            except Exception as error:
                self._drop(rule, error)

    def _end(self, rule: RankRule, search: RankSearch) -> list[Judgement]:
        verdicts: list[Judgement] = []
        try:
            verdicts += search.finish(self._runs)
        except Exception as error:
            self._drop(rule, error)
            return [self._said[-1]]
        self._said += verdicts
        return verdicts

    def _drop(self, rule: RankRule, error: Exception) -> None:
        """Do without a rule: a mistake of ours must not take the user's run down."""
        if comes_from_user(error):
            raise error
        reason = f"the rule failed: {type(error).__name__}: {error}"
        self._said.append(NotChecked(rule.code, rule.pattern, reason, has_failed=True))
        del self._searches[rule]


def join(
    own: Diagnosis,
    rank: int,
    others: Sequence[tuple[int, Diagnosis]],
    together: Diagnosis,
    *,
    are_all: bool,
) -> Diagnosis:
    """Return what one rank's rules say, what those of the others add, and those over all ranks.

    `are_all` when no rank is left out of the others: what they do not say is this rank's alone.
    """
    found = list(own.findings)
    if others and are_all:
        shared = {(each.code, each.where) for _, said in others for each in said.findings}
        found = [
            each if (each.code, each.where) in shared else _of_rank(rank, each) for each in found
        ]
    known = {(each.code, each.where) for each in (*own.findings, *own.muted)}
    for number, diagnosis in others:
        for each in diagnosis.findings:
            if (each.code, each.where) not in known:
                known.add((each.code, each.where))
                found.append(_of_rank(number, each))
    return replace(
        own,
        findings=sort_findings([*found, *together.findings]),
        checked=(*own.checked, *together.checked),
        not_checked=(*own.not_checked, *together.not_checked),
        muted=(*own.muted, *together.muted),
    )


def _of_rank(rank: int, finding: Finding) -> Finding:
    return replace(finding, message=f"on rank {rank}: {finding.message}")
