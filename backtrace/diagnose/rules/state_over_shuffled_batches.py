"""A recurrent layer goes on with the state of the last batch, and the batches are shuffled.

## What it sees
Three times or more, a recurrent layer was called with the state that it had returned before the
batch was drawn, cut off the graph, while the DataLoader draws in random order.

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
examples, which draws its chunks in order and calls `repackage_hidden` between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import StateCarried
from backtrace.ledger.loader_facts import BatchDrawn

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer so."""
    found: dict[str, list[StateCarried]] = {}
    shuffled_at = -inf  # when a batch was last drawn in random order
    for event in run.events:
        if isinstance(event, BatchDrawn):
            shuffled_at = event.elapsed if event.shuffles else -inf
        elif isinstance(event, StateCarried) and event.returned_at < shuffled_at:
            found.setdefault(event.where, []).append(event)  # and not from chunk to chunk of one
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


RULE = Rule("BT455", "state-over-shuffled-batches", "warning", check, __doc__, needs=(FACTS,))
