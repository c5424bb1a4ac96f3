"""What is to be small is made large, or the reverse: by `maximize=True`, or by a wrong sign.

## What it sees
In every update of a run with one optimizer, at least three, one loss function of torch's is all
that goes backward, at once or in parts, and with the wrong sign; or what goes backward falls as it
rises, as `log10(1 / mse)` does; or it is the cosine similarity of an output and something without a
gradient, which each step makes small; or the optimizer, before which no other steps, was made with
`maximize=True`, and what goes backward is at least what torch's loss functions returned, and no
more than ten times as much, or is by its source made of errors and of minus gains. Optimizers step
all parameters of all models that are called, and nothing was loaded before they did.

## Why it matters
Each step leads away from what the targets say. The loss rises, slowly where the rate is small, and
no other setting will bring it down.

## Example
    loss = -F.cross_entropy(model(x), y)
    loss.backward()

## Instead
    loss = F.cross_entropy(model(x), y)
    loss.backward()

## When it is intended
An attack, an adversary and what is to be unlearned go uphill on purpose. They have something beside
them that goes downhill, move no model as a whole, or begin with one that was loaded.

## Source
"My loss is increasing: minus sign in the log-likelihood", discuss.pytorch.org; torch.optim.SGD,
`maximize`, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import isclose

from backtrace.diagnose.loss_chains import COSINE, SQUARES, read_chain
from backtrace.diagnose.needs import FACTS, FIRST_STEPS
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.graph_parts import LOSS_NODES
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import ErrorSigned
from backtrace.ledger.state_facts import StateLoaded

_ENOUGH = 3
_ENOUGH_VALUES = 8  # to tell from what was computed which way a quotient goes
_CLOSE = 1e-4
_MOST = 10.0  # times the loss functions' share: more is an objective of its own
_LOSSES = (
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer whose steps raise what goes backward, in all of them."""
    first = min((step.index for step in run.steps), default=0)
    if any(load.index < first for load in run.of(StateLoaded)) or not _steps_all(run):
        return
    optimizers = optimizers_of(run)
    signs = {event.where: event for event in run.of(ErrorSigned)}
    for optimizer in optimizers:
        seen = run.optimizers.get(optimizer)
        windows = [
            window
            for window in run.windows_of(optimizer)
            if window.step is not None and any(window.of(BackwardRan))
        ]
        if seen is None or not seen.groups or len(windows) < _ENOUGH:
            continue
        if all(group.options.get("maximize") is True for group in seen.groups):
            names = [name for name, sign in _written(windows, signs) if sign == 1]
            of_losses = all(map(_is_of_losses, windows))
            if _is_first(run, optimizer) and (of_losses or names):
                yield _found_maximised(seen, windows, "" if of_losses else names[0])
        elif len(optimizers) == 1:
            found = list(_find_minus(seen, windows))
            yield from found or _find_chain(seen, windows)


def _written(windows: list[Window], signs: dict[str, ErrorSigned]) -> list[tuple[str, int]]:
    """Return what goes backward by the source and its sign, if all that does has the same one."""
    places = {backward.where for window in windows for backward in window.of(BackwardRan)}
    found = [(signs[each].name, signs[each].sign) for each in sorted(places) if each in signs]
    is_plain = len(found) == len(places) and len({sign for _, sign in found}) == 1
    return found if is_plain else []


def _found_maximised(seen: OptimizerSeen, windows: list[Window], written: str) -> Judgement:
    calls = windows[_ENOUGH - 1].of(LossCalled)
    function = written or next(call.function for call in calls if call.input_from)
    return RULE.found(
        f"{seen.optimizer} was made with maximize=True: each of its steps raises {function}",
        f"make {seen.optimizer} without maximize=True",
        windows[_ENOUGH - 1].number,
        seen.where,
        (),
        seen.optimizer,
        updates=len(windows),
    )


def _find_minus(seen: OptimizerSeen, windows: list[Window]) -> Iterator[Judgement]:
    """Give a loss function that goes backward with a minus sign, in all updates."""
    found = [_read(window) for window in windows]
    if all(sign == -1 for sign, _, _ in found):
        _, function, where = found[_ENOUGH - 1]
        yield RULE.found(
            f"minus {function} goes backward: each step of {seen.optimizer} raises this loss",
            f"let {function} go backward itself, without the minus sign",
            windows[_ENOUGH - 1].number,
            where,
            (),
            seen.optimizer,
            updates=len(windows),
        )


