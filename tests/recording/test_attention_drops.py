"""What attention as a function drops, read in forwards of many forms."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.functional import scaled_dot_product_attention as attention

import backtrace
from backtrace.ledger.layer_facts import DroppedInEvaluation
from backtrace.recording.source.models.attention_drops import find_attention_drops


def attend(q, p=0.25):
    return attention(q, q, q, None, p)


def scaled_dot_product_attention(q, k, v, dropout_p):
    return q + k + v + dropout_p


class Plain(nn.Module):
    def forward(self, q):
        rate = self.rate
        return F.scaled_dot_product_attention(q, q, q, dropout_p=rate)


class ByDefault(nn.Module):
    def forward(self, q):
        return attend(q)


class InMethod(nn.Module):
    def forward(self, q):
        if not self.slow:
            return self.mix(q, p=self.drop.p)
        return q

    def mix(self, q, p):
        return torch.nn.functional.scaled_dot_product_attention(q, q, q, dropout_p=p)


class Inherited(InMethod):
    pass


class Untold(nn.Module):
    def forward(self, q):
        w = self.weight
        given = q, q, q, 4, 2, w, None, None, None, False, self.rate, w, None
        return F.multi_head_attention_forward(
            q, q, q, 4, 2, w, None, None, None, False, self.rate, w, None, need_weights=len(given)
        )


@pytest.mark.parametrize(
    ("kind", "share", "tests"),
    [
        (Plain, ("rate",), ()),
        (ByDefault, 0.25, ()),
        (InMethod, ("drop", "p"), ((("slow",), False),)),
        (Inherited, ("drop", "p"), ((("slow",), False),)),
        (Untold, ("rate",), ()),
    ],
)
def test_what_is_told_is_followed_to_a_number_or_an_attribute(kind, share, tests):
    (found,) = find_attention_drops(kind)
    assert (found.share, found.tests) == (share, tests)


class Conditional(nn.Module):
    def forward(self, q):
        return attention(q, q, q, dropout_p=self.rate if self.training else 0.0)


class WrittenTwice(nn.Module):
    def forward(self, q):
        rate = 0.1
        if self.is_sure:
            rate = 0.0
        return attention(q, q, q, dropout_p=rate)


class Computed(nn.Module):
    def forward(self, q):
        return attention(q, q, q, dropout_p=self.rate * self.training)


class Given(nn.Module):
    def forward(self, q, rate=0.1):
        return attention(q, q, q, dropout_p=rate)


class OfInput(nn.Module):
    def forward(self, q):
        if len(q) > 3:
            return q
        return attention(q, q, q, dropout_p=0.1)


class OfItsOwn(nn.Module):
    def forward(self, q):
        return scaled_dot_product_attention(q, q, q, dropout_p=0.1)


class ToldTheMode(nn.Module):
    def forward(self, q):
        return F.multi_head_attention_forward(
            q, q, q, 4, 2, self.w, None, None, None, False, 0.1, self.w, None, self.training
        )


class InCase(nn.Module):
    def forward(self, q):
        try:
            return q.out
        except AttributeError:
            return attention(q, q, q, dropout_p=0.1)


@pytest.mark.parametrize(
    "kind", [Conditional, WrittenTwice, Computed, Given, OfInput, OfItsOwn, ToldTheMode, InCase]
)
def test_what_may_be_decided_otherwise_is_left_out(kind):
    assert find_attention_drops(kind) == []


class Modal(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.into, self.rate = nn.Linear(4, 4), rate

    def forward(self, q):
        q = self.into(q)
        if self.training:
            return F.scaled_dot_product_attention(q, q, q, dropout_p=self.rate)
        return F.scaled_dot_product_attention(q, q, q, dropout_p=0.0)


class Careless(Modal):
    def forward(self, q):
        q = self.into(q)
        return F.scaled_dot_product_attention(q, q, q, dropout_p=self.rate)


@pytest.mark.parametrize(
    ("model", "count"), [(Modal(0.3), 0), (Careless(0.3), 1), (Careless(0.0), 0)]
)
def test_what_counts_is_the_branch_that_evaluation_comes_to(model, count):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        model(torch.randn(2, 3, 4)).sum().backward()
        optimizer.step()
        with torch.no_grad():
            model.eval()(torch.randn(2, 3, 4))
    assert sum(isinstance(event, DroppedInEvaluation) for event in trace.events) == count
