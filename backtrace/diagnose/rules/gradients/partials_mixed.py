"""A second derivative is taken of all first derivatives at once: mixed partials are added to it.

## What it sees
`torch.autograd.grad` of what it returned before, by the same coordinates, two to eight columns of
them, with a `grad_outputs` of ones: of all columns of the first derivative, and not of one.

## Why it matters
What it returns in column i is the sum of the derivatives of every first derivative by coordinate i:
`u_xx + u_yx` where `u_xx` is meant. A Laplacian that is made of these columns has each mixed
partial in it twice, and an equation with it has other solutions.

## Example
    du = torch.autograd.grad(u, xy, torch.ones_like(u), create_graph=True)[0]
    ddu = torch.autograd.grad(du, xy, torch.ones_like(du), create_graph=True)[0]
    laplacian = ddu[:, 0] + ddu[:, 1]

## Instead
    du = torch.autograd.grad(u, xy, torch.ones_like(u), create_graph=True)[0]
    laplacian = sum(
        torch.autograd.grad(du[:, i].sum(), xy, create_graph=True)[0][:, i] for i in range(2)
    )

## When it is intended
Where the sum of a row of second derivatives is what the equation has.

## Source
github.com/prateekbhustali/Physics-Informed-Neural-Networks, issue 4; torch.autograd.grad, PyTorch
documentation: `grad_outputs` is the vector in a product with the Jacobian.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import DerivativeTaken


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first such derivative of each line."""
    told: set[str] = set()
    for taken in run.of(DerivativeTaken):
        if not taken.mixed or taken.where in told:
            continue
        told.add(taken.where)
        yield RULE.found(
            f"this second derivative is taken of all {taken.mixed} first derivatives at once: each "
            "of its columns has the mixed partials added to it",
            "take it of one column at a time: torch.autograd.grad(du[:, i].sum(), x, "
            "create_graph=True)[0][:, i]",
            run.update_at(taken),
            taken.where,
        )


RULE = Rule("BT611", "partials-mixed", "warning", check, __doc__, needs=(FACTS,))
