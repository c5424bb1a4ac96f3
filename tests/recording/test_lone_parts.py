"""Calls of parts of a model, while no call of the model is under way."""

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import ForwardRan


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.maker = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5))
        self.judge = nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 1)))

    def forward(self, x):
        if x.isnan().any():
            raise ValueError("not a number")
        return self.judge(self.maker(x))


def forwards(call, *, before=lambda pair: None, name=""):
    """Return what one update writes of forwards, in which `call` makes a loss."""
    pair = Pair()
    optimizer = torch.optim.SGD(pair.parameters(), lr=0.1)
    before(pair)
    unnamed, named = ([], {name: pair}) if name else ([pair], {})
    with backtrace.record(*unnamed, optimizer, **named) as rec:
        call(pair).sum().backward()
        optimizer.step()
    return [event for event in rec.events if isinstance(event, ForwardRan)]


def test_each_part_is_told_of_by_its_way_from_the_model():
    maker, judge = forwards(lambda pair: pair.judge(pair.maker(torch.ones(2, 3))))
    assert (maker.module, maker.from_grad, maker.takes_grad) == ("model.maker", False, True)
    assert (judge.module, judge.from_grad, judge.takes_grad) == ("model.judge", True, True)
    assert (maker.rows, judge.rows) == (2, 2)


def test_within_a_call_of_the_model_its_parts_are_none_of_their_own():
    assert [each.module for each in forwards(lambda pair: pair(torch.ones(2, 3)))] == ["model"]


def test_the_name_that_the_model_was_given_begins_that_of_its_part():
    named = forwards(lambda pair: pair.judge(torch.ones(2, 4)), name="pair")
    assert [each.module for each in named] == ["pair.judge"]


def test_a_layer_is_no_part_that_is_told_of():
    assert forwards(lambda pair: pair.judge[0](torch.ones(2, 4))) == []


def test_what_rests_is_told_of_the_part_that_was_called():
    def call(pair):
        return pair.judge(pair.maker(torch.ones(2, 3)))

    maker, judge = forwards(call, before=lambda pair: pair.eval())
    assert (maker.resting, judge.resting) == (("maker.1",), ())
    assert not maker.training
    assert not judge.training


def test_what_was_cut_off_is_named_by_the_part_that_made_it():
    class Judge(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(7, 1))

        def forward(self, x, label):
            return self.layers(torch.cat([x, label], 1))

    class Conditioned(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Sequential(nn.Linear(2, 3))
            self.maker = nn.Sequential(nn.Linear(3, 4))
            self.judge = Judge()

    pair = Conditioned()
    optimizer = torch.optim.SGD(pair.parameters(), lr=0.1)
    with backtrace.record(pair, optimizer) as rec:
        label = pair.embed(torch.ones(2, 2))
        made = pair.maker(label)
        pair.judge(made.detach(), label).sum().backward()
        optimizer.step()
    told = [event for event in rec.events if isinstance(event, ForwardRan)]
    assert [each.module for each in told] == ["model.embed", "model.maker", "model.judge"]
    assert [each.cut_from for each in told] == ["", "", "model.maker"]


def test_a_call_that_raised_hides_none_that_follow():
    def call(pair):
        with pytest.raises(ValueError, match="not a number"):
            pair(torch.full((2, 3), float("nan")))
        pair(torch.ones(2, 3))
        return pair.judge(pair.maker(torch.ones(2, 3)))

    assert [e.module for e in forwards(call)] == ["model", "model.maker", "model.judge"]


def test_a_loop_through_many_parts_is_not_told_of_without_end():
    stack = nn.ModuleList(nn.Sequential(nn.Linear(2, 2)) for _ in range(20))
    model = nn.Module()
    model.stack = stack
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as rec:
        x = torch.ones(1, 2)
        for part in stack:
            x = part(x)
        x.sum().backward()
        optimizer.step()
    told = [event.module for event in rec.events if isinstance(event, ForwardRan)]
    assert told == [f"model.stack.{number}" for number in range(8)]
