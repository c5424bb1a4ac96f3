"""The gradient of an attack on the inputs is stepped with that of the training loss.

## What it sees
Between two steps a backward fills the gradients of an input that wants one and of the parameters,
another backward without such an input adds to the parameters' gradients, and step reads the sum,
in two updates or more.

## Why it matters
An adversarial example takes the gradient of the loss by the input. `backward` computes it, and
fills the parameters' gradients by the way, with those of a loss that nobody meant to train on: of
other rows, and often a sum where the training loss is a mean.

## Example
    optimizer.zero_grad()
    loss_fn(model(x_adv.requires_grad_()), y).backward()
    x_adv = (x + eps * x_adv.grad.sign()).detach()
    loss_fn(model(x_adv), y).backward()
    optimizer.step()

## Instead
    (gradient,) = torch.autograd.grad(loss_fn(model(x_adv), y), x_adv)

## When it is intended
Where the model is to train on the clean rows as well, and their backward gives the input's gradient
on the same way.

## Source
"Explaining and Harnessing Adversarial Examples", I. Goodfellow and others, 2015;
torch.autograd.grad, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that step with what was computed for an input."""
    attacks = _find_attacks(run)
    for optimizer, windows in run.windows_by_optimizer.items() if attacks else ():
        found = [
            (window, attack)
            for window, _ in finished(windows)
            if (attack := _find_attack(window, attacks)) is not None
        ]
        if len(found) >= _ENOUGH:
            yield _describe(optimizer, *found[_ENOUGH - 1], len(found))


def _find_attacks(run: Stretch) -> set[str]:
    """Return the lines whose backwards end at an input, or at something added to one."""
    inputs = {name for name, seen in run.parameters.items() if seen.kind == "input"}
    found: set[str] = set()
    wants = False  # whether the last model's call was given something that wants a gradient
    for event in run.events:
        if isinstance(event, ForwardRan):
            wants = event.from_grad
        elif isinstance(event, GraphSeen) and wants and (event.loose or inputs & {*event.reached}):
            found.add(event.where)
    return found


def _find_attack(window: Window, attacks: set[str]) -> BackwardRan | None:
    """Return a backward that is an attack, before one of the training loss."""
    counted = window.counted
    if len(counted) < 2 or counted[-1].where in attacks:
        return None
    return next((each for each in counted[:-1] if each.where in attacks), None)


def _describe(optimizer: str, window: Window, attack: BackwardRan, updates: int) -> Judgement:
    names = tuple(sorted(window.filled_by(attack)))
    grad = attack.grads[names[0]].delta
    return RULE.found(
        f"the backward at {attack.where}, which gives the gradient of an input, also filled those "
        f"of {optimizer}'s parameters: step reads them with the gradients of the training loss",
        "take the input's gradient with torch.autograd.grad(loss, inputs), or clear the others "
        f"after it: {optimizer}.zero_grad()",
        window.number,
        attack.where,
        names,
        optimizer,
        updates=updates,
        gradient_norm_added=grad.norm if grad else 0.0,
    )


RULE = Rule("BT114", "attack-gradient-kept", "warning", check, __doc__, needs=(FACTS,))
