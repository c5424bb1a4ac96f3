"""A mean over time takes in the padding that a mask leaves out of attention.

## What it sees
An nn.TransformerEncoder, or a layer of one, that was given a `src_key_padding_mask` which leaves
out a tenth of all places or more, of some rows more than of others; and a mean of what it returned
over all of its places, with nothing but a norm between; in batches of two lengths or more.

## Why it matters
What the encoder says at the padding is nothing of the sequence's, and in a short row there is the
more of it. The same row means another thing beside a longer one, which decides how far it is
padded.

## Example
    hidden = encoder(x, src_key_padding_mask=mask)  # True at the padding
    pooled = hidden.mean(dim=1)

## Instead
    hidden = encoder(x, src_key_padding_mask=mask)
    kept = (~mask).unsqueeze(-1)
    pooled = (hidden * kept).sum(dim=1) / kept.sum(dim=1)

## When it is intended
Where all rows are padded to one length, ever the same, a model can learn to live with it, and
nothing is said.

## Source
github.com/dbiir/UER-py, pull request 190; github.com/OpenNMT/OpenNMT-py, pull request 1398.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line of a backward through such means, of sequences of more lengths than one."""
    first: dict[str, int] = {}
    told: set[str] = set()
    for event in run.of(GraphSeen):
        places = event.padded_means
        if places and first.setdefault(event.where, places) != places and event.where not in told:
            told.add(event.where)
            yield _describe(run, event)


def _describe(run: Stretch, graph: GraphSeen) -> Judgement:
    return RULE.found(
        "a mean over time takes in the padding, which src_key_padding_mask leaves out of "
        "attention alone",
        "leave it out of the mean, too: (hidden * kept).sum(1) / kept.sum(1), with "
        "kept = (~mask).unsqueeze(-1)",
        run.update_at(graph),
        line_of(run, graph, "padded_means"),
    )


RULE = Rule("BT557", "mean-over-padding", "warning", check, __doc__, needs=(FACTS,))
