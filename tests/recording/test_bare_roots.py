"""Roots and inverse cosines that nothing keeps away from where their slope is infinite."""

import pytest
import torch

from backtrace.recording.sensors.graph.autograd_nodes import walk
from backtrace.recording.sensors.graph.bare_roots import find_bare_roots

X = torch.linspace(0.1, 0.9, 6).reshape(2, 3).requires_grad_()


@pytest.mark.parametrize(
    "result",
    [
        X.pow(2).sum().sqrt(),
        (X * 2).sqrt().mean(),
        X.pow(2).sum(1) ** 0.5,
        (X / 3).mean(1).sqrt(),
        X.unsqueeze(0).squeeze().acos(),
        X.clamp(-1, 1).acos(),
        (X * 2).clamp(-1.0, 1.0).mean(1).asin(),
    ],
)
def test_it_is_bare(result):
    assert len(find_bare_roots(walk(result.sum().grad_fn))) == 1


@pytest.mark.parametrize(
    "result",
    [
        (X.pow(2).sum() + 1e-8).sqrt(),
        (1e-8 + X.pow(2)).sum(1).sqrt(),
        ((X.pow(2) + 1e-6) * 2).mean() ** 0.5,
        X.clamp(min=1e-6).sqrt(),
        X.exp().sqrt(),
        (X * 0.999).acos(),
        (X - 0.01).asin(),
        X.clamp(-0.999, 0.999).acos(),
        X**1.5,
        X.norm(dim=1),
    ],
)
def test_it_is_kept_away(result):
    assert not find_bare_roots(walk(result.sum().grad_fn))
