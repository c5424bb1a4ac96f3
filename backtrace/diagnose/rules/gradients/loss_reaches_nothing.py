"""The loss that backward starts from does not reach any parameter.

## What it sees
`backward` was called on a loss that requires no gradient, or it ran and gave no tensor a
gradient, and a step followed.

## Why it matters
The graph between the parameters and the loss was cut: by `.item()`, `.detach()`, `.data`,
`.numpy()`, `argmax`, or by building a new tensor from a number. `requires_grad=True` on the new
tensor silences the error and mends nothing: the parameters still get no gradient. Or what is
trained lies in a reentrant checkpoint (`torch.utils.checkpoint`) of inputs that require none.

## Example
    loss = torch.tensor(loss_fn(model(x), y).item(), requires_grad=True)
    loss.backward()
    optimizer.step()

## Instead
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()

## When it is intended
Never before a step. A backward that is only to reach an input, as for a saliency map, is followed
by no step, or by one that has a backward of its own; this rule is silent there.

## Source
Autograd mechanics, PyTorch documentation; torch's own error "element 0 of tensors does not require
grad and does not have a grad_fn", which `requires_grad=True` silences.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.gradients import reached_by
from backtrace.diagnose.graph_lines import CHECKPOINT_FIX
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, Edited
from backtrace.ledger.facts import BackwardFailed
from backtrace.ledger.graph_seen import GraphSeen

_FIX = (
    "compute the loss from the model's output with torch operations only: no .item(), .detach(), "
    ".data, .numpy(), argmax or torch.tensor(loss) on the way"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose backward reached nothing, once."""
    if not any(each.requires_grad for each in run.parameters.values()):
        return  # all is frozen: that is the thing to mend
    seen: set[str] = set()
    for window in run.windows:
        if window.is_blind:
            continue  # the calls under no_grad are the thing to mend
        for where, message in _failed(window) or _empty(window):
            if where not in seen:
                seen.add(where)
                step = window.step
                number = run.update_at(step, step.optimizer) if step else window.number
                is_lost = any(graph.checkpointed for graph in window.of(GraphSeen))
                fix = CHECKPOINT_FIX if is_lost else _FIX
                yield RULE.found(
                    message, fix, number, where, optimizer=step.optimizer if step else "",
                    backwards=len(window.of(BackwardRan)), parameters_reached=0,
                )  # fmt: skip


def _failed(window: Window) -> list[tuple[str, str]]:
    """Return the backward that torch refused, with what to say of it."""
    message = "backward was called on a loss that no parameter leads to: torch refused it"
    refused = (each for each in window.of(BackwardFailed) if each.is_without_graph)
    return [(each.where, message) for each in refused][:1]


def _empty(window: Window) -> list[tuple[str, str]]:
    """Return the backwards that gave nothing, when all did and a step followed, or a leaf's."""
    backwards = window.of(BackwardRan)
    graphs = [each for each in window.of(GraphSeen) if each.is_whole and each.requires_grad]
    lone = {each.where for each in graphs if each.nodes <= 1 and not each.reached}
    message = "backward reached no parameter"
    by_hand = any(each.account == "grad" for each in window.of(Edited))
    if backwards and window.step and not any(map(reached_by, backwards)) and not by_hand:
        said = f"{message}, and {window.step.optimizer}.step had nothing new to go by"
        return [(each.where, said) for each in backwards][:1]
    said = f"{message}: the loss is a new tensor that nothing was computed into"
    empty = [each for each in backwards if each.where in lone and not reached_by(each)]
    return [(each.where, said) for each in empty if each.where][:1]


RULE = Rule("BT301", "loss-reaches-nothing", "error", check, __doc__)
