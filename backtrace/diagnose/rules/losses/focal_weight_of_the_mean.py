"""A focal loss weighs the batch as a whole or by one row, or its easy rows more than its hard ones.

## What it sees
In the graph of a backward, an exponential of the negated mean of a loss over several rows, where
the mean is used besides: `(1 - exp(-mean)) ** gamma * mean`. Or in the source, a loss that is
multiplied by a power of `pt = exp(-loss)`, as in `pt ** gamma * loss`, or by 1 less that power,
where the function takes no power of `1 - pt`; a power of 1 less a cross entropy, which is no
probability; or one power of `1 - p` as the weight of both `log(p)` and `log(1 - p)`; or a weight
that is made of one row by its number, `inputs[-1]`, of both sides of a loss that is taken of all
rows.

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


_SAID = {
    "loss-for-probability": "the focal weight is a power of {beside}, and {name} is a cross "
    "entropy: the negative logarithm of the probability, and not the probability",
    "focal-negatives": "the focal weight of log(1 - {beside}) is a power of {name}, as that of "
    "log({beside}) is: it weighs easy rows more than hard ones",
    "row-for-all": "{name} is made of one row of the batch, {beside}, and weighs the loss of all "
    "of them",
    "focal": "the focal weight {name} weighs easy rows more than hard ones: {beside} is large "
    "where a row is easy",
    "focal-power": "the focal weight {name} is taken from 1 after the power, and lowers easy rows "
    "by far less than is meant: {beside} is large where a row is easy",
}
_FIXES = {
    "loss-for-probability": "take pt = torch.exp(-{name}) for the probability, and -{name} for its "
    "logarithm",
    "focal-negatives": "take a power of {beside} there",
    "row-for-all": "take both sides whole: without the number in brackets",
    "focal": "take the power of what is left of 1: {power}",
    "focal-power": "take the power of what is left of 1: {power}",
}


def _check_source(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that is multiplied by a power of its own probability."""
    for slip in run.of(SlipSeen):
        if slip.kind in _SAID:
            power = slip.name.replace(slip.beside, f"(1 - {slip.beside})", 1)
            told = {"name": slip.name, "beside": slip.beside, "power": power}
            yield RULE.found(
                _SAID[slip.kind].format(**told),
                _FIXES[slip.kind].format(**told),
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT420", "focal-weight-of-the-mean", "warning", check, __doc__, needs=(FACTS,))
