"""What DeepSpeed and Megatron-LM let an optimizer step in the place of parameters.

The stand-ins do to tensors what the libraries do, under the attributes that these set: DeepSpeed
0.19 (`runtime/zero/stage_1_and_2.py`, `stage3.py`), Megatron-Core (`distributed`, `optimizer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.events import Edited
from backtrace.ledger.rank_facts import Copied, ShardSeen

LR, UPDATES = 0.1, 3


@dataclass
class Address:
    numel: int
    start: int


class Stage1:
    """ZeRO's stage 1 on one of two ranks: the first `held` numbers are this one's."""

    def __init__(self, model, held):
        self.model, sizes = model, [p.numel() for p in model.parameters()]
        whole = torch.cat([p.detach().reshape(-1) for p in model.parameters()])
        self.flat = whole[:held].clone().requires_grad_()
        self.optimizer, start = torch.optim.SGD([self.flat], LR), 0
        for parameter, size in zip(model.parameters(), sizes, strict=True):
            here = Address(max(0, min(size, held - start)), start)
            fragment = self.flat.narrow(0, min(start, held), here.numel)
            mapping = SimpleNamespace(hp_fragment=fragment, hp_fragment_address=here)
            parameter._hp_mapping = mapping if here.numel else None
            start += size

    def step(self):
        grads = torch.cat([p.grad.reshape(-1) for p in self.model.parameters()])
        for parameter in self.model.parameters():
            parameter.grad = None
        self.flat.grad = grads[: len(self.flat)].clone()
        self.optimizer.step()
        self.flat.grad = None
        with torch.no_grad():  # what the other rank made of the rest arrives by an all-gather
            start = 0
            for parameter in self.model.parameters():
                found = parameter.reshape(-1) - LR * grads[start : start + parameter.numel()]
                mine = self.flat[start : start + parameter.numel()]
                found[: len(mine)] = mine
                parameter.copy_(found.view_as(parameter))
                start += parameter.numel()


class MainGrads:
    """Megatron's DDP and mixed-precision optimizer: sums in float32, a copy that is stepped."""

    def __init__(self, model):
        self.model = model
        for parameter in model.parameters():
            parameter.main_grad = torch.zeros(parameter.shape)
            parameter.main_param = parameter.detach().clone().float().requires_grad_()
            parameter.register_post_accumulate_grad_hook(self.add)
        self.optimizer = torch.optim.SGD([p.main_param for p in model.parameters()], LR)

    @staticmethod
    def add(parameter):
        parameter.main_grad.add_(parameter.grad)
        parameter.grad = None

    def step(self):
        for parameter in self.model.parameters():
            parameter.main_param.grad = parameter.main_grad
        self.optimizer.step()
        for parameter in self.model.parameters():
            parameter.main_param.grad = None
            parameter.data.copy_(parameter.main_param)
            parameter.main_grad.zero_()


def train(make, *, dtype=torch.float32):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1)).to(dtype)
    engine = make(model)
    x, y = torch.randn(4, 3), torch.randn(4, 1)
    grads = []
    for _ in range(UPDATES):
        (model(x.to(dtype)).float() - y).pow(2).mean().backward()
        find = (p.main_grad if hasattr(p, "main_grad") else p.grad for p in model.parameters())
        grads.append([grad.float().clone() for grad in find])
        engine.step()
    return model, grads


ENGINES = {
    "zero": (lambda model: Stage1(model, 11), torch.float32),
    "zero, two parameters elsewhere": (lambda model: Stage1(model, 7), torch.float32),
    "megatron": (MainGrads, torch.bfloat16),
}


COPY = " (optimizer's copy)"
HELD = {"zero": 11, "zero, two parameters elsewhere": 7, "megatron": 11}


@pytest.mark.parametrize("name", ENGINES)
def test_the_model_learns_by_its_copies(name):
    make, dtype = ENGINES[name]
    bare, grads = train(make, dtype=dtype)
    with backtrace.record() as trace:
        traced, _ = train(make, dtype=dtype)
    assert all(map(torch.equal, bare.parameters(), traced.parameters()))
    assert len(trace.updates) == UPDATES  # what is copied back after the last step begins none
    names = [name for name, _ in bare.named_parameters()]
    for update, expected in zip(trace.updates, grads, strict=True):
        assert update.loss is not None
        assert all(r.grad_books.is_balanced for r in update.rows.values())
        assert all(r.value_books.is_balanced for r in update.rows.values())
        added = [update.rows[name].added[0].norm for name in names]
        assert added == pytest.approx([float(grad.norm()) for grad in expected], rel=1e-5)
        left = HELD[name]
        for parameter, grad in zip(names, expected, strict=True):
            part, left = grad.reshape(-1)[: max(left, 0)], left - grad.numel()
            row = update.rows.get(parameter + COPY)
            assert (row is None) == (part.numel() == 0)
            if row is not None:
                assert row.grad_after.norm == pytest.approx(float(part.norm()), rel=1e-5)
                assert row.change.norm == pytest.approx(LR * float(part.norm()), rel=1e-4)
    diagnosis = trace.diagnose()
    assert not diagnosis.findings, diagnosis.findings
    assert [each.name for each in diagnosis.census.tensors] == names
    assert all(each.has_learned for each in diagnosis.census.tensors)
    edits = [event for event in trace.events if isinstance(event, Edited)]
    assert edits and all(isinstance(event, Copied) for event in edits)


def test_a_piece_is_a_shard_of_the_whole_parameter():
    with backtrace.record() as trace:
        train(lambda model: Stage1(model, 7))
    shards = {e.name: (e.shape, e.placements) for e in trace.events if isinstance(e, ShardSeen)}
    where = "a piece of ZeRO's flat tensor"
    assert shards == {"0.weight" + COPY: ((2, 3), where), "0.bias" + COPY: ((2,), where)}


def test_attributes_of_another_release_are_left_alone():
    def make(model):
        for parameter in model.parameters():
            parameter._hp_mapping = SimpleNamespace()
        return torch.optim.SGD(model.parameters(), LR)

    with backtrace.record() as trace:
        train(make)
    assert len(trace.updates[0].rows) == 4 and not trace.diagnose().census.tensors[0].is_amiss
