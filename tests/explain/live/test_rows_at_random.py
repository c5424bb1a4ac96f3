"""Which rows made a gradient, of layers, losses and micro-batches drawn at random: a property."""

from __future__ import annotations

import random

import pytest
import torch
from graph_runs import run_back
from torch import nn
from torch.nn import functional as F

from backtrace.explain.live.row_sources import find_rows, tell_rows

IGNORED = -100  # of cross_entropy


class Twice(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.layer = nn.Linear(size, size)

    def forward(self, x):
        return self.layer(self.layer(x).tanh())


def draw_layer(draw):
    """Return a layer, and the shape of one row of its input."""
    size, out, steps = draw.randint(1, 4), draw.randint(1, 4), draw.randint(1, 5)
    match draw.choice(["matrix", "steps", "conv", "transposed", "table", "twice"]):
        case "matrix":
            return nn.Linear(size, out, bias=draw.random() < 0.7), (size,)
        case "steps":
            return nn.Linear(size, out, bias=draw.random() < 0.7), (steps, size)
        case "table":
            return nn.Embedding(6, out, padding_idx=draw.choice([None, 0, 5])), (steps,)
        case "twice":
            return Twice(size), draw.choice([(size,), (steps, size)])
        case kind:
            groups, wide = draw.choice([1, 2, 3]), draw.randint(1, 3)
            made = nn.Conv2d if kind == "conv" else nn.ConvTranspose2d
            ways = {"stride": draw.randint(1, 3), "padding": draw.randint(0, wide - 1)}
            layer = made(2 * groups, groups, wide, groups=groups, **ways)
            return layer, (2 * groups, draw.randint(5, 7), 6)


def draw_loss(draw, classes):
    """Return a loss as a function of output, target and reduction, and what its mean is over."""
    if draw.random() < 0.4:

        def squares(output, y, how):
            wanted = F.one_hot(y.clamp(min=0), classes).to(output)
            return F.mse_loss(output, wanted, reduction=how)

        return squares, lambda y: y.numel() * classes
    weight = torch.rand(classes) + 0.1 if draw.random() < 0.5 else torch.ones(classes)
    return (
        lambda output, y, how: F.cross_entropy(output, y, weight, reduction=how),
        lambda y: weight[y[y != IGNORED]].sum(),
    )


def draw_batches(layer, shape, draw):
    """Return one or two micro-batches, of as many rows each: inputs and classes of 3."""
    rows, batches = draw.randint(2, 5), []
    for _ in range(draw.choice([1, 2])):
        is_table = isinstance(layer, nn.Embedding)
        x = torch.randint(0, 6, (rows, *shape)) if is_table else torch.randn(rows, *shape)
        y = torch.randint(0, 3, (rows,))
        y[1:][torch.rand(rows - 1) < 0.2] = IGNORED
        batches.append((x, y))
    return rows, batches


@pytest.fixture(autouse=True)
def _double():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize("seed", range(40))
def test_each_row_is_what_its_own_backward_gives(seed):
    draw = random.Random(seed)
    torch.manual_seed(seed)
    layer, shape = draw_layer(draw)
    rows, batches = draw_batches(layer, shape, draw)
    head = nn.Linear(layer(batches[0][0]).flatten(1).shape[1], 3)
    how, (loss, mean_over) = draw.choice(["mean", "sum"]), draw_loss(draw, 3)
    leaf = draw.choice(list(layer.parameters()))

    def lose(x, y, how):
        return loss(head(layer(x).flatten(1).tanh()), y, how) / len(batches)

    own, found, whole = [], [], torch.zeros_like(leaf)
    for x, y in batches:
        count = mean_over(y) if how == "mean" else 1
        own += [torch.autograd.grad(lose(x[at : at + 1], y[at : at + 1], "sum") / count, leaf)[0]
                for at in range(rows)]  # fmt: skip
        walked, (node,) = run_back(lose(x, y, how), leaf)
        found.append(find_rows(walked.graph, walked.exact, node, {rows}))
        whole = whole + walked.exact.leaves[node]
    told = tell_rows(found, whole, None)
    assert told.reason == ""
    by_row = {(each.micro_batch - 1) * rows + each.row - 1: each for each in told.rows}
    assert sorted(by_row) == list(range(len(own)))
    total = sum(own)
    for at, grad in enumerate(own):
        assert by_row[at].norm == pytest.approx(float(grad.norm()), rel=1e-8, abs=1e-10)
        share = float((grad * total).sum() / total.square().sum())
        assert by_row[at].share == pytest.approx(share, rel=1e-8, abs=1e-10)
