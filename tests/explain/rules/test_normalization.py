"""Normalizations in training and in eval against autograd."""

import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rule_oracle import check, draw
from torch import nn

SMALL = settings(max_examples=15, deadline=None)


@SMALL
@given(
    st.integers(2, 5), st.integers(1, 4), st.lists(st.integers(1, 3), max_size=2),
    st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_batch_norm(rows, channels, sizes, training, affine, tracked):
    kind = nn.BatchNorm2d if len(sizes) == 2 else nn.BatchNorm1d
    module = kind(channels, affine=affine, track_running_stats=tracked).double()
    if tracked:
        module.running_mean.copy_(draw(channels, seed=9))
        module.running_var.copy_(draw(channels, seed=8).abs() + 0.1)
    check(module.train(training), draw(rows, channels, *sizes) * 2 + 1)


@SMALL
@given(
    st.lists(st.integers(1, 4), max_size=2), st.lists(st.integers(1, 4), min_size=1, max_size=2),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_layer_norm(outer, inner, affine, bias):
    module = nn.LayerNorm(inner, elementwise_affine=affine, bias=bias)
    check(module, draw(*outer, *inner) * 2 + 1)


@SMALL
@given(
    st.integers(1, 3), st.sampled_from([(1, 4), (2, 4), (4, 4), (3, 3)]),
    st.lists(st.integers(1, 3), max_size=2), st.booleans(),
)  # fmt: skip
def test_group_norm(rows, groups, sizes, affine):
    assume(rows * math.prod(sizes) * groups[1] // groups[0] > 1)  # torch refuses one value
    check(nn.GroupNorm(*groups, affine=affine), draw(rows, groups[1], *sizes) * 2 + 1)


@pytest.mark.parametrize("size", [(2, 3, 2, 2, 2)])
def test_three_dimensions(size):
    check(nn.BatchNorm3d(3), draw(*size))
    assert torch.is_grad_enabled()
