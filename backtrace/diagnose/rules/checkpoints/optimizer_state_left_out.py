"""A run is resumed from a file whose optimizer state nobody takes up.

## What it sees
`torch.load` gives the state of an optimizer; a model's state is loaded after it, and an optimizer
of as many tensors and of the same rates, those from before any schedule, steps, while no optimizer
was given a state. The rates need not be the same where the line that would load it stands there,
under an `if` that asks after the optimizer or the checkpoint.

## Why it matters
The moments of Adam, or the momentum of SGD, begin at nothing, at the small rate and the small loss
of a late stage: Adam's first steps have full length whatever the gradient, and undo what was
learned. Where a schedule had lowered the rate, it jumps back to where it began.

## Example
    checkpoint = torch.load(path)
    model.load_state_dict(checkpoint["model"])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

## Instead
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    optimizer.load_state_dict(checkpoint["optimizer"])

## When it is intended
Fine-tuning from a checkpoint starts afresh, mostly with other rates; then nothing is said.

## Source
"Resume drops the optimizer state", github.com/LibreYOLO/libreyolo, pull request 277.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.resumes import LeftOut
from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first optimizer that steps where another's state was to be taken up."""
    for found in run.census.left_out if run.census else ():
        if found.tensors == found.holds and (found.meant or found.lr == found.taken):
            message, fix = _say(found)
            yield RULE.found(
                message,
                fix,
                found.update,
                found.meant or found.where,
                (),
                found.optimizer,
                tensors=found.tensors,
                rate_in_the_file=found.saved[0],
                rate_of_first_step=found.taken[0],
            )
            return


def _say(found: LeftOut) -> tuple[str, str]:
    """Return what is wrong, and the fix; the line that loads the state may be there, left out."""
    if found.meant:
        return (
            f"the file read at {found.where} holds the state of an optimizer, and "
            f"{found.optimizer} begins without it: the line that loads it was left out by its `if`",
            f"make {found.optimizer} before its state is loaded, so that the condition holds",
        )
    if found.saved != found.taken:
        return (
            f"the file read at {found.where} holds the state of an optimizer, and "
            f"{found.optimizer} begins without it: the rate jumps from "
            f"{_rates(found.saved)} in the file to {_rates(found.taken)}",
            f"load it: {found.optimizer}.load_state_dict(...), after the optimizer is made",
        )
    return (
        f"the file read at {found.where} holds the state of an optimizer, and "
        f"{found.optimizer} begins without it, over as many tensors and at the same rate",
        f"load it: {found.optimizer}.load_state_dict(...), after the optimizer is made",
    )


def _rates(rates: tuple[float, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{rate:g}" for rate in rates))


RULE = Rule("BT223", "optimizer-state-left-out", "warning", check, __doc__, needs=(FACTS, CENSUS))
