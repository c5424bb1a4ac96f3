"""Every target is the same number.

## What it sees
On different inputs, the only loss of the run was given targets that are all one value, 64 of them
at least (24 of three classes or more): one class for a classifier, one number other than 0 and 1
for a regression. Or every target is one class, and the logits are products of the rows of a batch
with as many others: the pair of row i stands in column i of them.

## Why it matters
The model learns to say that number whatever it is given, and the loss falls to zero quickly: it
looks as if training went well. The labels were lost on the way, or the data are sorted by them.

## Example
    y = torch.zeros(len(x), dtype=torch.long)
    loss = F.cross_entropy(model(x), y)

## Instead
    loss = F.cross_entropy(model(x), labels)

Of pairs in a batch:

    loss = F.cross_entropy(a @ b.T / temperature, torch.arange(len(a)))

## When it is intended
Contrastive losses put the right answer in column 0, before those of a queue: their logits are not
square then, are put together of two parts, or come from a convolution over the candidates.
Adversarial losses have targets of ones and zeros, residuals are driven to zero: they have several
losses, or the targets 0 or 1. This rule is silent there.

## Source
"A Recipe for Training Neural Networks", A. Karpathy, 2019 ("become one with the data"); "InfoNCE
implementation bug", github.com/YihengZhang-CV/SeCo-Sequence-Contrastive-Learning, issue 3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled

_CLASSIFIERS = ("cross_entropy", "nll_loss", "multi_margin_loss")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_LAYERS = ("Addmm", "Add", "LogSoftmax", "Convolution", "Linear")
_PRODUCTS = ("Mm", "Bmm")
_PRODUCT_NODES = {f"{name}Backward0" for name in _PRODUCTS}
_SCALING = ("Mul", "Div", "T", "Transpose", "View", "UnsafeView", "Squeeze", "Unsqueeze", "ToCopy")
_ENOUGH = 3
_TARGETS = 64  # fewer may be of one kind by chance, when the other is rare
_TARGETS_OF_MANY = 24  # the same, where there are three classes or more


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the one loss of a run whose targets are one value in the first three updates."""
    sites = trained_losses(run)
    made_by = {call.input_from for calls in sites.values() for call in calls}
    if made_by & _PRODUCT_NODES or any(map(_compares_rows, run.of(GraphSeen))):
        yield from _find_pairs(run, sites)
        return
    if len(sites) != 1:
        return
    ((where, function), calls) = next(iter(sites.items()))
    judged = _judged(calls)
    values = {value for call in judged for value in (call.target_min, call.target_max)}
    if len(values) != 1 or len(_data(run)) < _ENOUGH or len(judged) < _ENOUGH:
        return
    value, count = values.pop(), sum(map(_rows, judged))
    if value is None or count < _least(judged[0]) or not _is_telling(run, judged[0], value):
        return
    yield RULE.found(
        f"every target that {function} was given is {value:g}",
        "look where the labels are made: they should differ from row to row; shuffle the data if "
        "they are sorted by label",
        run.update_at(judged[1]),
        where,
        target=value,
        targets=count,
        calls=len(judged),
    )


def _find_pairs(
    run: Stretch, sites: Mapping[tuple[str, str], Sequence[LossCalled]]
) -> Iterator[Judgement]:
    """Give each loss that looks for the pair of each row in one and the same column."""
    for (where, function), calls in sites.items():
        judged = _judged(calls)
        values = {value for call in judged for value in (call.target_min, call.target_max)}
        if function not in _CLASSIFIERS or len(values) != 1 or len(judged) < _ENOUGH:
            continue
        value, rows = values.pop(), _rows(judged[0])
        if value is not None and all(map(_is_square, judged)):
            yield RULE.found(
                f"every target that {function} was given is {value:g}, and its logits are products "
                f"of {rows} rows with {rows} others: it draws each row towards one and the same",
                "the pair of row i stands in column i: torch.arange(len(logits)) as the targets",
                run.update_at(judged[1]),
                where,
                target=value,
                targets=sum(map(_rows, judged)),
                calls=len(judged),
            )


def _judged(calls: Sequence[LossCalled]) -> list[LossCalled]:
    """Return those whose targets were looked at, of several rows."""
    return [call for call in calls if call.target_min is not None and _rows(call) > 1]


def _is_square(call: LossCalled) -> bool:
    rows = _rows(call)
    return rows > 1 and call.input_shape == (rows, rows)


def _compares_rows(graph: GraphSeen) -> bool:
    """Whether a softmax is taken of a product, but for its scale."""
    kinds = [_kind(op) for op in graph.path]
    if "LogSoftmax" not in kinds:
        return False
    behind = (kind for kind in kinds[kinds.index("LogSoftmax") + 1 :] if kind not in _SCALING)
    return next(behind, "") in _PRODUCTS


def _kind(op: Op) -> str:
    return op.name.rstrip("0123456789").removesuffix("Backward")


def _is_telling(run: Stretch, call: LossCalled, value: float) -> bool:
    """Whether one value for all cannot be meant."""
    if call.function in _CLASSIFIERS:
        if len(call.input_shape) > 1 and call.input_shape[1] == 1:
            return False  # one class only: that is the thing to mend
        is_scored = call.input_from.startswith("Convolution") and len(call.input_shape) == 2
        return call.input_from.startswith(_LAYERS) and not (is_scored and value == 0)
    if call.function in _BINARY:  # of data that were loaded, and of no game
        return any(run.of(BatchDrawn)) and len({step.optimizer for step in run.steps}) == 1
    return value not in (0.0, 1.0, -1.0) and "float" in call.target_dtype


def _least(call: LossCalled) -> int:
    """Return how many targets must be alike."""
    has_many = call.function in _CLASSIFIERS and call.input_shape[1:2] > (2,)
    return _TARGETS_OF_MANY if has_many else _TARGETS


def _rows(call: LossCalled) -> int:
    return call.target_shape[0] if call.target_shape else 1


def _data(run: Stretch) -> set[str]:
    """Return the different inputs of the calls that a step followed."""
    stepped: list[Window] = [window for window in run.windows if window.step]
    return {data for window in stepped for data in run.data_given(window.forwards)}


RULE = Rule("BT405", "constant-target", "warning", check, __doc__, needs=(FACTS,), told=("labels",))
