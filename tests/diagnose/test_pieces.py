"""What is right as a whole is right in pieces: no rule takes a cut for a mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from harness import FOLDER, find_cases, judge_case

from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.rule import Finding
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.facts import ModelSeen, OptimizerSeen

RIGHT = [path for path in find_cases() if not path.name.startswith("bug_")]
# Judged by its first two updates alone, a head that is for later has no gradient.
TRUE_SO_FAR = {("fixed_unused_head_decays.py", "BT204")}


def pieces(events: list[Event]) -> Iterator[Stretch]:
    """Give what comes before and after each step but the last, as a long run's history does."""
    cuts = [place for place, event in enumerate(events, start=1) if isinstance(event, StepTaken)]
    for cut in cuts[:-1]:
        yield Stretch(events[:cut])
        past = events[:cut]
        opening = [e for e in past if isinstance(e, ParameterSeen | ModelSeen | OptimizerSeen)]
        passed = Counter(event.optimizer for event in past if isinstance(event, StepTaken))
        yield Stretch([*opening, *events[cut:]], is_start=False, passed=passed)


@pytest.mark.parametrize("path", RIGHT, ids=[p.relative_to(FOLDER).as_posix() for p in RIGHT])
def test_a_piece_of_what_is_right_raises_no_alarm(path):
    for run in pieces(judge_case(path).events):
        for rule in load_rules().values():
            for found in rule.check(run):
                is_alarm = isinstance(found, Finding) and found.severity != "note"
                is_true = run.is_start and (path.name, found.code) in TRUE_SO_FAR
                assert not is_alarm or is_true, (len(run.events), run.is_start, found)