def _find_chain(seen: OptimizerSeen, windows: list[Window]) -> Iterator[Judgement]:
    """Give a loss that falls as a loss function rises, or a similarity that is made small."""
    chains = {read_chain(graph.path) for window in windows for graph in window.of(GraphSeen)}
    chain = chains.pop() if len(chains) == 1 else None
    if chain is None:
        return
    window = windows[_ENOUGH - 1]
    where = next(event.where for event in window.of(BackwardRan))
    if chain.end == COSINE:
        if chain.sign > 0:
            yield RULE.found(
                f"a cosine similarity goes backward as it is: each step of {seen.optimizer} turns "
                "the output away from its target",
                "let 1 - cosine_similarity(...) go backward",
                window.number,
                where,
                (),
                seen.optimizer,
                updates=len(windows),
            )
        return
    calls = [(call, each) for each in windows for call in each.of(LossCalled) if call.input_from]
    named = [pair for pair in calls if chain.end.startswith(LOSS_NODES.get(pair[0].function, "?"))]
    function = SQUARES if chain.end == SQUARES else named[0][0].function if named else ""
    sign = chain.sign or _sign_of_values(named)
    if function and sign < 0:
        yield RULE.found(
            f"what goes backward falls as {function} rises: each step of {seen.optimizer} raises "
            "this loss",
            "put a minus before what goes backward",
            window.number,
            where,
            (),
            seen.optimizer,
            updates=len(windows),
        )


def _sign_of_values(calls: list[tuple[LossCalled, Window]]) -> int:
    """Return -1 where what went backward was the smaller, the greater the loss was; else 0."""
    known = sorted(
        (call.value, at.of(BackwardRan)[0].loss or 0.0)
        for call, at in calls
        if call.value and len(at.of(BackwardRan)) == 1
    )
    is_falling = len(known) == len(calls) >= _ENOUGH_VALUES and all(
        value < greater and loss > less for (value, loss), (greater, less) in pairwise(known)
    )
    return -1 if is_falling else 0


def _is_first(run: Stretch, optimizer: str) -> bool:
    """Whether no other optimizer steps before this one is through: no adversary, no unlearning."""
    last = max(at for at, step in enumerate(run.steps) if step.optimizer == optimizer)
    return all(step.optimizer == optimizer for step in run.steps[:last])


def _is_of_losses(window: Window) -> bool:
    """Whether what goes backward is loss functions, alone or most of a sum of positive terms."""
    calls = [call for call in window.of(LossCalled) if call.input_from]
    values = [call.value or 0.0 for call in calls]
    losses = [event.loss or 0.0 for event in window.of(BackwardRan)]
    least = (1 - _CLOSE) * sum(values) / len(losses)  # of micro-batches, each is a part of a mean
    return (
        bool(values) and min(*values, *losses) > 0 and least <= sum(losses) <= _MOST * sum(values)
    )


def _steps_all(run: Stretch) -> bool:
    """Whether steps hold all there is: nothing is frozen, and no lone input is what they move."""
    held = {name for step in run.steps for name in step.values}
    called = {event.module for event in run.of(ForwardRan)}
    all_there = {
        name
        for model in run.callees.values()
        if model.module in called
        for name in model.parameters
    }
    return bool(held) and held == all_there


def _read(window: Window) -> tuple[int, str, str]:
    """Return the sign that losses went backward with, their function, and where; 0: unsure."""
    parts = len(window.of(BackwardRan))
    calls: list[LossCalled] = []
    found: list[tuple[int, str, str]] = []
    for event in window.events:
        if isinstance(event, LossCalled) and event.input_from:
            calls.append(event)
        elif isinstance(event, BackwardRan):
            found.append(next(_matches(event, calls, parts), (0, "", "")))
            calls.clear()
    return found[0] if len({(sign, function) for sign, function, _ in found}) == 1 else (0, "", "")


def _matches(
    backward: BackwardRan, calls: list[LossCalled], parts: int
) -> Iterator[tuple[int, str, str]]:
    """Give the losses that go backward as they are, or as one of so many parts of a mean."""
    loss = backward.loss
    if loss is None:
        return
    for call in calls:
        value = call.value if call.function in _LOSSES else None
        if value and any(isclose(abs(loss) * n, abs(value), rel_tol=1e-4) for n in {1, parts}):
            yield (1 if loss * value > 0 else -1), call.function, backward.where


RULE = Rule("BT430", "loss-maximised", "warning", check, __doc__, needs=(FIRST_STEPS, FACTS))
