"""Every rule of a node against autograd, in float64."""

from __future__ import annotations

import pytest
import torch
from graph_runs import run_back, weigh
from operations import ALL, RECURRENT
from torch import nn

from backtrace.explain.nodes import TABLE, NodeFacts

ZERO = torch.tensor([0.0, 1, 1, 1], dtype=torch.float64)
RARE = {  # which torch makes on other devices, or of what the operations here have more of
    "AliasBackward0", "ContiguousBackward0", "CopyBackwards", "AdaptiveAvgPool2DBackward0",
    "NormBackward0", "NormBackward1", "ReshapeAliasBackward0", "SafeSoftmaxBackward0",
    "ClampMaxBackward0", "DivBackward1", "MedianBackward1", "SubBackward1", "SqueezeBackward2",
    "SqueezeBackward3", "SqueezeBackward5", "SplitWithSizesBackward0",
}  # fmt: skip


def hold(name, loss, leaves, tolerance=1e-9):
    """Hold each leaf's gradient by hand against autograd's; return the nodes that were walked."""
    walked, nodes = run_back(loss, *leaves)
    assert [(s.node.name, s.problem) for s in walked.exact.not_derived] == [], name
    for leaf, node in zip(leaves, nodes, strict=True):
        scale = float(leaf.grad.abs().max()) + 1e-12
        apart = float((walked.exact.leaves[node] - leaf.grad).abs().max())
        assert apart <= tolerance * scale, name
    return {step.node.name for step in walked.exact.steps.values()}


def test_every_rule_is_autograds():
    torch.manual_seed(3)
    used = set()
    for name, make in ALL.items():
        z = torch.randn(6, 4, dtype=torch.float64).requires_grad_()
        used |= hold(name, weigh(make(z)), [z], 1e-6 if name in ("copy", "silu") else 1e-9)
    for name, (cls, options) in RECURRENT.items():
        x = torch.randn(4, 5, 8).requires_grad_()
        layer = cls(8, 6, batch_first=True, **options)
        y, states = layer(x)
        states = states if isinstance(states, tuple) else (states,)
        loss = weigh(torch.cat([y.flatten(), *map(torch.flatten, states)]))
        used |= hold(name, loss, [x, *layer.parameters()], 3e-6)
    assert TABLE.keys() - used <= RARE


def test_what_torch_saves_without_a_sign_is_read_with_it():
    facts = NodeFacts("", {"dim": 2**64 - 2, "dims": (2**64 - 1, 0)}, (), ())
    assert (facts.integer("dim"), facts.integers("dims")) == (-2, (-1, 0))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (torch.special.i0, "no rule for I0Backward0"),
        (lambda z: torch.linalg.vector_norm(z, ord=3), "a norm of order 3"),
        (lambda z: (z * ZERO).prod(1), "with a zero"),
        (
            lambda z: nn.functional.interpolate(
                z[None, None], size=9, mode="bicubic", antialias=True
            ),
            "UpsampleBicubic2DAa",
        ),
        (lambda z: nn.functional.pad(z[None], (1, 1), "circular"), "no rule for CopySlices"),
        (lambda z: (z * ZERO).cumprod(1), "with a zero"),
    ],
)
def test_what_has_no_rule_takes_autograds_gradient(make, why):
    z = torch.randn(6, 4, dtype=torch.float64).requires_grad_()
    walked, (node,) = run_back(weigh(make(z.exp())), z)
    step, *_ = walked.exact.not_derived
    assert why in step.problem
    assert torch.allclose(walked.exact.leaves[node], z.grad, rtol=1e-12)
