"""Binary cross-entropy with logits is given what a sigmoid has squashed already.

## What it sees
The input of `binary_cross_entropy_with_logits` was made by a sigmoid or a softmax. Or the hinge
loss of a GAN's judge, `relu(1 + score)`, takes scores that a sigmoid has made.

## Why it matters
The function applies a sigmoid itself. Of a number between 0 and 1 that gives one between 0.5 and
0.73: the model can never say no, and the loss of a negative cannot fall below 0.69. A score between
0 and 1 never gets to the margins of a hinge, at -1 and 1: it stays open, and the judge is pushed on
until the sigmoid is saturated.

## Example
    loss = nn.BCEWithLogitsLoss()(torch.sigmoid(model(x)), y)

## Instead
    loss = nn.BCEWithLogitsLoss()(model(x), y)

## When it is intended
Never. With a sigmoid of one's own, the loss to use is `nn.BCELoss`.

## Source
torch.nn.BCEWithLogitsLoss, PyTorch documentation; J. H. Lim and J. C. Ye, "Geometric GAN", 2017.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.loss_calls import is_softmax, trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_FUNCTIONS = ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls it on a sigmoid's output."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [
            call
            for call in calls
            if function in _FUNCTIONS
            and (call.input_from.startswith(("SigmoidBack", "LogSigmoidBack")) or _is_softmax(call))
        ]
        if wrong:
            made = "softmax" if is_softmax(wrong[0].input_from) else "sigmoid"
            yield RULE.found(
                f"{function} was given the output of a {made} instead of logits",
                f"give it the output before the {made}: it applies a sigmoid itself",
                run.update_at(wrong[0]),
                where,
                input_made_by=wrong[0].input_from,
                calls=len(wrong),
            )
    yield from _in_a_hinge(run)


def _in_a_hinge(run: Stretch) -> Iterator[Judgement]:
    """Give the first graph with a hinge of a sigmoid's output."""
    for graph in run.of(GraphSeen):
        if graph.squashed_twice.startswith("hinge"):
            yield RULE.found(
                "a hinge loss is taken of the output of a sigmoid: 1 + score is never below 0",
                "take the hinge of the scores before the sigmoid",
                run.update_at(graph),
                line_of(run, graph, "squashed_twice"),
            )
            return


def _is_softmax(call: LossCalled) -> bool:
    """Whether a softmax made the input; over one class, that is the thing to mend."""
    return is_softmax(call.input_from) and call.input_shape[-1:] != (1,)


RULE = Rule(
    "BT403",
    "sigmoid-before-bce-with-logits",
    "error",
    check,
    __doc__,
    needs=(FACTS,),
    cure="bare_output",
)
