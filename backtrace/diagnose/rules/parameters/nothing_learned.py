"""Steps are taken, and not one tensor learns anything.

## What it sees
Over the whole run, at least three steps, and no tensor that a step moved with a gradient to go by,
nor any that the loop moved itself; and that no other rule says why. Where every loss was 0, it is
said of ten steps or more.

## Why it matters
All the time that the run takes is lost, and the loss it prints is that of the first weights.

## Example
    attention = torch.softmax(scores, dim=-1)  # over a dimension of size one: always 1
    loss = (attention * values.detach()).sum()

## Instead
Whatever makes the gradients: `backtrace graph` shows the way from the loss to the parameters, and
the census (`backtrace run --census`) what became of each.

## When it is intended
When nothing is to be trained no optimizer steps. A loss that is met may be 0 for a few steps.

## Source
"What should I do when my neural network doesn't learn?", stats.stackexchange.com.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from backtrace.diagnose.census.cells import BY_HAND, NEVER_MOVED
from backtrace.diagnose.census.census import STEPS, Census, Inhabitant
from backtrace.diagnose.flat_operations import RELU, advise
from backtrace.diagnose.graph_lines import line_in_any, line_of
from backtrace.diagnose.needs import UNEXPLAINED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_MANY = 10  # steps: of a short run the loss may have been met before


def check(run: Stretch) -> Iterator[Judgement]:
    """Give one finding when nothing learned."""
    census = run.census
    if census is None or sum(census.steps.values()) < STEPS or not census.is_whole:
        return
    steps = sum(census.steps.values())
    if census.is_met and not _weightless(run):
        if steps >= _MANY and not any(each.has_learned for each in census.tensors):
            yield _find_nothing_to_learn(census, steps)
        return
    meant = [each for each in census.tensors if each.optimizer not in census.schedules]
    stepped = [each for each in meant if each.tally.steps]
    moving = [each for each in census.tensors if each.has_learned or each.cell.name == BY_HAND]
    settled = [each for each in stepped if each.cell.name == NEVER_MOVED and not each.is_amiss]
    if moving or settled or not any(each.is_amiss for each in stepped):
        return  # a gradient that rounding takes from the values is no sign of a loss cut off
    names = {each.name for each in stepped}
    behind = [label for label, found in census.flat.items() if not names.isdisjoint(found)]
    weightless = _weightless(run)
    seen = min(behind, key=lambda each: each == RELU, default="")  # one may be met at times
    flat = seen or ("a multiplication by 0" if weightless else "")
    yield RULE.found(
        f"nothing learned in {sum(census.steps.values())} steps: of "
        f"{len(stepped)} tensors that optimizers step, {_told(stepped)}"
        + (f"; {flat} lies between them and the loss" if flat else ""),
        advise(flat)
        if flat
        else "look with `backtrace graph` at what lies between the loss and the parameters",
        STEPS,
        line_in_any(run, flat) or weightless or stepped[0].tally.step_at,
        tuple(each.name for each in stepped),
        steps=sum(census.steps.values()),
        gradients_that_were_zero=sum(each.tally.zeros for each in census.tensors),
        gradients_that_were_not=sum(each.tally.filled for each in census.tensors),
    )


def _find_nothing_to_learn(census: Census, steps: int) -> Judgement:
    """Return that every loss was zero: that may be so at an end, and not from a beginning on."""
    stepped = [each for each in census.tensors if each.tally.steps]
    return RULE.found(
        f"nothing learned in {steps} steps: the loss was 0 in every one of them, so that there was "
        "nothing to learn",
        "see what makes it 0: a hinge or relu that is always at its bound, a mask that leaves "
        "nothing in, a difference of a thing with itself, or a sign",
        STEPS,
        stepped[0].tally.step_at if stepped else "",
        tuple(each.name for each in stepped),
        steps=steps,
    )


def _told(stepped: Sequence[Inhabitant]) -> str:
    counts = Counter(each.cell.name for each in stepped)
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _weightless(run: Stretch) -> str:
    """Return where a loss was multiplied by zero last, or goes backward; '' if none was."""
    lost = (
        line_of(run, graph, "weightless")
        for graph in run.of(GraphSeen)
        if graph.path and graph.path[0].name.startswith("MulBackward") and graph.path[0].scalar == 0
    )
    return next(lost, "")


RULE = Rule("BT601", "nothing-learned", "error", check, __doc__, needs=(UNEXPLAINED,))
