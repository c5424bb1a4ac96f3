"""Every case is diagnosed as its first lines say, whole and, where it is correct, in pieces.

One test a case: running the scripts is most of the suite's time, and each runs once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from harness import FOLDER, Outcome, find_cases, judge_case

from backtrace.diagnose.census.census import Census, count_events
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event, ParameterSeen, StepTaken
from backtrace.ledger.facts import ModelSeen, OptimizerSeen
from backtrace.tracefile import codec

CASES = find_cases()
# Judged by its first two updates alone, a head that is for later has no gradient.
TRUE_SO_FAR = {("fixed_unused_head_decays.py", "BT204")}


@pytest.mark.parametrize("path", CASES, ids=[str(p.relative_to(FOLDER)) for p in CASES])
def test_a_case_is_diagnosed_as_it_says(path):
    outcome = judge_case(path)
    assert bool(outcome.expected.codes) == path.name.startswith("bug_")
    assert not outcome.mistakes, outcome.describe()
    assert_census_travels(outcome)
    if outcome.expected.codes:
        assert outcome.expected.source
        assert (path.parent / path.name.replace("bug_", "fixed_", 1)).exists()
    else:
        assert_quiet_in_pieces(outcome)


def assert_census_travels(outcome: Outcome) -> None:
    """What was counted is the same after it went from process to process as text."""
    census = count_events(outcome.events)
    assert repr(codec.load(codec.dump(census), Census)) == repr(census)


def assert_quiet_in_pieces(outcome: Outcome) -> None:
    """What is right as a whole is right in pieces: no rule takes a cut for a mistake."""
    for run in pieces(outcome.events):
        for found in diagnose([run]).alarms:
            is_true = run.is_start and (outcome.path.name, found.code) in TRUE_SO_FAR
            assert is_true, (len(run.events), run.is_start, found)


def pieces(events: list[Event]) -> Iterator[Stretch]:
    """Give what comes before and after each step but the last, as a long run's history does."""
    cuts = [place for place, event in enumerate(events, start=1) if isinstance(event, StepTaken)]
    for cut in cuts[:-1]:
        yield Stretch(events[:cut])
        past = events[:cut]
        opening = [e for e in past if isinstance(e, ParameterSeen | ModelSeen | OptimizerSeen)]
        passed = Counter(event.optimizer for event in past if isinstance(event, StepTaken))
        yield Stretch([*opening, *events[cut:]], is_start=False, passed=passed)
