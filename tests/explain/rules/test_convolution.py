"""Convolutions of every stride, padding, dilation and group against autograd."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rule_oracle import check, draw
from torch import nn

from backtrace.explain.rules import find_rule, why_no_rule

SMALL = settings(max_examples=15, deadline=None)
CONVS = {1: nn.Conv1d, 2: nn.Conv2d}
BACKS = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d}


def numbers(low, high, dims):
    return st.lists(st.integers(low, high), min_size=dims, max_size=dims).map(tuple)


@SMALL
@given(st.data(), st.sampled_from([1, 2]), st.integers(1, 2), st.booleans(), st.booleans())
def test_convolutions(data, dims, groups, bias, batched):
    kernel, stride = data.draw(numbers(1, 3, dims)), data.draw(numbers(1, 3, dims))
    dilation = data.draw(numbers(1, 2, dims))
    options = {"stride": stride, "dilation": dilation, "groups": groups, "bias": bias}
    padding = data.draw(st.one_of(numbers(0, 2, dims), st.sampled_from(["same", "valid"])))
    if padding == "same":
        options["stride"] = 1
    sizes = data.draw(numbers(1, 7, dims))
    spread = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    pads = (0,) * dims if isinstance(padding, str) else padding
    if padding != "same":
        assume(all(n + 2 * p >= s for n, p, s in zip(sizes, pads, spread, strict=True)))
    module = CONVS[dims](2 * groups, 3 * groups, kernel, padding=padding, **options)
    check(module, draw(*[2] * batched, 2 * groups, *sizes))


@SMALL
@given(st.data(), st.sampled_from([1, 2]), st.integers(1, 2), st.booleans(), st.booleans())
def test_transposed_convolutions(data, dims, groups, bias, batched):
    kernel, stride = data.draw(numbers(1, 3, dims)), data.draw(numbers(1, 3, dims))
    dilation = data.draw(numbers(1, 2, dims))
    extra = tuple(min(1, max(s, d) - 1) for s, d in zip(stride, dilation, strict=True))
    sizes, padding = data.draw(numbers(2, 4, dims)), data.draw(numbers(0, 1, dims))
    out = [
        (n - 1) * s - 2 * p + d * (k - 1) + o + 1
        for n, s, p, d, k, o in zip(sizes, stride, padding, dilation, kernel, extra, strict=True)
    ]
    assume(min(out) > 0)
    module = BACKS[dims](
        2 * groups, 3 * groups, kernel, stride=stride, padding=padding, dilation=dilation,
        output_padding=extra, groups=groups, bias=bias,
    )  # fmt: skip
    check(module, draw(*[2] * batched, 2 * groups, *sizes))


def test_three_dimensions():
    check(nn.Conv3d(2, 4, 2, stride=2, padding=1, groups=2), draw(2, 2, 3, 4, 3))
    check(nn.ConvTranspose3d(2, 4, 2, stride=2, padding=1, groups=2), draw(2, 2, 3, 4, 3))


@pytest.mark.parametrize("mode", ["reflect", "circular", "replicate"])
def test_other_paddings_are_refused(mode):
    module = nn.Conv2d(1, 1, 3, padding=1, padding_mode=mode)
    assert find_rule(module) is None
    assert mode in why_no_rule(module)
