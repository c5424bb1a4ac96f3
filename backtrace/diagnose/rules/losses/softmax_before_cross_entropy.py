"""Cross-entropy is given probabilities, and takes the softmax of a softmax.

## What it sees
The input of `cross_entropy` was made by a softmax or a sigmoid, or its rows are probabilities: all
between 0 and 1, with a sum of 1. Or a softmax or a log_softmax is taken of a softmax, over the same
axis, or a sigmoid of a sigmoid. Or a distribution, such as `Categorical`, is given the output of a
softmax as its `logits`. Where it is so in an evaluation alone, two calls of a line must show it,
and it is a warning: nothing was trained by it, but something may be chosen.

## Why it matters
`cross_entropy` expects logits and applies log-softmax itself. Probabilities are at most 1 apart, so
the second softmax is almost flat: with 10 classes the loss cannot fall below 1.46, and the
gradients are small. A policy whose logits are probabilities can prefer no action to another by more
than a factor of 2.7: it goes on acting almost at random. A validation loss that is computed so
hardly rises when a model is too sure of what is wrong, so that another checkpoint is taken for the
best.

## Example
    loss = nn.CrossEntropyLoss()(torch.softmax(model(x), dim=1), y)

## Instead
    loss = nn.CrossEntropyLoss()(model(x), y)

## When it is intended
Never. Log-probabilities do no harm, because log-softmax leaves them as they are; this rule is
silent there.

## Source
torch.nn.CrossEntropyLoss, PyTorch documentation; github.com/ariecattan/SciCo, issue 2; "Should I
use softmax as output when using cross entropy loss in pytorch?", stackoverflow.com.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import e, log1p

from backtrace.diagnose.graph_lines import closing_line, line_of
from backtrace.diagnose.loss_calls import is_softmax, trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls cross_entropy on what is squashed already."""
    is_said = False
    for (where, function), calls in trained_losses(run).items():
        wrong = [call for call in calls if function == "cross_entropy" and _is_squashed(call)]
        if wrong:
            is_said = True
            made = _maker(wrong[0])
            yield RULE.found(
                f"cross_entropy was given {made} instead of logits",
                "give it the output of the last layer: it applies log-softmax itself",
                run.update_at(wrong[0]),
                _line(run, wrong[0], where),
                input_made_by=wrong[0].input_from,
                calls=len(wrong),
            )
    if not is_said:  # the same softmax stands in the graph of the call as well
        yield from _by_hand(run)
        yield from _evaluated(run)


def _evaluated(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls it on probabilities of which no gradient is asked for."""
    sites: dict[str, list[LossCalled]] = {}
    for call in run.of(LossCalled):
        if call.function == "cross_entropy" and not call.input_from and call.input_is:
            sites.setdefault(call.where, []).append(call)
    for where, calls in sites.items():
        if len(calls) < _ENOUGH or not all(map(_is_squashed, calls)):
            continue
        classes = calls[0].input_shape[:2][-1]
        yield replace(
            RULE.found(
                "in an evaluation, cross_entropy was given probabilities instead of logits",
                "give it the output of the last layer, and take a softmax for other scores alone",
                run.update_at(calls[0]),
                where,
                lowest_possible=log1p((classes - 1) / e),
                calls=len(calls),
            ),
            severity="warning",
        )


def _by_hand(run: Stretch) -> Iterator[Judgement]:
    """Give the first graph in which the one is taken of the other."""
    for graph in run.of(GraphSeen):
        outer, _, inner = graph.squashed_twice.partition(" of ")
        if inner and outer == "logits":
            yield RULE.found(
                f"a distribution was given the output of a {inner} as logits: it takes the "
                "softmax of them once more",
                "give it the output of the last layer as logits=, or the probabilities as probs=",
                run.update_at(graph),
                line_of(run, graph, "squashed_twice"),
            )
            return
        if inner and outer != "hinge":  # that is sigmoid-before-bce-with-logits'
            yield RULE.found(
                f"{outer} is taken of the output of a {inner}",
                f"take {outer} of the output of the last layer",
                run.update_at(graph),
                line_of(run, graph, "squashed_twice"),
            )
            return


def _is_squashed(call: LossCalled) -> bool:
    if len(call.input_shape) > 1 and call.input_shape[1] == 1:
        return False  # one class only: that is the thing to mend
    made = call.input_from
    return call.input_is == "probabilities" or is_softmax(made) or made.startswith("SigmoidBack")


def _line(run: Stretch, call: LossCalled, where: str) -> str:
    """Return the line of the loss, or of the softmax where a framework calls loss and backward."""
    made = call.input_from
    is_framework = any(each.where == where for each in run.of(BackwardRan))
    return closing_line(run, "softmax", where) if is_framework and is_softmax(made) else where


def _maker(call: LossCalled) -> str:
    if is_softmax(call.input_from):
        return "the output of a softmax"
    if call.input_from.startswith("SigmoidBack"):
        return "the output of a sigmoid"
    return "probabilities"


RULE = Rule(
    "BT402",
    "softmax-before-cross-entropy",
    "error",
    check,
    __doc__,
    needs=(FACTS,),
    cure="bare_output",
)
