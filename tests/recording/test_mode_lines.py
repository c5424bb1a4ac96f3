"""A forward knows the line that set the mode of its model, and a finding stands there."""

from __future__ import annotations

import inspect

import torch
from torch import nn

import backtrace
from backtrace.diagnose.rules.modes.left_in_eval import RULE
from backtrace.diagnose.stretch import make_stretch
from backtrace.ledger.events import ForwardRan


def train(model: nn.Module, batches: int) -> int:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(batches):
        optimizer.zero_grad()
        model(torch.ones(2, 3)).sum().backward()
        optimizer.step()
        model.eval(), (at := inspect.currentframe().f_lineno)
    return at


def test_a_model_left_in_evaluation_mode_is_blamed_on_the_line_that_put_it_there():
    with backtrace.record() as trace:
        model = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.Dropout()), nn.Linear(4, 1))
        at = train(model, 3)
    lines = [e.mode_set.rpartition(":")[2] for e in trace.events if isinstance(e, ForwardRan)]
    assert lines == ["", str(at), str(at)]
    (finding,) = RULE.check(make_stretch(trace.events))
    assert finding.where.rpartition(":")[2] == str(at)


def test_the_mode_of_a_part_is_not_that_of_the_whole():
    with backtrace.record() as trace:
        part = nn.Sequential(nn.Linear(3, 4), nn.Dropout())
        model = nn.Sequential(part, nn.Linear(4, 1))
        part.eval()
        train(model, 1)
    (forward,) = (event for event in trace.events if isinstance(event, ForwardRan))
    assert (forward.mode_set, forward.resting) == ("", ("0.1",))


def test_a_mode_is_chosen_where_train_is_given_false_and_not_by_eval_nor_by_putting_it_back():
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record() as trace:
        for mode in (True, False, "eval", False, True, "eval", False):
            if mode == "eval":
                model.eval()
            else:
                model.train(mode=mode)
            model(torch.ones(2, 3)).sum().backward()
            optimizer.step()
    # The first call is of a model that is not known yet.
    chosen = [e.mode_chosen for e in trace.events if isinstance(e, ForwardRan)]
    assert chosen == [True, True, True, False, False, False]


def test_a_library_that_evaluates_what_rests_already_leaves_the_line():
    library = {"__name__": "lightning.loop"}
    source = "def evaluate(model):\n    model.eval()\n"
    exec(compile(source, "/lib/site-packages/lightning/loop.py", "exec"), library)
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record() as trace:
        model.eval(), (at := inspect.currentframe().f_lineno)
        for _ in range(2):
            library["evaluate"](model)
            model(torch.ones(2, 3)).sum().backward()
            optimizer.step()
        model.train()
        library["evaluate"](model), (last := inspect.currentframe().f_lineno)
        model(torch.ones(2, 3)).sum().backward()
    lines = [e.mode_set.rpartition(":")[2] for e in trace.events if isinstance(e, ForwardRan)]
    assert lines == [str(at), str(last)]
