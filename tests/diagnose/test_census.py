"""The census holds every combination of facts, counts whole runs, and says what was counted."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch import nn

import backtrace
from backtrace.diagnose.census import cells
from backtrace.diagnose.census.cells import HELD, MOVED, REACHED, TABLE, Situation, find_cell
from backtrace.diagnose.census.census import Census
from backtrace.diagnose.diagnose import diagnose_events
from backtrace.show.content.census import census_parts

EVERYTHING = [
    Situation(*facts) for facts in product((True, False), REACHED, HELD, MOVED, (True, False))
]


@pytest.mark.parametrize("situation", EVERYTHING, ids=str)
def test_no_combination_is_without_a_class(situation):
    cell = find_cell(situation)
    # What never moved though an optimizer stepped it is said, unless it is frozen, was moved by
    # the loop, or got a gradient that may be rounding alone.
    is_stuck = situation.held == "stepped" and situation.moved == "never"
    may_be = not situation.wanted or situation.edited or situation.reached == "little"
    if is_stuck and not may_be:
        assert cell.is_finding
    if situation.moved == "with gradient":
        assert cell.name == cells.LEARNED


def test_every_line_of_the_table_is_somebodys():
    assert {id(find_cell(situation)) for situation in EVERYTHING} == {id(cell) for cell in TABLE}


def census_of(loop) -> Census:
    with backtrace.record() as trace:
        loop()
    census = diagnose_events(trace.events).census
    assert census is not None
    return census


def classes(census: Census) -> dict[str, str]:
    return {each.name: each.cell.name for each in census.tensors}


def train(model, optimizers, loss, updates=4) -> None:
    for _ in range(updates):
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss(model).backward()
        for optimizer in optimizers:
            optimizer.step()


class Parts(nn.Module):
    """A module with one parameter for each thing that may become of one."""

    def __init__(self, **parameters: torch.Tensor) -> None:
        super().__init__()
        for name, tensor in parameters.items():
            setattr(self, name, nn.Parameter(tensor))

    def forward(self) -> torch.Tensor:
        return sum((p.sum() ** 2 for p in self.parameters()), torch.zeros(()))


def ones() -> torch.Tensor:
    return torch.ones(2)


def test_each_finding_has_a_loop_that_falls_into_it():
    def loop():
        model = Parts(a=ones(), zero=ones(), unused=ones(), decayed=ones(), spoiled=ones())
        idle = Parts(b=ones())
        held = [p for name, p in model.named_parameters() if name != "decayed"]
        optimizer = torch.optim.SGD(
            [{"params": held}, {"params": [model.decayed], "weight_decay": 0.1}], lr=0.1
        )
        waiting = torch.optim.SGD(idle.parameters(), lr=0.1)
        model(), idle()
        for _ in range(4):
            optimizer.zero_grad()
            loss = (model.a + 0 * model.zero + model.spoiled).sum() ** 2
            (loss + (idle.b.sum() - 1) ** 2).backward()
            model.spoiled.grad.zero_()
            optimizer.step()
            waiting.zero_grad()

    found = classes(census_of(loop))
    by_last_part = {name.rpartition(".")[2]: cell for name, cell in found.items()}
    assert by_last_part == {
        "a": cells.LEARNED,
        "zero": cells.ONLY_ZEROS,
        "unused": cells.NEVER_REACHED,
        "decayed": cells.NEVER_REACHED,
        "spoiled": cells.NEVER_MOVED,
        "b": cells.NOT_STEPPED,
    }


def test_what_moves_by_decay_alone_got_only_zeros():
    def loop():
        model = Parts(a=ones(), b=ones())
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.1)
        train(model, [optimizer], lambda m: (m.a + 0 * m.b).sum() ** 2)

    census = census_of(loop)
    assert classes(census) == {"a": cells.LEARNED, "b": cells.DRIFTED}
    b = census.tensors[1].tally
    assert (b.zeros, b.filled, b.steps, b.drifted, b.moved) == (4, 0, 4, 4, 0)


def test_frozen_unused_and_moved_by_hand_are_no_findings():
    def loop():
        model = Parts(a=ones(), frozen=ones(), target=ones())
        model.frozen.requires_grad_(False)
        model()
        optimizer = torch.optim.SGD([model.a, model.frozen], lr=0.1)
        for _ in range(4):
            train(model, [optimizer], lambda m: (m.a * m.frozen).sum() ** 2, updates=1)
            model.target.data.lerp_(model.a.data, 0.5)
        optimizer.zero_grad()

    census = census_of(loop)
    assert classes(census) == {"a": cells.LEARNED, "frozen": cells.FROZEN, "target": cells.BY_HAND}
    assert not any(each.is_amiss for each in census.tensors)
    assert census_parts(census) == [
        "1 of 3 parameters learned",
        "1 frozen (frozen)",
        "1 moved by the loop itself (target)",
    ]


def test_a_long_run_is_counted_whole():
    """Of 300 updates most are forgotten by what rules read, and all are counted."""

    def loop():
        torch.manual_seed(0)
        model = nn.Linear(2, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
        x = torch.randn(8, 2)
        train(model, [optimizer], lambda m: (m(x) - 1).square().mean(), updates=300)

    census = census_of(loop)
    assert {(t.tally.filled, t.tally.steps, t.tally.moved) for t in census.tensors} == {
        (300, 300, 300)
    }
    assert census_parts(census) == ["All 2 parameters learned"]


def test_a_tensor_is_one_whatever_it_is_called():
    """A tensor that only the optimizer knew at first goes on being the same one."""

    def loop():
        torch.manual_seed(0)
        body, head = nn.Linear(2, 2), nn.Linear(2, 1)
        optimizer = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
        x = torch.randn(8, 2)
        train(None, [optimizer], lambda _: head(body(x)).square().mean(), updates=2)
        model = nn.Sequential(body, head)
        train(model, [optimizer], lambda m: m(x).square().mean(), updates=2)

    assert [tensor.tally.steps for tensor in census_of(loop).tensors] == [4, 4, 4, 4]


def test_a_rule_that_explains_a_tensor_leaves_the_rest_to_the_census():
    """One bug does not hide another: what BT204 names is left out, the zeros beside it are not."""

    def loop():
        torch.manual_seed(0)
        model = nn.ModuleDict(
            {"used": nn.Linear(2, 1), "off": nn.Linear(2, 1), "lost": nn.Linear(2, 2)}
        )
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        x = torch.randn(8, 2)
        train(model, [optimizer], lambda m: (m["used"](x) + 0 * m["off"](x)).square().mean())

    with backtrace.record() as trace:
        loop()
    found = {f.code: f for f in diagnose_events(trace.events).alarms}
    assert set(found) == {"BT204", "BT602"}
    assert all("lost" in name for name in found["BT204"].parameters)
    assert all("off" in name for name in found["BT602"].parameters)


def test_nothing_is_said_of_a_run_without_steps():
    census = census_of(lambda: nn.Linear(2, 1)(torch.ones(1, 2)).sum().backward())
    assert census_parts(census) == []
