"""Pooling of every stride, padding and rounding against autograd, ties included."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rule_oracle import check, draw
from torch import nn

from backtrace.explain.rules import find_rule

SMALL = settings(max_examples=15, deadline=None)
MAX = {1: nn.MaxPool1d, 2: nn.MaxPool2d}
MEAN = {1: nn.AvgPool1d, 2: nn.AvgPool2d}
ADAPTIVE = {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d}


@st.composite
def windows(draw_from):
    dims = draw_from(st.sampled_from([1, 2]))
    several = st.lists(st.integers(1, 3), min_size=dims, max_size=dims).map(tuple)
    kernel, stride = draw_from(several), draw_from(several)
    padding = tuple(draw_from(st.integers(0, k // 2)) for k in kernel)
    sizes = draw_from(st.lists(st.integers(1, 8), min_size=dims, max_size=dims))
    return dims, kernel, stride, padding, sizes, draw_from(st.booleans())


def fits(sizes, padding, kernel, dilation=1):
    assume(
        all(
            n + 2 * p >= dilation * (k - 1) + 1
            for n, p, k in zip(sizes, padding, kernel, strict=True)
        )
    )


def holds_something(sizes, out, window, dilation):
    """Whether each window has an element: for one of padding alone torch's gradient goes astray.

    It is written beside the input's memory, and the process is aborted, now or later.
    """
    _, kernel, stride, padding, *_ = window
    return all(
        any(0 <= at * s - p + tap * dilation < n for tap in range(k))
        for n, length, k, s, p in zip(sizes, out, kernel, stride, padding, strict=True)
        for at in range(length)
    )


@SMALL
@given(windows(), st.integers(1, 2), st.booleans(), st.booleans())
def test_maximum(window, dilation, batched, tied):
    dims, kernel, stride, padding, sizes, up = window
    fits(sizes, padding, kernel, dilation)
    x = draw(*[2] * batched, 3, *sizes)
    module = MAX[dims](kernel, stride, padding, dilation, ceil_mode=up)
    assume(holds_something(sizes, module(x).shape[-dims:], window, dilation))
    check(module, x.round() if tied else x)


@SMALL
@given(windows(), st.booleans(), st.booleans(), st.sampled_from([None, 3]))
def test_average(window, batched, counts_padding, divisor):
    dims, kernel, stride, padding, sizes, up = window
    fits(sizes, padding, kernel)
    more = {"divisor_override": divisor} if dims == 2 else {}
    module = MEAN[dims](
        kernel, stride, padding, ceil_mode=up, count_include_pad=counts_padding, **more
    )
    check(module, draw(*[2] * batched, 3, *sizes))


@SMALL
@given(st.data(), st.sampled_from([1, 2]), st.booleans())
def test_adaptive_average(data, dims, batched):
    several = st.lists(st.integers(1, 7), min_size=dims, max_size=dims)
    sizes, out = data.draw(several), data.draw(several)
    check(ADAPTIVE[dims](out if dims > 1 else out[0]), draw(*[2] * batched, 3, *sizes))


def test_other_forms():
    check(nn.AdaptiveAvgPool2d((None, 2)), draw(2, 3, 5, 4))
    check(nn.MaxPool2d(2, return_indices=True), draw(2, 3, 5, 4))
    check(nn.MaxPool3d(2), draw(1, 2, 4, 4, 4))
    check(nn.AvgPool3d(2), draw(1, 2, 4, 4, 4))


@pytest.mark.parametrize(
    ("x", "words"), [([[1.0, 1, 0, 2]], "1 of 2 windows"), ([[1, 2, 3, 4]], "")]
)
def test_ties_are_told(x, words):
    module, given_x = nn.MaxPool1d(2), torch.tensor(x, dtype=torch.float64)
    rule = find_rule(module)
    assert rule.remark(module, (given_x,), (module(given_x),)).startswith(words)
