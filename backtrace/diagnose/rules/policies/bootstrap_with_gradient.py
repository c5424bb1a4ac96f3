"""A target that is made of the model's own later output has a gradient.

## What it sees
A loss compares what a model returned with a constant plus a constant times what the same model
returned, such as `reward + gamma * q(next_state)`, and the gradient goes through both. A critic's
values may have been collected over the steps of an episode before, as for advantages that are
squared. Or the target is the output itself and a constant, such as `advantage + value`.

## Why it matters
The target should be where the value is to go. With a gradient, half of the training pulls the
values of the next states towards those of this one: it is slower, and can settle at wrong values.
Where a target moves with the output itself, nothing is trained at all.

## Example
    target = reward + gamma * net(next_state).max(1).values
    loss = F.mse_loss(net(state).gather(1, action).squeeze(1), target)

## Instead
    with torch.no_grad():
        target = reward + gamma * net(next_state).max(1).values

## When it is intended
In residual gradient algorithms, which descend on the Bellman error itself.

## Source
"Residual Algorithms: Reinforcement Learning with Function Approximation", L. Baird, 1995;
"Human-level control through deep reinforcement learning", V. Mnih and others, 2015;
"Incorrect A2C implementation", github.com/Farama-Foundation/Gymnasium, issue 1494.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line through such a target."""
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        if graph.live_bootstraps and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                "the target is made of the model's own output, and has a gradient: the loss moves "
                "it, as well as what it is compared with",
                "compute the target under torch.no_grad(), or detach it",
                run.update_at(graph),
                line_of(run, graph, "live_bootstraps"),
                targets=graph.live_bootstraps,
            )


RULE = Rule("BT116", "bootstrap-with-gradient", "warning", check, __doc__, needs=(FACTS,))
