"""A masked autoencoder's loss is taken of what it was shown, and not of what was hidden.

## What it sees
In the graph of a backward, a parameter that fills the hidden places, by `torch.where` or by a
gather along places of what was kept and of tokens: as many in each row, and others in each. And a
loss that a mask picks the places of, as a factor or as an index: just those that no token fills.
Nothing comes from the tokens to the loss otherwise.

## Why it matters
What was shown can be copied: the loss falls, and nothing is learned about what is hidden, which is
what such a model is trained for. The mask that says 1 for what was taken out is read as if it said
1 for what was kept.

## Example
    # mask is 0 where a patch was kept, 1 where it was taken out
    loss = ((pred - patches) ** 2).mean(-1)
    loss = (loss * (1 - mask)).sum() / (1 - mask).sum()

## Instead
    loss = (loss * mask).sum() / mask.sum()

## When it is intended
Where what is hidden has no target, as if it were missing from the data: then let each row hide what
it lacks.

## Source
K. He et al., "Masked Autoencoders Are Scalable Vision Learners", 2021, section 3;
github.com/Sllambias/asparagus, pull request 12.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line from such a loss."""
    told: set[str] = set()
    for graph in run.of(GraphSeen):
        if graph.seen_places and graph.where not in told:
            told.add(graph.where)
            yield RULE.found(
                "the loss is taken of the places that the model was shown, and of none that a mask "
                "token stands for",
                "turn the mask round: the loss belongs to the places that were taken out",
                run.update_at(graph),
                line_of(run, graph, "seen_places"),
            )


RULE = Rule("BT547", "seen-places-scored", "warning", check, __doc__, needs=(FACTS,))
