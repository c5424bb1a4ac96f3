"""A recurrent layer goes on with the state of the last batch, and the batches are shuffled.

## What it sees
Three times or more, a recurrent layer was called with the state that it had returned before the
batch was drawn, cut off the graph, while the DataLoader draws in random order. Or, in the source, a
loop draws its inputs and targets anew in each turn, at random places or from nothing, and hands on
the state; and in the run a layer got back, three times or more, the state of an update before.

## Why it matters
A state is what was read so far. When the next batch is not what comes next, the layer goes on with
what it read of another sequence: the model learns to distrust its state, and in evaluation, where
the order is right, it does not use it.

## Example
    loader = DataLoader(chunks, batch_size=None, shuffle=True)
    for x, y in loader:
        logits, state = model(x, state)
        state = tuple(s.detach() for s in state)

## Instead
    loader = DataLoader(chunks, batch_size=None)

## When it is intended
A state that is carried over rows that have nothing to do with each other is noise at best.

## Source
torch.nn.LSTM, PyTorch documentation; word_language_model of PyTorch's
examples, which draws its chunks in order and calls `repackage_hidden` between them;
github.com/MorvanZhou/PyTorch-Tutorial, issue 49.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.layer_facts import StateCarried
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer so."""
    found: dict[str, list[StateCarried]] = {}
    over: list[StateCarried] = []  # handed on from an update to the next
    shuffled_at = stepped_at = -inf  # when a batch was last drawn in random order, and a step was
    for event in run.events:
        if isinstance(event, BatchDrawn):
            shuffled_at = event.elapsed if event.shuffles else -inf
        elif isinstance(event, StepTaken):
            stepped_at = event.elapsed
        elif isinstance(event, StateCarried):
            if event.returned_at < shuffled_at:  # and not from chunk to chunk of one
                found.setdefault(event.where, []).append(event)
            elif event.returned_at < stepped_at:
                over.append(event)
    for where, carried in found.items():
        if len(carried) >= _ENOUGH:
            yield RULE.found(
                f"{carried[0].type} goes on with the state that it returned for the batch before, "
                "while the DataLoader draws batches in random order",
                "draw them in order (shuffle=False), or begin each batch without a state",
                run.update_at(carried[0]),
                where,
                times=len(carried),
            )
    if len(over) >= _ENOUGH:
        yield from _check_draws(run, over)


def _check_draws(run: Stretch, over: list[StateCarried]) -> Iterator[Judgement]:
    """Give each line of the source that hands a state on to what is drawn by itself."""
    for event in run.of(SlipSeen):
        if event.kind == "drawn-apart":
            yield RULE.found(
                f"{over[0].type} goes on with {event.name}, the state that it returned in the "
                f"update before, while {event.beside} is drawn at random in each",
                f"begin each update without a state, {event.name} = None, or let {event.beside} be "
                "what comes next in one sequence",
                run.update_at(over[0]),
                event.where,
                times=len(over),
            )


RULE = Rule("BT455", "state-over-shuffled-batches", "warning", check, __doc__, needs=(FACTS,))
