"""The entropy of a policy is added to its loss, and so made small.

## What it sees
A loss with log-probabilities of a distribution of `torch.distributions` that grows with an entropy
of such a distribution. Or, in the source, a loss that has minus a log-probability times an
advantage or a return, and minus another product of log-probabilities that a name calls an entropy.

## Why it matters
An entropy bonus is to keep a policy trying things. Added to what is minimised it is a penalty: the
policy soon does one thing only, whether that is good or not. Minus the log-probability of what was
done makes that more likely, as the term beside it does.

## Example
    loss = policy_loss + 0.5 * value_loss + 0.01 * dist.entropy().mean()

## Instead
    loss = policy_loss + 0.5 * value_loss - 0.01 * dist.entropy().mean()

## When it is intended
Where a distribution is to be sure of itself, as when what it says without labels is sharpened.

## Source
"Asynchronous Methods for Deep Reinforcement Learning", V. Mnih and others, 2016;
github.com/MrSyee/pg-is-all-you-need, issue 37: `-log_prob` is added to the loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line through such a loss, and each such term of a source."""
    seen: set[str] = set()
    if any(
        group.options.get("maximize") for each in run.optimizers.values() for group in each.groups
    ):
        return
    for graph in run.of(GraphSeen):
        if graph.penalised_entropies and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                "the loss grows with the entropy of the policy: training makes it small",
                "subtract the entropy from the loss: it is minimised",
                run.update_at(graph),
                line_of(run, graph, "penalised_entropies"),
                entropies=graph.penalised_entropies,
            )
    for slip in run.of(SlipSeen):
        if slip.kind == "entropy-sign":
            yield RULE.found(
                f"{slip.beside} has {slip.name} for an entropy, with the sign of the term that "
                "makes good actions more likely: so it does with all that were done, and the "
                "entropy falls",
                "subtract the entropy of the distribution: loss - weight * dist.entropy().mean()",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT427", "entropy-penalised", "warning", check, __doc__, needs=(FACTS,))
