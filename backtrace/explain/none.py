"""Why is it None? For each tensor without a gradient, the first cut on its way to the loss.

What it says was observed by running: a backward, one forward with every call of torch's written
down, and forwards with other values in the tensor. Source text is not read. The model is left as
it was, but for what it keeps in lists of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from backtrace.explain.graph.cut import follow
from backtrace.explain.graph.flow import Flow
from backtrace.explain.graph.missing_text import Suspect, tell_frozen, tell_stopped, tell_trail
from backtrace.explain.graph.module_calls import ModuleCallLog
from backtrace.explain.graph.stopped import Stopper, find_stoppers, reached_leaves
from backtrace.explain.graph.unchanged import leave_unchanged
from backtrace.explain.graph.unregistered import (
    Unregistered,
    find_lost_modules,
    find_unregistered,
)
from backtrace.ledger.graph_facts import MissingGradient
from backtrace.train.environment import separate_randomness

LossFunction = Callable[[], Tensor]


def explain_missing(
    model: nn.Module,
    loss_fn: LossFunction,
    *,
    inputs: Mapping[str, Tensor] | None = None,
    modules: Mapping[str, nn.Module] | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    others: Sequence[torch.optim.Optimizer] = (),
) -> list[MissingGradient]:
    """Return what gets no gradient and why, and what gets one that moves nothing.

    Args:
        loss_fn: runs the forward and returns the loss; it is called several times, always with
            the same random numbers.
        inputs: tensors that are no parameters, by name, whose gradient is looked for as well.
        modules: which modules to name calls after; those of the model, unless given.
        optimizer: the one that steps. Parameters that it does not hold are reported.
        others: further optimizers, to say which of them holds such a parameter.
    """
    modules = modules or {**dict(model.named_modules()), **find_lost_modules(model)}
    lost = find_unregistered(model)
    suspects = list(_suspects(model, inputs or {}, lost))
    tensors = [suspect.tensor for suspect in suspects]
    with leave_unchanged(model, tensors):
        _repeat(loss_fn, backward=True)
        has_grad = {id(each) for each in tensors if each.is_leaf and each.grad is not None}
        without = [each for each in suspects if id(each.tensor) not in has_grad]
        found = _explain(without, loss_fn, modules, tensors)
    found += [_tell_unregistered(each, id(each.tensor) in has_grad) for each in lost]
    if optimizer is not None:
        named = dict(model.named_parameters())
        found += _unmoved(named, optimizer, others, has_grad)
    return found


def _suspects(
    model: nn.Module, inputs: Mapping[str, Tensor], lost: Sequence[Unregistered]
) -> Iterator[Suspect]:
    for name, parameter in model.named_parameters():
        yield Suspect(name, "parameter", parameter, name.rpartition(".")[0])
    for each in lost:
        yield Suspect(each.name, "parameter", each.tensor)
    for name, tensor in inputs.items():
        yield Suspect(name, "input", tensor)


def _explain(
    suspects: Sequence[Suspect],
    loss_fn: LossFunction,
    modules: Mapping[str, nn.Module],
    tensors: Sequence[Tensor],
) -> list[MissingGradient]:
    open_ones = [each for each in suspects if each.tensor.requires_grad]
    stoppers: dict[int, Stopper] = {}
    if open_ones:
        _clear(tensors)
        calls = ModuleCallLog()
        flow = Flow(calls)
        with calls.watch(modules), flow:
            loss = _repeat(loss_fn)
        reached = reached_leaves(loss)
        stopped = [each.tensor for each in open_ones if id(each.tensor) in reached]
        if stopped:
            stoppers = find_stoppers(loss, stopped, calls, flow)
            _clear(tensors)
    found = []
    for suspect in suspects:
        key = id(suspect.tensor)
        if not suspect.tensor.requires_grad:
            found.append(tell_frozen(suspect))
        elif key in stoppers:
            found.append(tell_stopped(suspect, stoppers[key]))
        else:
            trail = follow(suspect.tensor, flow.calls, loss)
            is_proven = trail.cuts or trail.aliased
            changes = None if is_proven else _changes_loss(suspect.tensor, loss_fn, loss)
            was_called = calls.called(suspect.owner)
            told = Suspect(suspect.name, suspect.kind, suspect.tensor, suspect.owner, was_called)
            found.append(tell_trail(told, trail, changes))
    return found


def _repeat(loss_fn: LossFunction, *, backward: bool = False) -> Tensor:
    """Return the loss of a forward that draws the random numbers that every other draws."""
    with separate_randomness():
        loss = loss_fn()
        if backward and loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]
    return loss


def _clear(tensors: Sequence[Tensor]) -> None:
    for tensor in tensors:
        tensor.grad = None


def _changes_loss(tensor: Tensor, loss_fn: LossFunction, loss: Tensor) -> bool | None:
    """Whether the loss is another one when the tensor is; None if that could not be tried."""
    data, values = tensor.data, tensor.detach().clone()
    if 0 in data.stride():  # expanded: its elements share memory, and cannot be written
        return None
    try:
        for factor, offset in ((1.5, 1.0), (-0.5, -2.0)):
            data.copy_(values * factor + offset)
            other = _repeat(loss_fn).detach()
            if not torch.equal(other.nan_to_num(), loss.detach().nan_to_num()):
                return True
    except (RuntimeError, ValueError, IndexError, ArithmeticError):
        return None
    finally:
        data.copy_(values)
    return False


def _tell_unregistered(found: Unregistered, has_grad: bool) -> MissingGradient:
    arrives = "its gradient arrives" if has_grad else "it has no gradient either"
    text = (
        f"it stands in the {found.container} {found.attribute!r}, where nn.Module does not look: "
        f"{arrives}, but model.parameters() leaves it out, and with it the optimizer; "
        "nn.ModuleList or nn.ParameterList would register it"
    )
    return MissingGradient(
        found.name, "parameter", "unregistered", text, has_grad, module=found.attribute
    )


def _unmoved(
    named: Mapping[str, Tensor],
    optimizer: torch.optim.Optimizer,
    others: Sequence[torch.optim.Optimizer],
    has_grad: set[int],
) -> Iterator[MissingGradient]:
    """Give the parameters that the optimizer does not hold: no matter of None, but of moving."""
    own = _held(optimizer)
    for name, tensor in named.items():
        if id(tensor) in own:
            continue
        key = id(tensor)
        at = next((number for number, each in enumerate(others) if key in _held(each)), None)
        if at is None:
            text = "no optimizer that was given holds it: whatever its gradient, no step moves it"
            yield MissingGradient(name, "parameter", "no optimizer", text, key in has_grad)
        else:
            text = f"only {type(others[at]).__name__} others[{at}] moves it, not the one that steps"
            yield MissingGradient(name, "parameter", "other optimizer", text, key in has_grad)


def _held(optimizer: torch.optim.Optimizer) -> set[int]:
    return {id(each) for group in optimizer.param_groups for each in group["params"]}
