"""An optimizer was given a plain tensor that requires no gradient: it never moves.

## What it sees
An optimizer that has taken three steps or more holds a tensor that is no parameter of a module and
does not require a gradient, and no step found a gradient in it.

## Why it matters
No backward reaches it, and an optimizer passes over what has no gradient, without a word. A learned
scale, temperature or variance stays at what it was made with.

## Example
    log_sigma = torch.zeros(1)
    optimizer = torch.optim.Adam([*model.parameters(), log_sigma])

## Instead
    log_sigma = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([*model.parameters(), log_sigma])

Of a module's own, `self.log_sigma = nn.Parameter(torch.zeros(1))`: then it is saved and moved with
the module, too.

## When it is intended
Where it is to learn later: it may be frozen as a parameter is, by `requires_grad_(False)`, and the
finding is ignored.

## Source
torch.optim, PyTorch documentation: what is to be optimized are parameters, or tensors that require
a gradient; torch.nn.Parameter, ibid.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ParameterSeen

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer that holds such tensors, with all of them."""
    loose: dict[str, ParameterSeen] = {}
    needing: set[str] = set()
    for seen in run.of(ParameterSeen):
        if seen.kind == "tensor" and not seen.requires_grad:
            loose[seen.name] = seen
        elif seen.requires_grad:
            needing.add(seen.name)
    for optimizer, held in run.optimizers.items():
        steps = [step for step in run.steps if step.optimizer == optimizer]
        names = {name for group in held.groups for name in group.parameters}
        names = {name for name in names & loose.keys() if name not in needing}
        names -= {name for step in steps for name in step.grads if step.grads[name] is not None}
        if names and len(steps) >= _ENOUGH:
            still = tuple(name for name in loose if name in names)
            yield RULE.found(
                f"{optimizer} holds {listed(still)}, which "
                f"{'requires' if len(still) == 1 else 'require'} no gradient: no step moves "
                f"{'it' if len(still) == 1 else 'them'}",
                "make what is to be learned an nn.Parameter of its module, or a tensor with "
                "requires_grad=True",
                run.update_at(steps[_ENOUGH - 1], optimizer),
                held.where,
                still,
                optimizer,
            )


RULE = Rule("BT221", "tensor-without-gradient", "warning", check, __doc__, needs=(FACTS,))
