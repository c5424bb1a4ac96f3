"""A sum over classes, codes or actions is a mean over them: it is too small by their number.

## What it sees
`kl_div` with `reduction="mean"`, which is what it does when it is told nothing, on an input of
several axes, in two calls or more of a loss that is trained. Or, in the graph of a backward, the
divergence of a variational autoencoder from a standard normal that is averaged over the numbers
that encode a row as well as over rows, beside errors that are summed for each row; one that is
multiplied by a weight is left out. Or, in the source of a file that calls a model, the mean of
`p * (q - alpha * log p)` over all axes or that of the actions, where `p` are the chances of all
actions.

## Why it matters
A divergence is a sum over classes and a mean over rows. The mean over both divides by the number of
classes once more: of a thousand classes, a thousandth is left, and beside a cross entropy it counts
for nothing. PyTorch warns of it. Of a row's code of 32 numbers a small part is left beside the
errors of all its pixels: what is encoded is hardly held to the prior, and draws from it decode to
nothing. What a soft actor-critic expects of its policy is a sum over the
actions in the same way: `p` weighs them already, and a target of the mean lacks most of what comes.

## Example
    distilled = F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher / T, 1)) * T * T

## Instead
    distilled = F.kl_div(F.log_softmax(student / T, 1), F.softmax(teacher / T, 1),
                         reduction="batchmean") * T * T
    divergence = -0.5 * (1 + log_var - mu.pow(2) - log_var.exp()).sum(1).mean()

## When it is intended
Where its weight was found by trial with this reduction.

## Source
torch.nn.KLDivLoss, PyTorch documentation: `reduction="mean"` does not return the true divergence;
github.com/podgorskiy/VAE, issue 1; github.com/keras-team/keras-io, issue 270;
github.com/p-christ/Deep-Reinforcement-Learning-Algorithms-with-PyTorch, issue 54 and pull request
60: the expectation over actions is a mean.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loss, and each such expectation."""
    for (where, function), calls in trained_losses(run).items():
        wrong = [
            call
            for call in calls
            if call.reduction == "mean" and len(call.input_shape) > 1 and call.input_shape[-1] > 1
        ]
        if function == "kl_div" and len(wrong) >= _ENOUGH:
            classes = wrong[0].input_shape[-1]
            yield RULE.found(
                f"kl_div is averaged over its {classes} classes as well as over rows: it is "
                f"{classes} times too small",
                'call it with reduction="batchmean"',
                run.update_at(wrong[_ENOUGH - 1]),
                where,
                classes=classes,
                calls=len(wrong),
            )
    yield from _codes(run)
    yield from _expectations(run)


def _codes(run: Stretch) -> Iterator[Judgement]:
    """Give each backward that averages what is encoded, in each graph that was read."""
    sites: dict[str, list[GraphSeen]] = {}
    for graph in run.of(GraphSeen):
        if graph.is_whole:
            sites.setdefault(graph.where, []).append(graph)
    for graphs in sites.values():
        first = graphs[0]
        if len(graphs) >= _ENOUGH and all(graph.averaged_codes for graph in graphs):
            yield RULE.found(
                f"the divergence is averaged over the {first.averaged_codes} numbers that encode a "
                "row, beside errors that are summed for each row: it is "
                f"{first.averaged_codes} times too small",
                "sum it over what encodes a row, and take the mean over rows: .sum(1).mean()",
                run.update_at(graphs[_ENOUGH - 1]),
                line_of(run, first, "averaged_codes"),
                codes=first.averaged_codes,
            )


def _expectations(run: Stretch) -> Iterator[Judgement]:
    """Give each mean of what the chances of actions weigh."""
    for slip in run.of(SlipSeen):
        if slip.kind == "chances-averaged":
            yield RULE.found(
                f"{slip.name} is averaged over the actions, which {slip.beside} weighs already: "
                "what is expected is too small by the number of actions",
                "take the sum over the axis of actions, and the mean over rows alone: "
                ".sum(dim=1).mean()",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT466", "divergence-averaged", "warning", check, __doc__, needs=(FACTS,))
