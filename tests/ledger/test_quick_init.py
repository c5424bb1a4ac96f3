"""Objects that a run makes by the million are made by plain assignments."""

from dataclasses import MISSING, fields

import pytest

from backtrace.ledger.events import BackwardRan, Entry, GradsZeroed, Reading, StepTaken
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.quick_init import quick_maker


@pytest.mark.parametrize(
    "cls", [Reading, Entry, GradsZeroed, BackwardRan, StepTaken, GraphSeen, LossCalled]
)
def test_a_draft_inherits_nothing_that_python_must_run_at_each_assignment(cls):
    draft = cls.__init__.__globals__["_draft"]
    assert draft.__setattr__ is object.__setattr__
    assert draft.__delattr__ is object.__delattr__  # one slot with it: Python asks for both


@pytest.mark.parametrize("cls", [Reading, Entry, StepTaken, GraphSeen])
def test_a_maker_makes_what_the_class_does(cls):
    make, names = quick_maker(cls), [each for each in fields(cls) if each.default is MISSING]
    given = {each.name: each.name for each in names if each.default_factory is MISSING}
    made = make(**given)
    assert type(made) is cls and made == cls(**given) and repr(made) == repr(cls(**given))
    with pytest.raises(AttributeError):
        setattr(made, names[0].name, 1)
    with pytest.raises(TypeError):
        make(unknown=1, **given)


def test_what_was_made_is_frozen():
    made = Entry(None, None)
    with pytest.raises(AttributeError):
        made.before = 1
    with pytest.raises(AttributeError):
        del made.before
