"""Activations, softmax, dropout and reshapes against autograd, kinks included."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_oracle import check, draw
from torch import nn

from backtrace.explain.rules import find_rule, why_no_rule

SMALL = settings(max_examples=15, deadline=None)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4)
ACTIVATIONS = [
    nn.ReLU(), nn.ReLU(inplace=False), nn.LeakyReLU(0.2), nn.LeakyReLU(-0.1), nn.ELU(), nn.ELU(0.3),
    nn.SELU(), nn.SiLU(), nn.GELU(), nn.GELU(approximate="tanh"), nn.Sigmoid(), nn.Tanh(),
    nn.Softplus(), nn.Softplus(beta=2.0, threshold=1.0), nn.Hardtanh(), nn.Hardtanh(-0.5, 2.0),
    nn.ReLU6(),
]  # fmt: skip


@pytest.mark.parametrize("module", ACTIVATIONS, ids=str)
@SMALL
@given(SHAPES, st.sampled_from([0.5, 3.0, 30.0]))
def test_activations(module, shape, scale):
    check(module, draw(*shape) * scale)


@pytest.mark.parametrize("module", ACTIVATIONS, ids=str)
def test_kinks_are_torchs(module):
    check(module, torch.tensor([0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 6.0], dtype=torch.float64))


def test_kinks_are_told():
    module, x = nn.ReLU(), torch.tensor([0.0, 1.0, -1.0])
    said = find_rule(module).remark(module, (x,), (module(x),))
    assert said == "1 of 3 inputs are exactly at a kink; the slope there is 0, as in torch"


@pytest.mark.parametrize("kind", [nn.Softmax, nn.LogSoftmax])
@SMALL
@given(SHAPES, st.data())
def test_softmax(kind, shape, data):
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    check(kind(dim=dim), draw(*shape) * 3)


@pytest.mark.filterwarnings("ignore:Implicit dimension choice")
@pytest.mark.parametrize("kind", [nn.Softmax, nn.LogSoftmax])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (2, 3, 2, 2)])
def test_softmax_of_no_dimension(kind, shape):
    check(kind(), draw(*shape))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("p", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize(
    ("kind", "shape"),
    [(nn.Dropout, (4, 5)), (nn.Dropout1d, (2, 4, 3)), (nn.Dropout2d, (2, 4, 3, 3))],
)
def test_dropout(kind, shape, p, training):
    check(kind(p).train(training), draw(*shape), seed=3)


def test_reshapes():
    check(nn.Flatten(), draw(2, 3, 4))
    check(nn.Flatten(0, 1), draw(2, 3, 4))
    check(nn.Unflatten(1, (3, 2)), draw(2, 6))
    check(nn.Identity(), draw(2, 6))


def test_what_has_no_rule_says_so():
    assert find_rule(nn.Mish()) is None
    assert why_no_rule(nn.Mish()) == "no rule for Mish"


def test_a_subclass_keeps_the_rule_unless_it_has_its_own_forward():
    class Named(nn.ReLU):
        pass

    class Other(nn.ReLU):
        def forward(self, x):
            return x * 2

    assert find_rule(Named()) is not None
    assert find_rule(Other()) is None
