"""The policy's loss trains the critic: the advantage carries a gradient.

## What it sees
In the graph of a backward, log-probabilities of chosen actions, or their ratio to what they were,
times a difference that requires a gradient and leads to parameters that the log-probabilities do
not lead to, or has a part of the same output that they are made of, as of a network with two heads
in one layer.

## Why it matters
The advantage says how good an action was. With a gradient of its own, the policy's loss falls also
by what the critic says: it is driven up or down by the log-probabilities, against its own loss, and
the advantages that the policy learns from are wrong.

## Example
    advantage = returns - value
    actor_loss = -(policy.log_prob(action) * advantage).mean()

## Instead
    advantage = (returns - value).detach()

## When it is intended
Weights that are learned and multiplied with the loss of each row look alike only where they are a
difference.

## Source
"Critic not detached from policy loss", github.com/astariul/encode-attend-navigate-pytorch, issue 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line through such an advantage."""
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        if graph.live_advantages and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                "log-probabilities are multiplied with a difference that has a gradient of its "
                "own: the policy's loss trains what the difference is made of, such as a critic",
                "detach the advantage: (returns - value).detach()",
                run.update_at(graph),
                line_of(run, graph, "live_advantages"),
                products=graph.live_advantages,
            )


RULE = Rule("BT115", "advantage-with-gradient", "warning", check, __doc__, needs=(FACTS,))
