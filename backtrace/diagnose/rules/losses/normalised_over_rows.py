"""`F.normalize` goes over the rows of a batch: each feature gets a length of 1, and no row does.

## What it sees
`F.normalize(x, dim=0)` of (rows, features) that a layer made, whose source multiplies its rows with
other rows afterwards, `a @ b.T`, or takes how far they are apart, by `cdist`.

## Why it matters
Products of such rows are no cosines: long vectors are alike to all, and what each row is depends on
all others of its batch. A smaller batch, as in an evaluation, gives other vectors.

## Example
    a, b = F.normalize(net(x), dim=0), F.normalize(net(y), dim=0)
    logits = a @ b.T

## Instead
    a, b = F.normalize(net(x), dim=1), F.normalize(net(y), dim=1)
    logits = a @ b.T

## When it is intended
For the products of columns, `a.T @ b`, as Barlow Twins takes them: nothing is said of those.

## Source
Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", 2020, section
2.1: the similarity of two vectors is their product over their lengths;
torch.nn.functional.normalize, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import RowsNormalised
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that does so, once."""
    shapes = {event.where: event for event in reversed(list(run.of(RowsNormalised)))}  # the first
    seen: set[str] = set()
    for slip in run.of(SlipSeen):
        event = shapes.get(slip.where)
        is_new = slip.where not in seen
        if slip.kind == "normalised-over-rows" and event is not None and is_new:
            seen.add(slip.where)
            rows, features = event.shape
            yield RULE.found(
                f"{slip.name} goes over the {rows} rows: each of the {features} features gets a "
                "length of 1, and no row, whose products are taken, does",
                "give each row a length of 1: dim=1",
                run.update_at(event),
                event.where,
                shape=str(event.shape),
            )


RULE = Rule("BT443", "normalised-over-rows", "warning", check, __doc__, needs=(FACTS,))
