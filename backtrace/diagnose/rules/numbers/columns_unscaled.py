"""Columns of a model's input differ a thousandfold in size: the large ones drown the others.

## What it sees
The first layer of a model is linear, in its first call in training, with 16 rows or more. Half of
the numbers in one column are 100 or larger, and a thousand times the largest in another, all
without signs. Both columns vary, and the model has no normalisation.

## Why it matters
Layers are initialised for inputs of about one, and one learning rate is to fit all columns. The
sums of the first layer are those of the large column alone: a sigmoid or a tanh is saturated, the
gradients of its weights are as much larger, and what the small columns say is learned last.

## Example
    table = torch.tensor(frame[["rooms", "lot_size"]].values, dtype=torch.float32)
    model(table)

## Instead
    mean, std = table[:n_train].mean(0), table[:n_train].std(0)
    model((table - mean) / std)

## When it is intended
Trees do not mind it, networks do. If the small column is to have no say, leave it out.

## Source
"Efficient BackProp", Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, 1998, section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import ColumnsUnlike


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model that was given such a table."""
    for event in run.of(ColumnsUnlike):
        yield RULE.found(
            f"the first layer of {event.module} is given columns of unlike sizes: half of the "
            f"numbers in column {event.large} are {event.median:.3g} or more, and none in column "
            f"{event.small} is above {event.end:.2g}",
            "subtract each column's mean and divide by its standard deviation, both of the "
            "training rows, or put nn.BatchNorm1d first",
            run.update_at(event),
            event.where,
            median_of_large_column=event.median,
            largest_of_small_column=event.end,
        )


RULE = Rule("BT319", "columns-unscaled", "warning", check, __doc__, needs=(FACTS,))
