"""Losses with every reduction, weight and kind of target against autograd."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_oracle import check, draw
from torch import nn

SMALL = settings(max_examples=15, deadline=None)
REDUCTIONS = st.sampled_from(["mean", "sum", "none"])
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (nn.MSELoss, {}), (nn.L1Loss, {}), (nn.SmoothL1Loss, {}), (nn.SmoothL1Loss, {"beta": 0.3}),
        (nn.SmoothL1Loss, {"beta": 0.0}), (nn.HuberLoss, {}), (nn.HuberLoss, {"delta": 0.4}),
    ],
)  # fmt: skip
@SMALL
@given(SHAPES, REDUCTIONS, st.booleans())
def test_distances(kind, options, shape, reduction, rounded):
    output, target = draw(*shape) * 2, draw(*shape, seed=1)
    if rounded:  # with kinks and ties
        output, target = output.round(), target.round()
    check(kind(reduction=reduction, **options), output, target)


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("kind", [nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(("x", "y"), [((5, 1), (5,)), ((3,), (2, 3)), ((2, 3), (3,)), ((), (4,))])
def test_what_torch_broadcasts(kind, reduction, x, y):
    check(kind(reduction=reduction), draw(*x), draw(*y, seed=1))


@SMALL
@given(
    st.integers(1, 4), st.integers(1, 4), st.lists(st.integers(1, 3), max_size=2), st.booleans(),
    REDUCTIONS, st.booleans(), st.sampled_from([0.0, 0.1, 1.0]), st.booleans(), st.booleans(),
)  # fmt: skip
def test_cross_entropy(rows, classes, sizes, batched, reduction, weighted, smooth, soft, ignores):
    shape = [rows, classes, *sizes] if batched else [classes]
    module = nn.CrossEntropyLoss(
        weight=draw(classes, seed=4).abs() if weighted else None,
        label_smoothing=smooth,
        reduction=reduction,
        ignore_index=0 if ignores and not soft else -100,
    )
    if soft:
        target = draw(*shape, seed=5).softmax(1 if batched else 0)
    else:
        places = [rows, *sizes] if batched else []
        target = torch.randint(0, classes, places, generator=torch.Generator().manual_seed(2))
    check(module, draw(*shape), target)


@SMALL
@given(
    st.integers(1, 4), st.integers(1, 4), st.lists(st.integers(1, 3), max_size=2), st.booleans(),
    REDUCTIONS, st.booleans(), st.booleans(),
)  # fmt: skip
def test_nll(rows, classes, sizes, batched, reduction, weighted, ignores):
    shape, places = ([rows, classes, *sizes], [rows, *sizes]) if batched else ([classes], [])
    weight = draw(classes, seed=4).abs() if weighted else None
    module = nn.NLLLoss(weight, reduction=reduction, ignore_index=0 if ignores else -100)
    target = torch.randint(0, classes, places, generator=torch.Generator().manual_seed(2))
    check(module, draw(*shape), target)


@SMALL
@given(SHAPES, REDUCTIONS, st.booleans())
def test_bce(shape, reduction, weighted):
    weight = draw(shape[-1], seed=4).abs() if weighted else None
    target = draw(*shape, seed=1).sigmoid()
    check(nn.BCELoss(weight, reduction=reduction), draw(*shape).sigmoid(), target)


def test_bce_at_its_ends():
    ends = torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=torch.float64)
    check(nn.BCELoss(), ends, torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64))


@SMALL
@given(SHAPES, REDUCTIONS, st.booleans(), st.booleans())
def test_bce_with_logits(shape, reduction, weighted, positive):
    module = nn.BCEWithLogitsLoss(
        weight=draw(shape[-1], seed=4).abs() if weighted else None,
        pos_weight=draw(shape[-1], seed=5).abs() if positive else None,
        reduction=reduction,
    )
    check(module, draw(*shape) * 4, draw(*shape, seed=1).sigmoid())


@pytest.mark.filterwarnings("ignore:reduction")
@SMALL
@given(SHAPES, st.sampled_from(["mean", "sum", "none", "batchmean"]), st.booleans())
def test_kl_div(shape, reduction, logged):
    target = draw(*shape, seed=1).log_softmax(-1)
    module = nn.KLDivLoss(reduction=reduction, log_target=logged)
    check(module, draw(*shape).log_softmax(-1), target if logged else target.exp())
