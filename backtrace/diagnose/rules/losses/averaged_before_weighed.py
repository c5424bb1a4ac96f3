"""A mean or a sum over rows is multiplied with a number for each row: no row meets its own.

## What it sees
In the graph of a backward, the mean of the log-probabilities of what was chosen, or of a loss of
torch's, multiplied with numbers without a graph, as many as the rows that the mean is of. Or a sum
over all axes, such as that of a divergence, multiplied with a mask or with weights that have the
first axes of what was summed, where the product is summed or averaged again.

## Why it matters
The rows have become one before their weights come in. Returns then say nothing about which action
was good: what is left of them is their sum, and where they are centred that is zero. A mask leaves
out nothing of a sum, and the sum counts once for each of its ones: such a term outweighs the others
by the size of the batch.

## Example
    log_probs = policy.log_prob(actions).mean()
    loss = -(log_probs * returns).sum()

## Instead
    log_probs = policy.log_prob(actions)
    loss = -(log_probs * returns).sum()

`F.cross_entropy(logits, y, reduction="none") * weights` is the same of a loss, and
`kl.sum(dim=-1) * mask` of a divergence.

## When it is intended
A mean that is multiplied with one number, or with as many as there are tasks, is left alone, and
so is the norm of a weight.

## Source
github.com/Farama-Foundation/Gymnasium, issue 1336; github.com/EDAPINENUT/GNTPP, issue 4: a
divergence; R. J. Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist
Reinforcement Learning", 1992.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line through such a product."""
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        rows = graph.averaged_rows
        if rows > 1 and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                f"a mean over {rows} rows is multiplied with {rows} numbers, one for each row: "
                "every row gets their sum, and none its own",
                "multiply first and average then: (log_probs * returns).mean(), or a loss with "
                "reduction='none' times its weights",
                run.update_at(graph),
                line_of(run, graph, "averaged_rows"),
                rows=rows,
            )
        shape = graph.summed_rows
        if shape and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                f"a sum over all rows is multiplied with numbers of shape {list(shape)}, one for "
                "each: none meets its own, and the sum counts once for each of them",
                "keep the axes of the mask or the weights: term.sum(dim=-1) * mask",
                run.update_at(graph),
                line_of(run, graph, "summed_rows"),
            )


RULE = Rule("BT433", "averaged-before-weighed", "warning", check, __doc__, needs=(FACTS,))
