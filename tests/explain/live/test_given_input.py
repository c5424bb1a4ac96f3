"""Gradients of inputs that ask for none, held to autograd where the same input asks for one."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.given_input import NOT_COMPUTED, add_inputs, list_remarks
from backtrace.explain.live.kept_graph import follow, keep_graph
from backtrace.explain.live.rounding import measure_apart, walk_twice


class Both(nn.Module):
    """The input goes into two layers, and into the loss as what is to be matched."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3, bias=False)

    def forward(self, x):
        return nn.functional.mse_loss(self.one(x).tanh() + self.two(x), x)


PLAIN, STEPS = torch.linspace(-1, 2, 12).reshape(4, 3).sin(), torch.randn(2, 5, 3)
IMAGES = torch.randn(2, 3, 5, 5)
CASES = {
    "a matrix": (lambda: nn.Linear(3, 2), PLAIN),
    "a matrix over steps": (lambda: nn.Linear(3, 2), STEPS),
    "a convolution": (lambda: nn.Conv2d(3, 2, 3, stride=2, padding=1), IMAGES),
    "turned": (lambda: nn.ConvTranspose2d(3, 2, 3, stride=2), IMAGES),
    "a norm": (lambda: nn.LayerNorm(3), PLAIN),
    "two layers and the loss": (Both, PLAIN),
}


def look(model, x):
    loss = model(x).square().sum()
    graph = keep_graph([loss], [None], lambda node: False)
    with follow(graph, [loss]):
        loss.backward()
    return BackwardSeen(graph, "", ModuleCallLog(), held={}, given=(x,))


@pytest.mark.parametrize("name", CASES)
def test_it_is_what_autograd_gives_an_input_that_asks(name):
    make, x = CASES[name]
    torch.manual_seed(0)
    model = make()
    seen = add_inputs(look(model, x.clone()))
    (leaf,) = seen.added
    assert seen.names[leaf] == ("input",) and not seen.given[0].requires_grad
    walked = walk_twice(seen.graph, [leaf])
    asks = x.clone().requires_grad_()
    model(asks).square().sum().backward()
    assert measure_apart(walked.exact.leaves[leaf], asks.grad) <= walked.bound(leaf)
    (back,) = seen.graph.nodes[leaf].arrived
    if name in ("a norm", "two layers and the loss"):
        assert back is None  # torch's own backward of those is not asked for
    else:
        assert torch.allclose(back.float(), asks.grad, atol=1e-6)
    assert next(iter(list_remarks(seen, leaf, None))) == NOT_COMPUTED


def test_what_did_not_keep_it_is_told():
    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x):
            return self.fc(x) + x

    seen = add_inputs(look(Residual(), PLAIN.clone()))
    (leaf,) = seen.added
    remarks = list(list_remarks(seen, leaf, None))
    assert (
        remarks[-1] == "Add did not keep what it was given: if that is the input, a part is missing"
    )


def test_an_input_that_no_operation_kept_is_not_added():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x):
            return self.fc(x / 255)

    seen = look(Scaled(), PLAIN.clone())
    assert add_inputs(seen) is seen
