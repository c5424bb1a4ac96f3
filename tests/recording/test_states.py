"""`load_state_dict` is written down: what it was given, and what it changed, at its own line."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterator, Mapping

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import Edited
from backtrace.ledger.state_facts import LoadedOver, StateLoaded


def loads(trace) -> list[StateLoaded]:
    return [event for event in trace.events if isinstance(event, StateLoaded)]


def stepped() -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return model, optimizer


@pytest.mark.parametrize(
    ("make", "own"),
    [
        (lambda model: model.state_dict(), 2),
        (lambda model: dict(model.state_dict()), 2),
        (lambda model: OrderedDict(model.named_parameters()), 2),
        (lambda model: copy.deepcopy(model.state_dict()), 0),
        (lambda model: {**model.state_dict(), "bias": torch.zeros(2)}, 1),
    ],
    ids=["itself", "a dict of it", "parameters", "a copy", "half"],
)
def test_what_a_model_is_given_is_counted(make, own):
    with backtrace.record() as trace:
        model, _ = stepped()
        model.load_state_dict(make(model))
    (event,) = loads(trace)
    assert (event.target, event.kind, event.tensors, event.own) == ("model", "model", 2, own)


def test_values_changed_where_they_were_loaded():
    with backtrace.record() as trace:
        model, optimizer = stepped()
        other = copy.deepcopy(model.state_dict())
        other["weight"] += 1
        model.load_state_dict(other)
        optimizer.zero_grad()
    (event,) = loads(trace)
    (edit,) = [e for e in trace.events if isinstance(e, Edited) and e.account == "value"]
    assert edit.where == event.where != ""
    assert list(edit.entries) == ["weight"]


def test_the_table_calls_a_load_what_it_is():
    with backtrace.record() as trace:
        model, optimizer = stepped()
        other = {name: value + 1 for name, value in model.state_dict().items()}
        model.load_state_dict(other)
        model(torch.ones(1, 3)).sum().backward()
        optimizer.step()
    (event,) = loads(trace)
    update = trace.updates[1]
    assert update.calls[0].name == "load_state_dict" and update.calls[0].where == event.where
    assert update.notes == (f"value of weight, bias loaded at {event.where}",)


def test_what_was_edited_before_a_load_of_the_same_stays_an_edit():
    with backtrace.record() as trace:
        model, optimizer = stepped()
        with torch.no_grad():
            model.weight.mul_(1.5)
        model.load_state_dict(model.state_dict())
        model(torch.ones(1, 3)).sum().backward()
        optimizer.step()
    assert "edit" in [call.name for call in trace.updates[1].calls]
    assert "outside the known calls" in trace.updates[1].notes[0]


def test_an_optimizers_state_is_named():
    with backtrace.record() as trace:
        _, optimizer = stepped()
        optimizer.load_state_dict(optimizer.state_dict())
    (event,) = loads(trace)
    assert (event.kind, event.tensors, event.own) == ("optimizer", 0, 0)
    assert event.target == "optimizer[0]"


class Counted(Mapping):
    """A state of the user's own, which counts how often it is looked into."""

    def __init__(self, state: Mapping) -> None:
        self.state, self.looks = state, 0

    def __getitem__(self, name: str) -> torch.Tensor:
        self.looks += 1
        return self.state[name]

    def __iter__(self) -> Iterator[str]:
        self.looks += 1
        return iter(self.state)

    def __len__(self) -> int:
        self.looks += 1
        return len(self.state)


def test_a_mapping_of_the_users_own_is_let_be():
    def load() -> int:
        model, _ = stepped()
        state = Counted(model.state_dict())
        model.load_state_dict(state)
        return state.looks

    bare = load()
    with backtrace.record() as trace:
        assert load() == bare
    assert [event.tensors for event in loads(trace)] == [0]


def test_what_it_raises_is_raised():
    model, _ = stepped()
    with backtrace.record() as trace, pytest.raises(RuntimeError, match="size mismatch"):
        model.load_state_dict({"weight": torch.ones(1), "bias": torch.ones(2)})
    assert loads(trace) == []


# As transformers 4 makes a model: what its checkpoint lacks is put in its place and filled later.
FILLS = """
def fill(model):
    for name, value in list(model.named_parameters()):
        model.load_state_dict({name: torch.randn(value.shape)}, strict=False, assign=True)
    torch.nn.init.normal_(model.weight)
"""


@pytest.mark.parametrize(("path", "told"), [("/x/site-packages/library.py", 0), ("own.py", 1)])
def test_what_a_library_fills_later_is_not_written_over(path, told):
    torch.manual_seed(0)
    space = {"torch": torch}
    exec(compile(FILLS, path, "exec"), space)
    with backtrace.record() as trace:
        model = nn.Linear(30, 20, bias=False)
        space["fill"](model)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(1, 30)).sum().backward()
        optimizer.step()
    assert len([event for event in trace.events if isinstance(event, LoadedOver)]) == told
