"""A loss or a metric is given what the model says as its target, and the data as its input.

## What it sees
Calls of a loss that is not the same both ways (`kl_div`, a cross entropy, `poisson_nll_loss`) in
which the target carries a gradient that an operation made, and the input carries none. Nothing is
said where the run calls the same function on the same shapes the right way round as well, of a
`kl_div` with `log_target`, and of distributions whose input is one prior for all rows. Or, in the
source, the pair that a metric of ignite's takes, whose names or places say that the targets come
first, where the metric is not the same both ways.

## Why it matters
torch's losses take the input first and the target second, and work out another number the other
way round. A cross entropy of labels with the model's scores as their target has no least value: the
scores grow without end. `kl_div` becomes the divergence the other way, which lets a student leave
out what its teacher holds possible. A precision becomes a recall.

## Example
    with torch.no_grad():
        taught = teacher(x)
    loss = F.kl_div(taught.log_softmax(1), student(x).softmax(1), reduction="batchmean")

## Instead
    with torch.no_grad():
        taught = teacher(x)
    loss = F.kl_div(student(x).log_softmax(1), taught.softmax(1), reduction="batchmean")

## When it is intended
The reverse divergence of a student from its teacher. `log_target=True` with log-probabilities of
both says the same, and is left alone.

## Source
torch.nn.KLDivLoss, PyTorch documentation: "the first argument, input, to be the output of the model
and the second, target, to be the observations in the dataset";
github.com/voyazici/orderless-rnn-classification, issue 5.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_UNLIKE = {
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "kl_div",
    "poisson_nll_loss",
}
_OF_DISTRIBUTIONS = {"cross_entropy", "kl_div"}
_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss whose target was computed by the model while its input was not."""
    yield from _of_metrics(run)
    swapped: dict[tuple[str, str], list[LossCalled]] = {}
    right: set[tuple[object, ...]] = set()
    for call in run.of(LossCalled):
        if call.function not in _UNLIKE:
            continue
        if call.input_from:
            right.add((call.function, call.input_shape, call.target_shape, call.target_dtype))
        elif _is_swapped(call):
            swapped.setdefault((call.where, call.function), []).append(call)
    for (where, function), calls in swapped.items():
        first = calls[0]
        other_way = (function, first.target_shape, first.input_shape, first.target_dtype)
        if len(calls) < _ENOUGH or other_way in right:
            continue
        yield RULE.found(
            f"the arguments of {function} are swapped: the target is what the model computed, "
            "and carries the gradient; the input is data or another model's output, and carries "
            "none",
            f"give the model's output first and what it is compared with second: "
            f"{function}(output, target)",
            run.update_at(first),
            where,
            target_made_by=first.target_from,
        )


def _of_metrics(run: Stretch) -> Iterator[Judgement]:
    for slip in run.of(SlipSeen):
        if slip.kind == "metric-turned":
            yield RULE.found(
                f"{slip.name} is given the targets as predictions and the predictions as targets: "
                "ignite's metrics take (y_pred, y)",
                "put the predictions first: (y_pred, y)",
                run.update_at(slip),
                slip.where,
            )


def _is_swapped(call: LossCalled) -> bool:
    """Whether a call's target alone was computed with a graph, and its input is no prior."""
    is_leaf = call.target_from in {"", "AccumulateGrad"}  # labels that are learned are a leaf
    may_be_prior = call.function in _OF_DISTRIBUTIONS and not call.is_varied
    return not (is_leaf or may_be_prior or call.log_target)


RULE = Rule("BT527", "arguments-swapped", "warning", check, __doc__, needs=(FACTS,))
