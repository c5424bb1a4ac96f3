"""Each row of a batch is scored against itself, among those that it is to be told from.

## What it sees
A cross entropy over as many classes as rows, whose targets are other rows: in every call looked at,
the greatest score of each row is that of the row with itself. Or, in the source, the logarithm of a
ratio whose denominator sums `exp(z @ z.t() / T)` over each row, and nothing leaves the diagonal
out; or takes e from it, where a row with itself has `exp(1 / T)`.

## Why it matters
A row is more like itself than like anything else. That score cannot be made smaller, and it takes
the most of the softmax: the loss stays high, and what is learned is to make rows more alike than
they should be.

## Example
    similarity = z @ z.T / 0.5
    loss = F.cross_entropy(similarity, partner)

## Instead
    similarity = z @ z.T / 0.5
    similarity.fill_diagonal_(float("-inf"))
    loss = F.cross_entropy(similarity, partner)

## When it is intended
Hardly: the loss of contrastive learning leaves out a row's likeness with itself.

## Source
Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", 2020: the sum
in the denominator is over k other than i; github.com/Lightning-Universe/lightning-bolts, pull
request 253, and issue 609.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that does so in all calls whose values were looked at."""
    for (where, function), calls in trained_losses(run).items():
        judged = [call for call in calls if call.input_is]
        if len(judged) >= _ENOUGH and all(call.scores_itself for call in judged):
            rows = judged[0].input_shape[0]
            yield RULE.found(
                f"{function} scores each of the {rows} rows against itself as well: that is the "
                "greatest score of every row, and the target of none",
                "leave it out of the softmax: scores.fill_diagonal_(float('-inf')) before the loss",
                run.update_at(judged[0]),
                where,
                losses_looked_at=len(judged),
            )
    for slip in (each for each in run.of(SlipSeen) if each.kind == "self-likeness"):
        if slip.beside:
            said = (
                f"{slip.beside} is taken from what each row of {slip.name} has in the denominator: "
                "with itself it has exp(1 / temperature) there"
            )
        else:
            said = (
                f"the denominator has the likeness of each row of {slip.name} with itself as well, "
                "the greatest of all"
            )
        yield RULE.found(
            said,
            "leave it out: multiply the exponentials by 1 - torch.eye(len(z)) before the sum",
            run.update_at(slip),
            slip.where,
        )


RULE = Rule("BT481", "row-against-itself", "warning", check, __doc__, needs=(FACTS,))
