"""A derivative is part of the loss, and was taken without a graph of its own.

## What it sees
A model is called on an input that requires a gradient, `torch.autograd.grad` gives the derivative
without `create_graph=True`, and the loss that follows has a term, a number, that no graph leads to.
In three updates or more. Or, in the source, inner steps `w - lr * g` of such derivatives by
weights, in a function with an argument `first_order=False`, `second_order=True` or
`create_graph=True` that nothing reads.

## Why it matters
For autograd what was computed from the derivative is a constant: a gradient penalty restrains
nothing, a force or a residual is not fitted. It is in the loss that is printed all the same. Of
inner steps the outer loss has a gradient of the first order alone, whatever the argument says.

## Example
    slope, = torch.autograd.grad(score.sum(), x, retain_graph=True)
    loss = loss + 10 * (slope.norm(2, dim=1) - 1).square().mean()

## Instead
    slope, = torch.autograd.grad(score.sum(), x, create_graph=True)

## When it is intended
A derivative that is only shown, or that makes an input (an attack, guidance), needs no graph. If
the loss then has a constant term of its own this rule cannot tell; `.detach()` the input first.

## Source
torch.autograd.grad, PyTorch documentation: `create_graph`;
github.com/uvm-neurobotics-lab/ANML, issue 3, and github.com/kjaved0/mrcl, issue 15: inner steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.layer_facts import DerivativeTaken
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 3
_SUMS = ("AddBackward0", "SubBackward0", "RsubBackward1")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first line that takes such a derivative, and each inner step without a graph."""
    found = [(window, taken) for window in run.windows for taken in _read(window)]
    for where in dict.fromkeys(taken.where for _, taken in found):
        windows = [window for window, taken in found if taken.where == where]
        if len({window.number for window in windows}) >= _ENOUGH:
            yield RULE.found(
                "torch.autograd.grad takes a derivative without create_graph=True, and a term of "
                "the loss that follows has no graph: what is computed from the derivative is a "
                "constant, and trains nothing",
                "take it with torch.autograd.grad(..., create_graph=True)",
                windows[0].number,
                where,
                updates=len({window.number for window in windows}),
            )
            break
    for slip in run.of(SlipSeen):
        if slip.kind == "order-unread":
            yield RULE.found(
                f"nothing reads {slip.name}: this derivative has no graph, and the gradient of the "
                "outer loss is of the first order alone",
                "hand it on: torch.autograd.grad(..., create_graph="
                f"{'not first_order' if slip.name == 'first_order' else slip.name})",
                run.update_at(slip),
                slip.where,
            )


def _read(window: Window) -> list[DerivativeTaken]:
    """Return the derivatives without a graph that stand between a model's call and such a loss."""
    live = [call.index for call in window.of(ForwardRan) if call.from_grad and call.takes_grad]
    dead = [call.index for call in window.of(LossCalled) if not call.input_from]
    ends = [graph.index for graph in window.of(GraphSeen) if any(map(_adds_number, graph.path))]
    return [
        taken
        for taken in window.of(DerivativeTaken)
        if not taken.has_graph
        and any(index < taken.index for index in live)
        and (
            any(index > taken.index for index in ends)
            or (any(index > taken.index for index in dead) and window.of(GraphSeen))
        )
    ]


def _adds_number(op: Op) -> bool:
    """Whether to a number something was added that has no graph."""
    return op.name in _SUMS and op.output == () and len(op.inputs) == 1


RULE = Rule(
    "BT312", "derivative-without-graph", "warning", check, __doc__, needs=(FACTS, UNSAMPLED)
)
