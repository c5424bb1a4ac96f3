"""The ratio of a new policy to the old one is not 1 though nothing was trained in between.

## What it sees
In the graph of a backward, the exponential of a difference to plain numbers that is clipped around
1, of a policy that no step has moved yet: at least two of its elements, and one in a hundred, are
off by more than 0.025. Where the policy has dropout or takes in the rows of the batch, nothing is
said.

## Why it matters
Before its first step a policy is the one that acted, so the ratio is 1 in every element. Where it
is not, the old log-probabilities and the new ones are not of the same thing: the action was
clipped before it was kept, the observation is another, a recurrent state begins elsewhere, rows
are in another order. The objective then weighs by that difference, and clips at random.

## Example
    action = dist.sample()
    logp = dist.log_prob(action)
    action = action.clamp(-1, 1)  # what is kept is not what was drawn
    memory.append((obs, action, logp))

## Instead
    action = dist.sample()
    memory.append((obs, action, dist.log_prob(action)))
    env.step(action.clamp(-1, 1))

## When it is intended
Where data of another policy is trained on, as from a file, the ratio is off by right; and robust
policy optimization (RPO) disturbs the new policy's mean on purpose.

## Source
"Buffer should not store remapped action", github.com/thu-ml/tianshou, issue 312; PPO's ratio is
that of Schulman et al., "Proximal Policy Optimization Algorithms", arXiv 1707.06347, equation 6.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_NUMBERS = 4  # of what GraphSeen tells of such ratios


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first graph whose ratios are off though its policy was never stepped."""
    for window in run.windows:
        for graph in window.of(GraphSeen):
            if len(graph.early_ratios) == _NUMBERS:
                off, count, low, high = graph.early_ratios
                yield RULE.found(
                    f"the ratio of the new policy to the old one is not 1 in {off:.0f} of "
                    f"{count:.0f} elements, though no step has moved the policy yet: the two "
                    "log-probabilities are not of the same actions, or not given the same",
                    "compute both of the same: the action as it was drawn (clip a copy of it for "
                    "the environment), the same observations in the same order, the same states "
                    "and resets of a recurrent layer, the same mode",
                    window.number,
                    line_of(run, graph, "early_ratios"),
                    lowest=low,
                    highest=high,
                )
                return


RULE = Rule("BT549", "ratio-off-at-first", "warning", check, __doc__, needs=(FACTS,))
