"""Objects that a run makes by the million are made by plain assignments."""

import pytest

from backtrace.ledger.events import BackwardRan, Entry, GradsZeroed, Reading, StepTaken
from backtrace.ledger.facts import GraphSeen
from backtrace.ledger.loss_facts import LossCalled


@pytest.mark.parametrize(
    "cls", [Reading, Entry, GradsZeroed, BackwardRan, StepTaken, GraphSeen, LossCalled]
)
def test_a_draft_inherits_nothing_that_python_must_run_at_each_assignment(cls):
    draft = cls.__init__.__globals__["_draft"]
    assert draft.__setattr__ is object.__setattr__
    assert draft.__delattr__ is object.__delattr__  # one slot with it: Python asks for both


def test_what_was_made_is_frozen():
    made = Entry(None, None)
    with pytest.raises(AttributeError):
        made.before = 1
    with pytest.raises(AttributeError):
        del made.before
