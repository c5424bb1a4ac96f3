"""A focal loss weighs the batch as a whole or by one row, or its easy rows more than its hard ones.

## What it sees
In the graph of a backward, an exponential of the negated mean of a loss over several rows, where
the mean is used besides: `(1 - exp(-mean)) ** gamma * mean`. Or in the source, a loss that is
multiplied by a power of `pt = exp(-loss)`, as in `pt ** gamma * loss`, or by 1 less that power,
where the function takes no power of `1 - pt`; a power of 1 less a cross entropy, which is no
probability; or a weight that is made of one row by its number, `inputs[-1]`, of both sides of a
loss that is taken of all rows.

## Why it matters
The focal factor is to make easy rows count for less than hard ones. Taken of the mean it is one
number for all rows: what is hard is weighed as what is easy, and where most rows are easy all
gradients shrink. A power of `pt` itself makes the hard rows count for nearly nothing, and their
gradient goes the other way where `gamma * loss` is above 1: they are given up. `1 - pt ** gamma`
is above `1 - pt`, and lowers easy rows by far less than is meant. Of 1 less the cross entropy the
weight is smallest where that is 1 and grows without bound as a row gets worse.

## Example
    ce = F.cross_entropy(logits, y)            # one number
    loss = (1 - torch.exp(-ce)) ** 2 * ce

## Instead
    ce = F.cross_entropy(logits, y, reduction="none")
    loss = ((1 - torch.exp(-ce)) ** 2 * ce).mean()

## When it is intended
A step size that follows the mean loss; then the factor is detached. A loss that is to give up rows
whose labels may be wrong.

## Source
Lin et al., "Focal Loss for Dense Object Detection", 2017, equation 4: the factor is of each row;
github.com/DIAGNijmegen/picai_baseline, issue 24.
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
    """Give the first backward of each line through such a weight, and what the source says."""
    yield from _check_source(run)
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        if graph.focused_means and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                "the loss is weighted by an exponential of its own mean: one weight for the whole "
                "batch, the same for easy rows and hard ones",
                'take the loss with reduction="none", weigh each row, and average then',
                run.update_at(graph),
                line_of(run, graph, "focused_means"),
                weights_of_a_mean=graph.focused_means,
            )


def _check_source(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that is multiplied by a power of its own probability."""
    for slip in run.of(SlipSeen):
        if slip.kind == "loss-for-probability":
            yield RULE.found(
                f"the focal weight is a power of {slip.beside}, and {slip.name} is a cross "
                "entropy: the negative logarithm of the probability, and not the probability",
                f"take pt = torch.exp(-{slip.name}) for the probability, and -{slip.name} for its "
                "logarithm",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "row-for-all":
            yield RULE.found(
                f"{slip.name} is made of one row of the batch, {slip.beside}, and weighs the loss "
                "of all of them",
                "take both sides whole: without the number in brackets",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind not in {"focal", "focal-power"}:
            continue
        does = (
            "weighs easy rows more than hard ones"
            if slip.kind == "focal"
            else "is taken from 1 after the power, and lowers easy rows by far less than is meant"
        )
        power = slip.name.replace(slip.beside, f"(1 - {slip.beside})", 1)
        yield RULE.found(
            f"the focal weight {slip.name} {does}: {slip.beside} is large where a row is easy",
            f"take the power of what is left of 1: {power}",
            run.update_at(slip),
            slip.where,
        )


RULE = Rule("BT420", "focal-weight-of-the-mean", "warning", check, __doc__, needs=(FACTS,))
