"""What rules need of a stretch before they can judge it, with the words for when it is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Event


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a rule declares in its `needs`.

    Args:
        is_met: whether a stretch has it.
        reason: why a rule cannot judge without it; '' where it then has nothing to judge here,
            because another stretch of the run is what it looks at.
        is_for_findings: the rule may look without it, and where it finds nothing all is well;
            what it finds is not certain, and is given up for the reason.
    """

    is_met: Callable[[Stretch], bool]
    reason: str
    is_for_findings: bool = False


FACTS = Need(
    lambda run: run.has_facts or not run.steps,
    "the trace has no model, optimizer or loss events",
)
CENSUS = Need(lambda run: run.census is not None, "")
# A rule with this one is asked last, and its census is without what other findings speak of.
UNEXPLAINED = Need(lambda run: run.census is not None, "")
BEGINNING = Need(lambda run: run.is_start, "")
FIRST_STEPS = Need(lambda run: run.begins, "")
UNSAMPLED = Need(
    lambda run: not run.is_sampled,
    "only some of the updates were read, and this needs all of them",
    is_for_findings=True,
)
REAL_DATA = Need(
    lambda run: not run.is_made_up,
    "the data are random numbers in the place of a data set: there is nothing to learn from them",
)


def one_of(*kinds: type[Event], reason: str) -> Need:
    """Return the need of any of these events, in a stretch that has a backward."""
    return Need(
        lambda run: any(isinstance(e, kinds) for e in run.events) or not any(run.of(BackwardRan)),
        reason,
    )
