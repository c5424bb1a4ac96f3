"""Positions are counted along the batch: all places of a row have the same one.

## What it sees
An embedding that is given the numbers from 0 below one another, `(rows, 1)`, where another is given
`(rows, time)`, or a module that adds
the first rows of its table `(length, 1, features)`; and a layer with `batch_first=True`, or an
nn.MultiheadAttention over its own places, that then takes `(rows, time, features)` of as many rows,
and another number of places.

## Why it matters
Which place a word has is not said: the model reads a bag of words. What is said is in which row of
the batch it stands, which is chance.

## Example
    positions = torch.arange(x.size(0)).unsqueeze(1)  # x is (rows, time)
    hidden = words(x) + places(positions)

## Instead
    positions = torch.arange(x.size(1)).unsqueeze(0)
    hidden = words(x) + places(positions)

## When it is intended
Where time comes first it is right: that goes with layers without `batch_first`.

## Source
github.com/cmu-l3/anlp-fall2025-code, issue 1;
torch.nn.TransformerEncoderLayer, PyTorch documentation: `batch_first`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import RowsNumbered


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that counts so."""
    told: set[str] = set()
    for event in run.of(RowsNumbered):
        if event.where not in told and len(event.shape) == 3:
            told.add(event.where)
            rows, length, _ = event.shape
            yield RULE.found(
                f"positions are counted along the {rows} rows of the batch that {event.type} takes "
                f"with batch_first=True: all {length} places of a row have the same one",
                "count them along the second axis: torch.arange(x.size(1)), or a table of "
                "(1, length, features) and its first x.size(1)",
                run.update_at(event),
                event.where,
                shape=str(event.shape),
            )


RULE = Rule("BT479", "rows-numbered", "error", check, __doc__, needs=(FACTS,))
