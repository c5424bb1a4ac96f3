"""Which rows of a batch made a gradient in a graph, held to one backward for each row."""

from __future__ import annotations

import pytest
import torch
from graph_runs import run_back
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

from backtrace.explain.derive.row_shares import CANCEL
from backtrace.explain.live.row_layout import SQUARE, WITH_ALL_STEPS
from backtrace.explain.live.row_sources import find_rows, tell_rows

WORDS = torch.tensor([[0, 1, 1, 5], [2, 2, 3, 0], [4, 4, 4, 4], [1, 0, 0, 2], [5, 3, 1, 1]])


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(6, 3, padding_idx=0)

    def forward(self, x):
        return F.linear(self.table(x).tanh().mean(1), self.table.weight)


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.randn(3))
        self.weight = nn.Parameter(torch.randn(3))

    def forward(self, x):
        return (x * self.scale).tanh() @ self.weight


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.out = nn.GRU(3, 4, batch_first=True), nn.Linear(4, 2)

    def forward(self, x):
        return self.out(self.gru(x)[0])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mha = nn.MultiheadAttention(3, 1, batch_first=True)

    def forward(self, x):
        return self.mha(x, x, x, need_weights=False)[0]


class Turned(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.norm = nn.Embedding(6, 3), nn.LayerNorm(3)

    def forward(self, x):
        return self.norm(self.table(x.T)).sin().transpose(0, 1)


STEPS = torch.linspace(-1, 1, 60).reshape(5, 4, 3)
PLAIN = torch.linspace(-1, 2, 15).reshape(5, 3).sin()
IMAGES = (torch.arange(160.0) ** 2).sin().reshape(5, 2, 4, 4)
RULE = "the rule, a row at a time"
CASES = {
    "a matrix": (lambda: nn.Linear(3, 2), PLAIN, "weight", "|∂L/∂y| · |x| of each row"),
    "without a bias": (lambda: nn.Linear(3, 2, bias=False), PLAIN, "weight", "|∂L/∂y| · |x|"),
    "a bias": (lambda: nn.Linear(3, 2), PLAIN, "bias", "∂L/∂y of each row"),
    "a matrix over steps": (lambda: nn.Linear(3, 2), STEPS, "weight", "over the steps of each row"),
    "a bias over steps": (lambda: nn.Linear(3, 2), STEPS, "bias", "∂L/∂y of each row"),
    "a convolution": (lambda: nn.Conv2d(2, 3, 3, padding=1), IMAGES, "weight", RULE),
    "its bias": (lambda: nn.Conv2d(2, 3, 3), IMAGES, "bias", RULE),
    "a table": (lambda: nn.Embedding(6, 3, padding_idx=0), WORDS, "weight", "at the places of"),
    "a table that is a matrix": (Tied, WORDS, "table.weight", RULE),
    "a norm of each row": (lambda: nn.LayerNorm(3), STEPS, "weight", RULE),
    "a norm of groups": (lambda: nn.GroupNorm(1, 2), IMAGES, "bias", RULE),
    "a factor": (Scaled, PLAIN, "scale", RULE),
    "a vector": (Scaled, PLAIN, "weight", RULE),
    "steps one after the other": (Recurrent, STEPS, "gru.weight_hh_l0", RULE),
    "steps first": (Recurrent, STEPS, "gru.weight_ih_l0", "over the steps of each row"),
    "attention": (Attention, STEPS, "mha.in_proj_weight", "over the steps of each row"),
    "a table, steps first": (Turned, WORDS, "table.weight", "at the places of"),
    "a norm, steps first": (Turned, WORDS, "norm.weight", RULE),
}


def shares(model, loss, param, batch=()):
    leaf = dict(model.named_parameters())[param]
    walked, (node,) = run_back(loss, leaf)
    rows = find_rows(walked.graph, walked.exact, node, batch)
    return tell_rows([rows], walked.exact.leaves[node], None)


@pytest.mark.parametrize("name", CASES)
def test_each_row_is_what_its_own_backward_gives(name):
    make, x, param, means = CASES[name]
    torch.manual_seed(0)
    model = make().double()
    x = x if x.dtype == torch.long else x.double()
    leaf = dict(model.named_parameters())[param]
    own = [
        torch.autograd.grad(model(x[at : at + 1]).square().sum() / 7, leaf)[0] for at in range(5)
    ]
    found = shares(model, model(x).square().sum() / 7, param, {5})
    assert found.reason == "" and set(found.notes) <= {WITH_ALL_STEPS} and means in found.means
    total = sum(own)
    by_row = {each.row: each for each in found.rows}
    for at, grad in enumerate(own, start=1):
        assert by_row[at].norm == pytest.approx(float(grad.norm()), rel=1e-8, abs=1e-12)
        share = float((grad * total).sum() / total.square().sum())
        assert by_row[at].share == pytest.approx(share, rel=1e-8, abs=1e-10)
    assert sum(each.share for each in found.rows) == pytest.approx(1)


def test_rows_are_held_as_they_were_at_the_backward():
    model, x = nn.Linear(3, 2), PLAIN.clone()
    leaf = model.weight
    walked, (node,) = run_back(model(x).square().sum(), leaf)
    rows = find_rows(walked.graph, walked.exact, node)
    before = tell_rows([rows], walked.exact.leaves[node], None)
    x.zero_()  # the program's next batch in the same memory
    assert tell_rows([rows], walked.exact.leaves[node], None) == before


def test_what_is_made_of_a_parameter_alone_has_no_rows():
    model = weight_norm(nn.Linear(3, 5))
    found = shares(model, model(PLAIN).square().sum(), "parametrizations.weight.original1")
    assert found.rows == () and found.reason.startswith("not derived: WeightNormInterface: no rule")
    model = nn.Linear(3, 2)
    penalty = model.weight.square().sum()
    found = shares(model, model(PLAIN).sum() + penalty, "weight")
    assert found.reason == "the rows of a batch are not apart in Pow"


def test_a_batch_norm_is_told_to_mix_rows():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    torch.manual_seed(0)
    found = shares(model, (model(PLAIN) * torch.randn(5, 4)).sum(), "1.weight")
    assert any("batch norm mixes rows" in note for note in found.notes)
    assert sum(each.share for each in found.rows) == pytest.approx(1, rel=1e-5)


def test_rows_that_cancel_have_no_shares():
    model = nn.Linear(1, 1, bias=False)
    found = shares(model, model(torch.tensor([[1.0], [-1.0]])).sum(), "weight")
    assert [each.share for each in found.rows] == [0.0, 0.0]
    assert [each.norm for each in found.rows] == [1.0, 1.0]
    assert found.notes == (CANCEL,)


def test_rows_that_are_not_those_of_the_models_are_told():
    model = nn.Sequential(nn.Flatten(0, 1), nn.Linear(3, 2))
    found = shares(model, model(STEPS).square().sum(), "1.weight", {5})
    assert len(found.rows) == 20
    assert found.notes == ("a row is one of the 20 that Addmm gives; models were given 5",)
    model, square = nn.Linear(3, 2), STEPS[:4]
    found = shares(model, model(square).square().sum(), "weight", {4})
    assert found.notes[0] == SQUARE


def test_channels_are_taken_for_no_rows():
    images, model = IMAGES[:2], nn.Sequential(nn.Conv2d(2, 2, 3), nn.Flatten(0, 1))
    found = shares(model, model(images).square().sum(), "0.weight", {2})
    assert (len(found.rows), found.notes) == (2, ())
    model = nn.Conv2d(2, 4, 3)
    found = shares(model, model(IMAGES).square().sum(), "weight", {4})  # patches of 4 rows
    assert len(found.rows) == 5
    assert found.notes == ("a row is one of the 5 that Convolution gives; models were given 4",)
