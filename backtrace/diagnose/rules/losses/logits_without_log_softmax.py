"""A loss that expects log-probabilities is given something else.

## What it sees
The input of `nll_loss`, `kl_div` or `ctc_loss` are probabilities, or logits: the exponentials of
its rows do not add up to 1. Or the target of `kl_div` are log-probabilities, without
`log_target=True`, or, with it, probabilities. Or what a layer gave is handed to
`binary_cross_entropy`, cut to between 0 and 1. Or a loss made by hand picks scores of a layer by an
index, or weighs them by probabilities, and adds them up as they are, and nothing else takes them.
Or, in the source, a softmax is given to a name such as `log_probs`, and no logarithm of it taken.

## Why it matters
`nll_loss` takes the negative of the entry of the right class and nothing else. On logits it falls
without bound as the logits grow, on probabilities its gradient does not depend on how wrong the
model is. `kl_div` multiplies its target with a difference of logarithms, and is no divergence when
they are none; of probabilities, `log_target=True` takes the exponentials, which are nearly alike.
`ctc_loss` adds up the exponentials of paths: on logits it falls below zero as all of them grow,
whatever is written there.

## Example
    loss = F.nll_loss(model(x), y)

## Instead
    loss = F.nll_loss(F.log_softmax(model(x), dim=1), y)

## When it is intended
Logarithms of what need not add up to 1, made by `log` or `logsumexp`, are taken for intended, and
so are inputs of `ctc_loss` none of which is above 0, such as log-probabilities of which some are
masked.

## Source
torch.nn.NLLLoss, torch.nn.KLDivLoss and torch.nn.CTCLoss, PyTorch documentation;
github.com/gwx314/STARS, issue 9.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.loss_calls import is_softmax, trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stepped_graphs import stepped_graphs
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 2
_FUNCTIONS = ("nll_loss", "kl_div", "ctc_loss", "binary_cross_entropy")
_LOGARITHMS = ("LogBackward", "Logsumexp", "Logcumsumexp", "Logaddexp", "LogSigmoid", "Log1P")
_AFFINE = ("Addmm", "Convolution", "Linear")
_LAYERS = ("Addmm", "Mm", "Add", "Convolution", "Baddbmm", "Bmm", "Relu", "Tanh", "Linear")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls one of them on other than log-probabilities."""
    # Rows were log-probabilities before a view put other elements into them: BT416 says so.
    mixed = {view.after for graph in run.of(GraphSeen) for view in graph.regrouped}
    for (where, function), calls in trained_losses(run).items():
        wrong = [
            (call, said)
            for call in calls
            if function in _FUNCTIONS
            if not (call.input_shape in mixed and _is_log_softmax(call))
            if (said := _said(call))
        ]
        if wrong:
            call, (given, fix) = wrong[0]
            yield RULE.found(
                f"{function} was given {given}",
                fix,
                run.update_at(call),
                where,
                input_made_by=call.input_from,
                calls=len(wrong),
            )
    yield from _picked(run)
    yield from _misnamed(run)


def _misnamed(run: Stretch) -> Iterator[Judgement]:
    """Give each softmax that the source calls a logarithm."""
    for slip in run.of(SlipSeen):
        if slip.kind == "softmax-for-log":
            yield RULE.found(
                f"{slip.name} is called a logarithm, and is {slip.beside}: probabilities",
                "take log_softmax in its place",
                run.update_at(slip),
                slip.where,
            )


def _picked(run: Stretch) -> Iterator[Judgement]:
    """Give the losses made by hand that add up raw scores, each by the line of its backward.

    A layer that no step moves is left out: an attack or a picture searches for what it is given.
    """
    found: dict[str, list[GraphSeen]] = {}
    for optimizer in optimizers_of(run):
        for graph in stepped_graphs(run, optimizer):
            found.setdefault(graph.where, []).append(graph)
    for graphs in found.values():
        if len(graphs) >= _ENOUGH and all(graph.raw_picks for graph in graphs):
            yield RULE.found(
                "the loss adds up scores of a layer as they are, picked by their classes: it falls "
                "without end as they grow",
                "take their log_softmax over the classes first: F.cross_entropy does both",
                run.update_at(graphs[0]),
                line_of(run, graphs[0], "raw_picks"),
                losses_looked_at=len(graphs),
            )


def _is_log_softmax(call: LossCalled) -> bool:
    return call.input_from.startswith("LogSoftmax") and call.function != "kl_div"


def _said(call: LossCalled) -> tuple[str, str] | None:
    """Return what a call was given and what it should have been, None when all is well."""
    made = call.input_from
    if call.function == "binary_cross_entropy":
        return _said_of_binary(made)
    is_ctc = call.function == "ctc_loss"  # of (time, batch, classes)
    log_softmax = f"give it F.log_softmax(output, dim={-1 if is_ctc else 1})"
    if call.input_is == "probabilities" or is_softmax(made):
        return "probabilities instead of log-probabilities", log_softmax
    if call.input_is == "neither" and _is_log_softmax(call):
        return (
            "a log_softmax over another dimension than that of the classes",
            f"take log_softmax over dim={-1 if is_ctc else 1}, which is that of the classes",
        )
    if call.input_is == "neither" and _is_raw(call):
        return "logits instead of log-probabilities", log_softmax
    return _said_of_target(call) if call.function == "kl_div" else None


def _said_of_target(call: LossCalled) -> tuple[str, str] | None:
    """Return the same of a divergence's target, which is not what `log_target` says of it."""
    lowest, highest = call.target_min, call.target_max
    if lowest is None or highest is None:
        return None
    if not call.log_target and lowest < 0:
        return (
            "a target of log-probabilities, which it takes for probabilities",
            "give it probabilities as target, or log_target=True",
        )
    if call.log_target and 0 <= lowest < highest <= 1:  # no logarithm of a share is above 0
        return (
            "a target of probabilities, which it takes for log-probabilities",
            "leave log_target=True out, or give it F.log_softmax(output, dim=1) as target",
        )
    return None


def _said_of_binary(made: str) -> tuple[str, str] | None:
    if not made.startswith(_AFFINE):
        return None
    return (
        "a layer's output, cut to between 0 and 1, instead of probabilities",
        "give binary_cross_entropy_with_logits the output as it is",
    )


def _is_raw(call: LossCalled) -> bool:
    """Whether the input came from a layer; not all losses want rows that add up to 1."""
    if call.function == "kl_div":
        return call.input_from.startswith(_LAYERS)
    if call.function == "ctc_loss":  # what is masked or padded is no logarithm, but below 0
        is_above = call.output is not None and call.output.max > 0
        return is_above and call.input_from.startswith(_LAYERS)
    return not call.input_from.startswith(("LogSoftmax", *_LOGARITHMS))


RULE = Rule(
    "BT404",
    "logits-without-log-softmax",
    "error",
    check,
    __doc__,
    needs=(FACTS,),
    cure="log_softmax",
)
