"""What the letters of a step's formula mean, and the numbers behind them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from receipt_steps import scalar, step_once

from backtrace.show.content.receipt_words import divisor_text, given_texts, symbols_text


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("Adam", {}, "v′ = β2·v + (1 − β2)·g², g = grad, m and v are means over earlier steps of g "
         "and of g², β1 and β2 are the betas, t is the number of the step"),
        ("Adam", {"weight_decay": 0.1}, "g = grad + weight_decay·value,"),
        ("AdamW", {}, "g = grad, m and v are"),
        ("NAdam", {}, "m and v are means over earlier steps of g and of g², β1 and β2 are"),
        ("Adamax", {}, "m is a mean over earlier steps of g, u is the largest |g|"),
        ("RMSprop", {"momentum": 0.9}, "s is a mean over earlier steps of g², g = grad, b is the"),
        ("RMSprop", {"centered": True}, "a′ = alpha·a + (1 − alpha)·g"),
        ("Adadelta", {}, "s′ = rho·s + (1 − rho)·g², s is a mean over"),
        ("Adadelta", {"weight_decay": 0.1}, "g = grad + weight_decay·value, d is"),
        ("Adam", {"maximize": True}, "g = −grad, m and v"),
        ("RAdam", {}, "g = grad, m is a mean"),
        ("SGD", {}, ""),
    ],
)  # fmt: skip
def test_what_the_symbols_of_a_step_mean_is_said(kind, options, said):
    model = scalar()
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=0.1, **options)
    update = step_once(model, optimizer, lambda m: m(torch.full((1, 1), 3.0)).sum())
    told = symbols_text(update.rows["fc.weight"].receipt)
    assert said in told if said else told == ""


def test_the_divisor_of_an_adaptive_step_is_a_number():
    """NAdam's D is √(v′ / (1 − β2)) + eps = |g| + eps in the first step."""
    model = scalar()
    optimizer = torch.optim.NAdam(model.parameters(), lr=0.1, eps=0.5)
    update = step_once(model, optimizer, lambda m: m(torch.full((1, 1), 3.0)).sum())
    receipt = update.rows["fc.weight"].receipt
    assert receipt.divisor == pytest.approx((3.5,))
    assert divisor_text(receipt) == "D = 3.5"
    assert divisor_text(replace(receipt, divisor=(1.0, 2.0))) == "D = (1, 2)"
    assert divisor_text(replace(receipt, divisor=None)) == ""


@pytest.mark.parametrize(
    ("kind", "options", "text"),
    [
        ("Adam", {"weight_decay": 0.1}, "β1 = 0.9, β2 = 0.999, eps = 1e-08, weight_decay = 0.1, "
         "t = 2, m = 0.301, v = 0.009060"),
        ("SGD", {"momentum": 0.9, "nesterov": True}, "momentum = 0.9, b = 3"),
        ("SGD", {}, None),
        ("RMSprop", {}, "alpha = 0.99, eps = 1e-08, s = 0.09"),
        ("Adagrad", {}, "eps = 1e-10, s = 9"),
        ("Adafactor", {}, "d = 1, t = 2, eps2 = 0.001, α = 0.009, c = 1, V = 9"),
        ("Rprop", {}, "d = 0.1"),
    ],
)  # fmt: skip
def test_the_numbers_behind_the_letters_are_told(kind, options, text):
    """As its second step found them: by hand, of a gradient of 3 and a value that began at 1/10."""
    model = scalar()
    torch.nn.init.constant_(model.fc.weight, 0.1)
    optimizer = getattr(torch.optim, kind)(model.parameters(), lr=0.1, **options)
    update = step_once(model, optimizer, lambda m: m(torch.full((1, 1), 3.0)).sum(), updates=2)
    receipt = update.rows["fc.weight"].receipt
    assert next(given_texts(receipt, (1, 1)), None) == text


def test_an_adaptive_step_can_be_worked_out_from_what_is_said():
    model = torch.nn.Linear(2, 2, bias=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.01)
    update = step_once(model, optimizer, lambda m: m(torch.ones(1, 2)).pow(2).sum(), updates=3)
    row = update.rows["weight"]
    given = {name: torch.tensor(values) for name, values in row.receipt.given.items()}
    value, grad = (torch.tensor(row.value_before.values), torch.tensor(row.grad_after.values))
    m = given["β1"] * given["m"] + (1 - given["β1"]) * grad
    v = given["β2"] * given["v"] + (1 - given["β2"]) * grad**2
    size = (v / (1 - given["β2"] ** given["t"])).sqrt() + given["eps"]
    step = 0.1 * m / (1 - given["β1"] ** given["t"]) / size
    after = value - step - 0.1 * given["weight_decay"] * value
    torch.testing.assert_close(after, torch.tensor(row.value_after.values))
    big = replace(row.receipt, given={"m": tuple(range(13))})
    assert list(given_texts(big, (13,))) == []
