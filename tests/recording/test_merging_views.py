"""Which losses only draw the outputs of one network together, and how far these are apart."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from backtrace.recording.sensors.graph.merging_views import find_merging_views

ROWS = 16


@pytest.fixture
def views():
    torch.manual_seed(0)
    encoder, predictor = nn.Linear(4, 8), nn.Linear(8, 8)
    one, other = encoder(torch.randn(ROWS, 4)), encoder(torch.randn(ROWS, 4))
    return predictor(one), other


def read(loss):
    return find_merging_views([loss.grad_fn], lambda _: False)[0]


def unit(rows):
    return F.normalize(rows, dim=-1)


def divided(rows):
    return rows / rows.norm(dim=1, keepdim=True)


def cosine(p, z):
    return F.cosine_similarity(p, z, dim=-1)


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, z: -cosine(p, z).mean(),
        lambda p, z: 0.5 * (1 - cosine(p, z)).mean(),
        lambda p, z: (2 - 2 * (unit(p) * unit(z)).sum(-1)).mean(),
        lambda p, z: F.mse_loss(unit(p), unit(z)),
        lambda p, z: ((unit(p) - unit(z)) ** 2).sum(1).mean(),
        lambda p, z: -(divided(p) * divided(z)).sum(1).mean() / 2,
    ],
)
def test_the_spread_of_what_is_drawn_together_is_that_of_unit_rows(views, loss):
    expected = sum(unit(side).detach().var(0, correction=0).sum().item() for side in views) / 2
    assert read(loss(*views)) == pytest.approx((expected,), rel=1e-4)


LABELS = torch.arange(ROWS) % 2 * 2.0 - 1


@pytest.mark.parametrize(
    "loss",
    [
        lambda p, z: -cosine(p, z.detach()).mean(),
        lambda p, z: cosine(p, z).mean(),
        lambda p, z: p.std(0).mean() - cosine(p, z).mean(),
        lambda p, z: -(cosine(p, z) * LABELS).mean(),
        lambda p, z: F.mse_loss(cosine(p, z), LABELS),
        lambda p, z: F.cosine_embedding_loss(p, z, LABELS),
        lambda p, z: F.cross_entropy(unit(p) @ unit(z).T / 0.1, torch.arange(ROWS)),
        lambda p, z: (unit(p).T @ unit(z) - torch.eye(8)).square().sum(),
        F.mse_loss,
        lambda p, _: -cosine(p, nn.Linear(4, 8)(torch.randn(ROWS, 4))).mean(),
        lambda p, z: cosine(p, z.roll(1, 0)).mean() - cosine(p, z).mean(),
    ],
)
def test_what_has_anything_that_keeps_outputs_apart_is_left_out(views, loss):
    assert read(loss(*views)) == ()


def test_nodes_whose_saved_tensors_are_packed_are_not_read(views):
    loss = -cosine(*views).mean()
    assert find_merging_views([loss.grad_fn], lambda _: True) == ((), [])
