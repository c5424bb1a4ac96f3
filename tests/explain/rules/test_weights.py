"""Linear, Embedding, attention and recurrent layers against autograd."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_oracle import check, compare, draw
from torch import nn

from backtrace.explain.megabytes import megabytes
from backtrace.explain.rules import find_rule, why_no_rule
from backtrace.explain.rules.linear import (
    TooLargeError,
    broadcast,
    broadcast_cost,
    linear_broadcast,
    matrix_cost,
    matrix_product,
)

SMALL = settings(max_examples=15, deadline=None)
few = st.integers(1, 4)


@SMALL
@given(st.lists(few, max_size=3), few, few, st.booleans())
def test_linear(outer, inputs, outputs, bias):
    check(nn.Linear(inputs, outputs, bias=bias), draw(*outer, inputs))


@SMALL
@given(few, few, few)
def test_both_forms_in_the_taught_layout(rows, inputs, outputs):
    x, w, b = draw(rows, inputs), draw(inputs, outputs, seed=1), draw(outputs, seed=2)
    leaves = [t.requires_grad_() for t in (x, w, b)]
    grad = draw(rows, outputs, seed=3)
    expected = torch.autograd.grad(x @ w + b, leaves, grad)
    with torch.no_grad():
        for form in (matrix_product, broadcast):
            given = form(x, w, grad)
            for found, wanted, leaf in zip(
                (given.x, given.w, given.b), expected, leaves, strict=True
            ):
                compare(found, wanted, leaf)


def test_the_broadcast_form_in_torchs_layout():
    module, x, grad = nn.Linear(3, 2).double(), draw(4, 3), draw(4, 2, seed=1)
    with torch.no_grad():
        plain = find_rule(module).backward(module, (x,), (module(x),), (grad,))
        other = linear_broadcast(module, (x,), (grad,))
    compare(other.inputs[0], plain.inputs[0], x)
    compare(other.parameters["weight"], plain.parameters["weight"], module.weight)


def test_what_the_forms_cost():
    cost = broadcast_cost(1000, 784, 50)
    assert (cost.shape, cost.size, megabytes(cost.size)) == ((1000, 784, 50), 156_800_000, "157 MB")
    assert matrix_cost(1000, 784, 50).shape == (1000, 784)


def test_what_does_not_fit_is_refused():
    x, w, grad = draw(10, 5), draw(5, 4), draw(10, 4)
    with pytest.raises(TooLargeError, match=r"\(10, 5, 4\), 1.6 kB; 1 kB may be used"):
        broadcast(x, w, grad, limit=1000)
    broadcast(x, w, grad, limit=1600)
    huge = torch.empty(10**6, 10**6, device="meta")
    with pytest.raises(TooLargeError, match="would build"):
        broadcast(huge, huge, huge)


@SMALL
@given(
    st.lists(few, min_size=1, max_size=2), st.sampled_from([None, 0, 2, -1]),
    st.booleans(), st.booleans(), st.integers(0, 9),
)  # fmt: skip
def test_embedding(shape, padding, by_count, sparse, seed):
    indices = torch.randint(0, 4, shape, generator=torch.Generator().manual_seed(seed))
    module = nn.Embedding(
        4, 3, padding_idx=padding, scale_grad_by_freq=by_count, sparse=sparse and not by_count
    )
    check(module, indices)


@SMALL
@given(few, st.integers(1, 3), st.sampled_from([1, 2]), st.booleans(), st.booleans(), st.data())
def test_attention(length, rows, heads, bias, batch_first, data):
    module = nn.MultiheadAttention(4, heads, bias=bias, batch_first=batch_first)
    shape = data.draw(st.sampled_from([(length, 4), (rows, length, 4)]))
    x = draw(*shape)
    more = data.draw(
        st.sampled_from([{}, {"average_attn_weights": False}, {"need_weights": False}])
    )
    check(module, x, x, x, **more)
    check(module, x, x * 2, x.flip(0), **more)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
@SMALL
@given(few, few, few, few, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_recurrent(kind, rows, length, inputs, hidden, bias, first, batched, stated):
    module = kind(inputs, hidden, bias=bias, batch_first=first)
    shape = ((rows, length) if first else (length, rows)) if batched else (length,)
    state = (1, rows, hidden) if batched else (1, hidden)
    x = draw(*shape, inputs)
    states = [draw(*state, seed=5 + at) for at in range(1 if kind is nn.GRU else 2)]
    check(module, x, *(states if stated else []))


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (nn.LSTM(2, 2, num_layers=2), "2 layers"),
        (nn.GRU(2, 2, bidirectional=True), "bidirectional"),
        (nn.LSTM(4, 4, proj_size=2), "proj_size"),
        (nn.MultiheadAttention(4, 2, kdim=3), "kdim"),
        (nn.MultiheadAttention(4, 2, add_zero_attn=True), "add_zero_attn"),
        (nn.MultiheadAttention(4, 2, dropout=0.1), "dropout"),
        (nn.Embedding(4, 2, max_norm=1.0), "max_norm"),
    ],
)
def test_what_a_rule_does_not_cover_is_refused(module, words):
    assert find_rule(module) is None
    assert words in why_no_rule(module)
