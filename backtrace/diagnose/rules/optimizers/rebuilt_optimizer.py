"""The optimizer is made anew while training goes on, and its state is lost each time.

## What it sees
Optimizers of the same type for the same parameters that follow each other: each one takes a single
step, or there are three and more with the same options, or four with as many steps each; and no
earlier one is used again. Only types that keep a state across steps count.

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

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backtrace.diagnose.holdings import read_holdings
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Reading, StepTaken
from backtrace.ledger.facts import OptimizerSeen

_STATELESS = ("LBFGS",)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give series of optimizers that replace each other."""
    series: dict[object, list[list[StepTaken]]] = {}
    first: dict[str, OptimizerSeen] = {}
    left: dict[str, Reading | None] = {}
    last: dict[frozenset[str], str] = {}
    met: dict[object, set[str]] = {}
    for event in run.events:
        if isinstance(event, OptimizerSeen):
            first.setdefault(event.optimizer, event)
        elif isinstance(event, StepTaken) and event.optimizer in first:
            names = frozenset(event.values)
            key = (event.type, names)
            found, known = series.setdefault(key, []), met.setdefault(key, set())
            if last.get(names) == event.optimizer and found:
                found[-1].append(event)
            elif event.optimizer not in known and _goes_on(event, left):
                found.append([event])
            else:  # it takes turns with another, or begins from values that were set
                found[:] = [[event]]
            known.add(event.optimizer)
            last[names] = event.optimizer
            left |= {name: entry.after for name, entry in event.values.items()}
    for steps in series.values():
        yield from _judge(run, [first[own[0].optimizer] for own in steps], steps)


def _goes_on(step: StepTaken, left: dict[str, Reading | None]) -> bool:
    """Whether a step finds the values, or most of them, as the last step of any left them."""
    found = [name for name, entry in step.values.items() if left.get(name) == entry.before]
    return len(found) * 2 > len(step.values)


def _judge(
    run: Stretch, made: list[OptimizerSeen], steps: list[list[StepTaken]]
) -> Iterator[Judgement]:
    if len(made) < 2 or not _keeps_state(made[0]):
        return
    counts = [len(own) for own in steps]
    is_alike = len({repr(_options(seen)) for seen in made}) == 1
    is_each_step = _is_each_step(counts, is_alike=is_alike)
    enough = 2 if is_each_step else 3 if is_alike else 4  # with rates that differ, phases
    is_regular = is_each_step or is_alike or len(set(counts[:-1])) == 1
    if len(made) < enough or not is_regular:
        return
    at = enough - 1
    holdings = read_holdings(run)
    step = steps[at][0]
    finding = RULE.found(
        f"{made[0].type} was made anew {len(made) - 1} times for the same parameters"
        + (", for each step" if is_each_step else f", after {counts[0]} steps each"),
        "make it once, before the loop, and step the same one each time",
        run.update_at(step),
        Counter(seen.where for seen in made).most_common(1)[0][0],
        tuple(name for name in step.values if name in holdings.held),
        optimizers_made=len(made),
        steps_of_the_first=counts[0],
    )
    yield finding if is_each_step else replace(finding, severity="warning")


def _is_each_step(counts: Sequence[int], *, is_alike: bool) -> bool:
    """Whether each optimizer but the last made one step; of two, the last did too and is alike."""
    return set(counts[:-1]) == {1} and (len(counts) > 2 or (counts[-1] == 1 and is_alike))


def _options(seen: OptimizerSeen) -> object:
    return [sorted(group.options.items(), key=str) for group in seen.groups]


def _keeps_state(seen: OptimizerSeen) -> bool:
    """Whether a step depends on those before it; plain SGD's does not."""
    if seen.type in _STATELESS:
        return False
    if seen.type != "SGD":
        return True
    return any(group.options.get("momentum") for group in seen.groups)


RULE = Rule("BT210", "rebuilt-optimizer", "error", check, __doc__, needs=(FACTS,))
