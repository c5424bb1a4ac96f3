"""A loss broadcasts predictions against targets: every row is compared with every other.

## What it sees
A loss function was given two shapes that both had to be expanded, `(32, 1)` against `(32,)`; or one
output for each row, `(32, 1)`, and several targets for it, `(32, 3)`. In a loss written by hand: a
subtraction or product between the model's output and the loss that made `(32, 32)` out of `(32, 1)`
or `(32,)`, or `(8, 32, 32)` out of a model's `(8, 32, 1)`; so do a policy's log-probabilities in a
flat list times advantages in a column, or the other way round.

## Why it matters
The loss is the mean over all pairs of rows. Its minimum is the mean of all targets for every row,
so that the loss falls a little, and then the model predicts a constant.

## Example
    loss = F.mse_loss(model(x), y)              # (32, 1) against (32,)

## Instead
    loss = F.mse_loss(model(x).squeeze(1), y)   # (32,) against (32,)

## When it is intended
A target of one element, or of one row for all, expands the target only, and pairwise distances
are written with `unsqueeze`; this rule is silent there.

## Source
github.com/pytorch/pytorch/issues/16045; github.com/thu-ml/tianshou, issue 40; "Using a target size
that is different to the input size", warning of torch.nn.functional.mse_loss; Broadcasting
semantics, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.squared_rows import squares_rows

_CLASSES = {  # their targets lack a dimension
    "cosine_embedding_loss",
    "cross_entropy",
    "ctc_loss",
    "multi_margin_loss",
    "nll_loss",
}
_ELEMENTWISE = {"mse_loss", "smooth_l1_loss", "l1_loss", "huber_loss"}  # torch warns of them, too
_FIX = (
    "give both the same shape: squeeze the output ({output}.squeeze(1)) or add the dimension to "
    "the target (y.unsqueeze(1))"
)

_FIX_OF_BOTH = (
    "give both the same shape, as log_probs * advantages.squeeze(1) or "
    "log_probs.unsqueeze(1) * advantages"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss that paired all rows, at most once a line."""
    found: set[str] = set()
    for (where, function), calls in trained_losses(run).items():
        wrong = next((call for call in calls if _pairs_rows(call)), None)
        if wrong and function not in _CLASSES:
            found.add(where)
            yield RULE.found(
                f"{function} was given an input of shape {wrong.input_shape} and a target of shape "
                f"{wrong.target_shape}: it compared every row with every other",
                _FIX.format(output="output"),
                run.update_at(wrong),
                where,
                input_shape=str(wrong.input_shape),
                target_shape=str(wrong.target_shape),
            )
        column = next((call for call in calls if _meets_columns(call)), None)
        if column and not wrong and function in _ELEMENTWISE:
            found.add(where)
            one, several = column.input_shape, column.target_shape
            yield RULE.found(
                f"{function} was given an input of shape {one} and a target of shape {several}: "
                f"each output was compared with {several[-1]} numbers",
                "give both the same shape: sum the target over its last dimension, as the "
                "log_prob of an action in several parts (.sum(-1, keepdim=True)), or let the "
                "model give as many outputs",
                run.update_at(column),
                where,
                input_shape=str(one),
                target_shape=str(several),
            )
    if not found:
        yield from _by_hand(run)


def _pairs_rows(call: LossCalled) -> bool:
    """Whether both shapes are expanded, and by rank: one lacks a dimension that the other has."""
    one, other = call.input_shape, call.target_shape
    if len(one) == len(other) or not one or not other:
        return False
    longest = max(len(one), len(other))
    pairs = list(zip(_widened(one, longest), _widened(other, longest), strict=True))
    return any(a < b for a, b in pairs) and any(b < a for a, b in pairs)


def _meets_columns(call: LossCalled) -> bool:
    """Whether rows of one output were widened to those of a target of several numbers."""
    one, other = call.input_shape, call.target_shape
    return len(one) == len(other) > 1 and one[:-1] == other[:-1] and one[-1] == 1 < other[-1]


def _widened(shape: tuple[int, ...], length: int) -> tuple[int, ...]:
    return (1,) * (length - len(shape)) + shape


def _by_hand(run: Stretch) -> Iterator[Judgement]:
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        wrong = next((op for op in graph.path if squares_rows(op, graph.path)), None)
        if wrong and graph.where not in seen:
            seen.add(graph.where)
            is_of_both = wrong.name.startswith("MulBackward") or len(wrong.inputs) == 2
            yield RULE.found(
                f"on the way to the loss, {wrong.name} made {wrong.output} out of "
                f"{wrong.inputs[0]}: every row met every other",
                _FIX_OF_BOTH if is_of_both else _FIX.format(output="output"),
                run.update_at(graph),
                line_of(run, graph, "squared"),
                shape_before=str(wrong.inputs[0]),
                shape_after=str(wrong.output),
            )


RULE = Rule(
    "BT401", "broadcasting-loss", "error", check, __doc__, needs=(FACTS,), cure="match_shapes"
)
