"""Who holds what, and how rules of the value account take a trace that lacks something."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

import backtrace
from backtrace.diagnose.catalogue import load_rules
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.holdings import outer_steps, read_holdings
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding
from backtrace.diagnose.rules.accumulation import two_steps_per_backward
from backtrace.diagnose.rules.gradients import no_gradient
from backtrace.diagnose.rules.parameters import changed_outside_step
from backtrace.diagnose.stretch import Stretch, make_stretch
from backtrace.ledger.events import Event, Reading, StepTaken
from backtrace.ledger.facts import Fact, StepsPassed


def step_with(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    model(torch.ones(2, 3)).sum().backward()
    optimizer.step()


def test_a_head_that_was_exchanged_leaves_its_tensors_with_the_optimizer():
    with backtrace.record() as trace:
        model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model[1] = nn.Linear(4, 5)
        step_with(model, optimizer)
    run = make_stretch(trace.events)
    holdings = read_holdings(run)
    assert list(holdings.left["optimizer[0]"]) == ["1.weight (replaced)", "1.bias (replaced)"]
    assert sorted(holdings.orphans(run)) == ["1.bias", "1.weight"]
    assert holdings.successors("optimizer[0]", ["1.weight", "0.weight"]) == ["1.weight"]
    assert holdings.idle(holdings.orphans(run)) == []  # the other layer still has its gradients


def test_an_optimizer_is_idle_when_a_copy_gets_all_gradients():
    with backtrace.record() as trace:
        model = nn.Linear(3, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        step_with(model, optimizer)
        other = copy.deepcopy(model)
        step_with(other, optimizer)
    run = make_stretch(trace.events)
    holdings = read_holdings(run)
    assert holdings.idle(holdings.orphans(run)) == ["optimizer[0]"]


class Passing(torch.optim.Optimizer):
    """Steps another optimizer in its own step."""

    def __init__(self, inner: torch.optim.Optimizer) -> None:
        super().__init__(inner.param_groups, {})
        self.inner = inner

    def step(self) -> None:  # type: ignore[override]
        self.inner.step()


def test_a_step_inside_a_step_is_one_step():
    with backtrace.record() as trace:
        model = nn.Linear(3, 2)
        optimizer = Passing(torch.optim.SGD(model.parameters(), lr=0.1))
        step_with(model, optimizer)
    run = make_stretch(trace.events)
    assert [step.type for step in run.steps] == ["SGD", "Passing"]
    assert [step.type for _, step in outer_steps(run)] == ["Passing"]


def record_half_trained() -> list[Event]:
    """Two layers of which one is never called, and two steps a backward."""
    with backtrace.record() as trace:
        model = nn.ModuleDict({"used": nn.Linear(3, 2), "forgotten": nn.Linear(3, 2)})
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(4):
            step_with(model["used"], optimizer)
            optimizer.step()
    return list(trace.events)


def test_where_no_gradient_came_no_row_is_made_to_see_it():
    with backtrace.record() as trace:
        model = nn.Linear(3, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(3):
            model.weight.grad = torch.ones(2, 3)
            optimizer.step()
    run = make_stretch(trace.events)
    assert list(no_gradient.check(run)) == []
    assert "updates" not in vars(run)


def test_a_later_stretch_does_not_say_that_a_gradient_never_came():
    events = record_half_trained()
    (found,) = no_gradient.check(make_stretch(events))
    assert isinstance(found, Finding)
    assert found.parameters == ("forgotten.weight", "forgotten.bias")
    assert "forgotten is never called" in found.message
    later = diagnose([Stretch(events, is_start=False)], rules=[no_gradient.RULE])
    assert later.findings == later.not_checked == ()


@pytest.mark.parametrize(
    ("spare", "said"),
    [
        ({"a": nn.Linear(3, 2), "b": nn.Linear(3, 2)}, "spare.a, spare.b are never called"),
        ({"a": nn.Linear(3, 2), "b": nn.Linear(2, 2)}, "nothing in spare is ever called"),
    ],
)
def test_what_holds_only_unused_modules_is_named_alone(spare, said):
    with backtrace.record() as trace:
        model = nn.ModuleDict({"used": nn.Linear(3, 2), "spare": nn.ModuleDict(spare)})
        if "are never" in said:  # not all of what is in it is unused
            model["spare"]["c"] = model["used"]
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(4):
            step_with(model["used"], optimizer)
    (found,) = no_gradient.check(make_stretch(trace.events))
    assert isinstance(found, Finding)
    assert found.message.endswith(said)


def test_steps_that_were_not_read_may_have_had_their_backward():
    events = record_half_trained()
    (found,) = two_steps_per_backward.check(make_stretch(events))
    assert isinstance(found, Finding)
    assert found.evidence == {"steps without a backward": 4, "steps": 8}
    sampled: list[Event] = []
    for event in events:
        sampled.append(event)
        if isinstance(event, StepTaken):
            passed = StepsPassed(index=0, elapsed=0.0, optimizer=event.optimizer, count=3)
            sampled.append(passed)
    assert not list(two_steps_per_backward.check(make_stretch(sampled)))


def test_without_facts_a_rule_says_that_it_cannot_judge():
    events = [event for event in record_half_trained() if not isinstance(event, Fact)]
    run = make_stretch(events)
    rules = [rule for rule in load_rules().values() if FACTS in rule.needs]
    found = diagnose([run], rules=rules)
    assert {"BT201", "BT302", "BT409"} < {each.code for each in found.not_checked}
    assert [each.code for each in found.not_checked] == [rule.code for rule in rules]
    assert {each.reason for each in found.not_checked} == {FACTS.reason}


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        # norms 5 and 13 are at least 8 apart
        (Reading((4,), "float32", 5.0, 0.0, -1.0, 1.0, 0, 0), (13.0, 0.0, -1.0, 1.0), 8.0),
        # means 0 and 2 of four elements: at least 2 * sqrt(4) = 4
        (Reading((4,), "float32", 5.0, 0.0, -1.0, 1.0, 0, 0), (5.0, 2.0, -1.0, 1.0), 4.0),
        # some element was at most 1, and is 7
        (Reading((4,), "float32", 5.0, 0.0, -1.0, 1.0, 0, 0), (5.0, 0.0, -1.0, 7.0), 6.0),
    ],
)
def test_statistics_bound_a_distance(one, other, least):
    norm, mean, lowest, highest = other
    after = Reading((4,), "float32", norm, mean, lowest, highest, 0, 0)
    assert changed_outside_step._least_distance(one, after) == least


def test_known_elements_give_the_distance_itself():
    one = Reading((2,), "float32", 5.0, 3.5, 3.0, 4.0, 0, 0, values=(3.0, 4.0))
    other = Reading((2,), "float32", 0.0, 0.0, 0.0, 0.0, 2, 0, values=(0.0, 0.0))
    assert changed_outside_step._least_distance(one, other) == 5.0


def test_what_several_rules_ask_of_a_stretch_is_made_once():
    with backtrace.record() as trace:
        model = nn.Linear(3, 2)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        step_with(model, optimizer)
    run, other = make_stretch(trace.events), make_stretch(trace.events)
    assert read_holdings(run) is read_holdings(run) is not read_holdings(other)
    assert [*run.of(StepTaken)] == [*run.of(StepTaken)] == run.steps
    assert run.windows[0].counted is run.windows[0].counted


@pytest.mark.parametrize("is_new_each_time", [True, False])
def test_copies_that_each_update_makes_are_told_from_one_that_was_made_before(is_new_each_time):
    with backtrace.record() as trace:
        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        learner = copy.deepcopy(model)
        for _ in range(3):
            if is_new_each_time:
                learner = copy.deepcopy(model)
            step_with(learner, optimizer)
    found = diagnose([make_stretch(trace.events)]).findings
    (finding,) = [each for each in found if each.code == "BT202"]
    assert ("makes models of the same form anew" in finding.message) is is_new_each_time
