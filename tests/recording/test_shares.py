"""The shares of loss terms, against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

import backtrace

X = torch.tensor([[1.0], [2.0], [3.0]])
Y = torch.tensor([[1.5], [2.5], [3.5]])


def linear():
    model = nn.Linear(1, 1)
    with torch.no_grad():
        model.weight.fill_(-0.2505)
        model.bias.fill_(0.9166)
    return model


def run(mix, *, updates=1, micro=1, zero_grad=True):
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, optimizer, by_term=True) as trace:
        for _ in range(updates):
            if zero_grad:
                optimizer.zero_grad()
            for _ in range(micro):
                terms = mix(model(X))
                total = sum(terms.values())
                backtrace.note_loss(total, **terms)
                total.backward()
            optimizer.step()
    return trace.updates


def mse_and_far(out):
    return {
        "mse": nn.functional.mse_loss(out, Y),
        "far": nn.functional.l1_loss(out.sum(), Y.sum()),
    }


def test_larger_loss_with_the_smaller_share():
    (update,) = run(mse_and_far)
    # output - target = -0.8339, -2.0844, -3.3349; far: the sum's distance, its gradient -x, -1.
    residuals = (-0.8339, -2.0844, -3.3349)
    by_row = zip(residuals, (1, 2, 3), strict=True)
    mse = [2 / 3 * sum(r * x for r, x in by_row), 2 / 3 * sum(residuals)]
    far = [-6.0, -3.0]
    total = [a + b for a, b in zip(mse, far, strict=False)]
    square = sum(t * t for t in total)
    share = sum(a * t for a, t in zip(mse, total, strict=False)) / square
    product = sum(a * b for a, b in zip(mse, far, strict=True))
    cosine = product / (math.hypot(*mse) * math.hypot(*far))
    assert update.split.shares["mse"] == pytest.approx(share, abs=1e-4)
    assert update.split.shares["mse"] + update.split.shares["far"] == pytest.approx(1)
    assert update.split.cosines["mse, far"] == pytest.approx(cosine, abs=1e-4)
    assert update.split.norms["far"] == pytest.approx(math.hypot(6, 3))
    assert update.terms["far"] > update.terms["mse"]
    assert update.split.shares["far"] < update.split.shares["mse"]
    weight = update.rows["weight"].split
    assert weight.shares["mse"] == pytest.approx(mse[0] / total[0], abs=1e-5)


def test_shares_are_of_all_micro_batches_since_the_last_clearing():
    (once,), (twice,) = run(mse_and_far), run(mse_and_far, micro=2)
    assert twice.split.norms["far"] == pytest.approx(2 * once.split.norms["far"])
    assert twice.split.shares == pytest.approx(once.split.shares)


def test_each_update_begins_anew_and_without_zero_grad_does_not():
    cleared = run(mse_and_far, updates=3)
    piled = run(mse_and_far, updates=3, zero_grad=False)
    assert [u.split.norms["far"] for u in cleared] == pytest.approx([math.hypot(6, 3)] * 3)
    assert piled[2].split.norms["far"] == pytest.approx(3 * math.hypot(6, 3))


def test_terms_that_cancel_have_no_share_and_fight():
    def cancel(out):
        return {"up": out.sum(), "down": -out.sum()}

    (update,) = run(cancel)
    assert math.isnan(update.split.shares["up"])
    assert update.split.cosines["up, down"] == pytest.approx(-1)


def test_nothing_is_split_when_it_was_not_asked_for():
    model = linear()
    with backtrace.record(model) as trace:
        terms = mse_and_far(model(X))
        total = sum(terms.values())
        backtrace.note_loss(total, **terms)
        total.backward()
    assert trace.updates[0].split is None
