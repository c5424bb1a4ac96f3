"""The optimizer is made anew while training goes on, and its state is lost each time.

## What it sees
Optimizers of the same type for the same parameters that follow each other: each one takes a single
step, or there are three and more with the same options, and no earlier one is used again. Only
types that keep a state across steps count.

## Why it matters
Momentum and Adam's averages begin at zero each time. Adam's first step is as long as its learning
rate in every element, whatever the gradient's size: made anew each time it follows the sign alone.

## Example
    for x, y in loader:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

## Instead
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for x, y in loader:
        ...

## When it is intended
A new phase begins with a new optimizer, with other parameters or other options; and where values
are set from outside before each new one, as in federated rounds or folds, its state must not be
carried over.

## Source
"Adam: A Method for Stochastic Optimization", Kingma and Ba, section 2.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.holdings import read_holdings
from backtrace.diagnose.rule import Rule, Verdict
from backtrace.diagnose.stretch import Stretch
from backtrace.events import Edited, StepTaken
from backtrace.facts import OptimizerSeen

_STATELESS = ("LBFGS",)


def check(run: Stretch) -> Iterator[Verdict]:
    """Give series of optimizers that replace each other."""
    series: dict[object, list[list[StepTaken]]] = {}
    first: dict[str, OptimizerSeen] = {}
    edited: set[str] = set()
    last: dict[frozenset[str], str] = {}
    for event in run.events:
        if isinstance(event, OptimizerSeen):
            first.setdefault(event.optimizer, event)
        elif isinstance(event, Edited) and event.account == "value":
            edited |= set(event.entries)
        elif isinstance(event, StepTaken) and event.optimizer in first:
            names = frozenset(event.values)
            found = series.setdefault((event.type, names), [])
            if last.get(names) == event.optimizer and found:
                found[-1].append(event)
            elif _is_first(event, found) and not names & edited:
                found.append([event])
            else:  # it takes turns with another, or begins from values that were set
                found[:] = [[event]]
            last[names] = event.optimizer
            edited -= names
    for steps in series.values():
        yield from _judge(run, [first[own[0].optimizer] for own in steps], steps)


def _is_first(step: StepTaken, found: list[list[StepTaken]]) -> bool:
    return all(step.optimizer != own[0].optimizer for own in found)


def _judge(
    run: Stretch, made: list[OptimizerSeen], steps: list[list[StepTaken]]
) -> Iterator[Verdict]:
    alike = [seen for seen in made if _options(seen) == _options(made[0])] if made else []
    if len(alike) < 2 or not _keeps_state(made[0]):
        return
    counts = [len(own) for own in steps]
    is_each_step = all(count == 1 for count in counts[:-1]) and len(counts) >= 2
    if not is_each_step and len(alike) < 3:
        return
    at = 1 if is_each_step else 2
    holdings = read_holdings(run)
    step = steps[at][0]
    finding = RULE.found(
        f"{made[0].type} was made anew {len(made) - 1} times for the same parameters"
        + (", for each step" if is_each_step else f", after {counts[0]} steps each"),
        "make it once, before the loop, and step the same one each time",
        run.update_at(step),
        made[at].where,
        tuple(name for name in step.values if name in holdings.held),
        made[at].optimizer,
        optimizers_made=len(made),
        steps_of_the_first=counts[0],
    )
    yield finding if is_each_step else replace(finding, severity="warning")


def _options(seen: OptimizerSeen) -> object:
    return [sorted(group.options.items(), key=str) for group in seen.groups]


def _keeps_state(seen: OptimizerSeen) -> bool:
    """Whether a step depends on those before it; plain SGD's does not."""
    if seen.type in _STATELESS:
        return False
    if seen.type != "SGD":
        return True
    return any(group.options.get("momentum") for group in seen.groups)


RULE = Rule("BT210", "rebuilt-optimizer", "error", check, __doc__)
