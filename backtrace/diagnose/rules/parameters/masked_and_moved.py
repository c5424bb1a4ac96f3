"""Elements whose gradient is masked by hand move all the same, by momentum or weight decay.

## What it sees
In three updates or more, part of a gradient is set to zero between backward and step, as many
elements each time, and step moves elements whose gradient is zero; nobody masks the values
afterwards.

## Why it matters
`step` adds more than the gradient: the velocity that an element had before it was masked, Adam's
moments, weight decay. Weights that were pruned grow back, rows that were to stay drift.

## Example
    p.grad.mul_(mask)
    optimizer.step()

## Instead
    p.grad.mul_(mask)
    optimizer.step()
    with torch.no_grad():
        p.mul_(mask)

## When it is intended
Where gradients are thinned out, as for the largest tenth alone, and momentum is to carry on the
rest.

## Source
torch.optim.SGD and torch.nn.utils.prune, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Edited, Entry, StepTaken

_PATIENCE = 3
_ALIKE = 0.05  # of a mask's size, by chance zeros of its own


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the tensors of each optimizer whose masked elements move."""
    masked: dict[str, int] = {}  # since the last step, and how many elements
    moved: dict[tuple[str, str], list[tuple[StepTaken, int]]] = {}
    for event in run.events:
        if isinstance(event, Edited) and event.account == "grad":
            masked.update(_masked_by(event))
        elif isinstance(event, Edited) and event.account == "value":
            for optimizer, name in list(moved):
                if name in event.entries:
                    del moved[optimizer, name]
        elif isinstance(event, StepTaken):
            for name in event.values:
                if name in masked and _moves_masked(event, name, masked[name]):
                    moved.setdefault((event.optimizer, name), []).append((event, masked[name]))
            for name in event.values:
                masked.pop(name, None)
    found: dict[str, list[str]] = {}
    for (optimizer, name), steps in moved.items():
        if len(steps) >= _PATIENCE and _is_one_mask([count for _, count in steps]):
            found.setdefault(optimizer, []).append(name)
    for optimizer, names in found.items():
        yield _describe(run, optimizer, names, moved[optimizer, names[0]])


def _masked_by(event: Edited) -> dict[str, int]:
    """Return how many elements of each gradient are zero after an edit that made more zeros."""
    return {
        name: entry.after.zeros
        for name, entry in event.entries.items()
        if entry.after is not None and entry.after.norm and _made_zeros(entry)
    }


def _made_zeros(entry: Entry) -> bool:
    return (
        entry.before is not None
        and entry.after is not None
        and entry.before.zeros < entry.after.zeros
        and entry.after.norm <= entry.before.norm
    )


def _moves_masked(step: StepTaken, name: str, masked: int) -> bool:
    """Whether a step changed half of the masked elements or more."""
    grad, delta = step.grads.get(name), step.values[name].delta
    return grad is not None and delta is not None and 2 * (grad.zeros - delta.zeros) >= masked


def _is_one_mask(counts: list[int]) -> bool:
    return max(counts) - min(counts) <= _ALIKE * max(counts)


def _describe(
    run: Stretch, optimizer: str, names: list[str], steps: list[tuple[StepTaken, int]]
) -> Judgement:
    step, count = steps[_PATIENCE - 1]
    grad, delta = step.grads[names[0]], step.values[names[0]].delta
    assert grad is not None and delta is not None
    return RULE.found(
        f"{optimizer}.step moves elements of {listed(names)} whose gradient was set to zero by "
        f"hand: of {names[0]}, {grad.zeros - delta.zeros} of {grad.zeros}",
        "mask the values after step as well (p.mul_(mask) under no_grad), or the optimizer's own "
        "state: momentum and weight decay move what has no gradient",
        run.update_at(step, optimizer),
        step.where,
        tuple(names),
        optimizer,
        elements_masked=count,
        elements_left_alone=delta.zeros,
        steps=len(steps),
    )


RULE = Rule("BT224", "masked-and-moved", "warning", check, __doc__)
