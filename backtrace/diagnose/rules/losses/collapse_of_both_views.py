"""Only the likeness of two outputs is trained, through both: all outputs become one.

## What it sees
A loss all of whose terms are cosines, or squares of differences of vectors of length 1, with a
gradient through both sides, which one network makes; no other loss trains that network. And the
vectors come closer over the run: their variance over the rows of a batch falls to a fifth of what
it was at first, or to 0.02 and to a half.

## Why it matters
The same output for every input has the best loss that there is. Nothing holds against that: neither
negatives, nor a term for the variance, nor a side that the gradient does not go through, as SimSiam
and BYOL have it. The loss looks excellent, and the outputs tell nothing of the inputs.

## Example
    p, z = predictor(encoder(one)), encoder(other)
    loss = -F.cosine_similarity(p, z, dim=-1).mean()

## Instead
    loss = -F.cosine_similarity(p, z.detach(), dim=-1).mean()

## When it is intended
To show that it collapses, as the papers do.

## Source
Chen and He, "Exploring Simple Siamese Representation Learning", 2021, figure 2;
github.com/lightly-ai/lightly, issue 559.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 6  # graphs that were read: those of updates 1, 2, 3, 4, 8 and 16
_SHARE = 0.2
_NONE = 0.02


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose backward draws the outputs of a network together, until they are one."""
    sites: dict[str, list[GraphSeen]] = {}
    for graph in run.of(GraphSeen):
        if graph.is_whole:
            sites.setdefault(graph.where, []).append(graph)
    for graphs in sites.values():
        reached = {name for graph in graphs for name in graph.reached}
        others = [each for own in sites.values() if own is not graphs for each in own]
        is_alone = all(graph.merging for graph in graphs) and not any(
            reached.intersection(graph.reached) for graph in others if not graph.merging
        )
        if not is_alone or len(graphs) < _ENOUGH:
            continue
        first, last = _variance(graphs[0]), _variance(graphs[-1])
        limit = min(max(_SHARE * first, _NONE), first / 2)
        if last < limit:
            yield RULE.found(
                "the loss is only how like two outputs of one network are, with a gradient through "
                "both, and all rows become one: their variance over the rows fell from "
                f"{first:.2g} to {last:.2g}",
                "detach the side that the prediction is compared with: z.detach()",
                run.update_at(next(each for each in graphs if _variance(each) < limit)),
                line_of(run, graphs[0], "merging"),
                variance=last,
                variance_at_first=first,
            )


def _variance(graph: GraphSeen) -> float:
    """Return the mean over the terms of a graph that has some."""
    return sum(graph.merging) / len(graph.merging)


RULE = Rule("BT493", "collapse-of-both-views", "warning", check, __doc__, needs=(FACTS,))
