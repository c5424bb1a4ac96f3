"""Parameters stand in a list or dict of a module's, where no optimizer finds them.

## What it sees
A module holds layers or tensors that require a gradient in a Python list, tuple or dict. Backward
gives them a gradient, and no optimizer holds them.

## Why it matters
`nn.Module` registers what is assigned to it as an attribute, and does not look into containers.
`model.parameters()` leaves the rest out: no optimizer steps it, no state dict saves it, `.to()`
does not move it. The model trains around layers that stay as they were made.

## Example
    self.blocks = [nn.Linear(8, 8) for _ in range(4)]

## Instead
    self.blocks = nn.ModuleList(nn.Linear(8, 8) for _ in range(4))

## When it is intended
A frozen or unused network is sometimes put in a list on purpose, so that it is not saved; it gets
no gradient, and this rule is silent. So it is where the first backward alone reaches such tensors
and two or more follow: others have taken their place, as where a module steps its model itself.

## Source
torch.nn.ModuleList and torch.nn.ParameterList, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.holdings import Holdings, read_holdings
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.facts import Hidden

_LATER = 2  # backwards that reach none of what is hidden, after the one that did
_INSTEAD = {"dict": ("nn.ModuleDict", "nn.ParameterDict")}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the containers whose tensors get a gradient and are in no optimizer."""
    if not run.steps or not any(model.hidden for model in run.models.values()):
        return
    holdings = read_holdings(run)
    for model in run.models.values():
        containers: dict[str, list[Hidden]] = {}
        for hidden in model.hidden:
            if hidden.name in holdings.reached and not holdings.held.get(hidden.name):
                containers.setdefault(hidden.attribute, []).append(hidden)
        for attribute, lost in containers.items():
            if _are_replaced(run, lost, holdings):
                continue
            yield _found(run, f"{model.type}.{attribute}", lost, holdings)


def _are_replaced(run: Stretch, lost: Sequence[Hidden], holdings: Holdings) -> bool:
    """Whether no backward but one has reached these tensors, though others followed that one."""
    first = max(holdings.reached[hidden.name].index for hidden in lost)
    last = max(holdings.last_reached[hidden.name] for hidden in lost)
    later = sum(event.index > first for event in run.of(BackwardRan))
    return last <= first and later >= _LATER


def _found(run: Stretch, name: str, lost: Sequence[Hidden], holdings: Holdings) -> Judgement:
    kind, attribute = lost[0].container, lost[0].attribute
    first = min((holdings.reached[hidden.name] for hidden in lost), key=lambda event: event.index)
    modules, tensors = _INSTEAD.get(kind, ("nn.ModuleList", "nn.ParameterList"))
    return RULE.found(
        f"{name} is a {kind}: {_gets(kind, len(lost))}",
        f"make {attribute} an {modules} (of tensors: an {tensors})"
        if kind != "Tensor"
        else f"make {attribute} an nn.Parameter",
        run.update_at(first),
        lost[0].where or first.where,
        tuple(hidden.name for hidden in lost),
        parameters_hidden=len(lost),
    )


def _gets(kind: str, count: int) -> str:
    if kind == "Tensor":
        return "it gets gradients, and no optimizer steps it"
    who = "its parameter gets" if count == 1 else f"its {count} parameters get"
    return f"{who} gradients, and no optimizer steps {'it' if count == 1 else 'them'}"


RULE = Rule(
    "BT303",
    "hidden-parameters",
    "error",
    check,
    __doc__,
    needs=(FACTS,),
    cure="add_group={parameters}",
)
