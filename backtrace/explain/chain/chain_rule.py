"""The chain rule by hand: from the loss back through the layers, each from what comes after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from backtrace.explain.chain.captured_calls import CapturedCall, flatten
from backtrace.explain.chain.not_derived import NotDerived
from backtrace.explain.rules import Gradients
from backtrace.explain.rules.backward_rule import Tensors
from backtrace.train.loss_mix import LossMix, LossTerm


@dataclass
class DerivedGradients:
    """What was derived by hand, and what was not.

    Args:
        parameters: the gradient of each parameter, by its id, added up over all calls.
        skipped: why a parameter was not derived, by its id; what one call skips stays skipped.
        input: the gradient of the model's input; None if the chain did not reach it.
        steps: each call with the gradients at its outputs and what its rule gave, in the order of
            the derivation: from the last layer to the first.
    """

    parameters: dict[int, Tensor] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)
    input: Tensor | None = None
    missing: list[NotDerived] = field(default_factory=list)
    steps: list[tuple[CapturedCall, Tensors, Gradients]] = field(default_factory=list)

    def apply(self, call: CapturedCall, grads: Tensors) -> Gradients | None:
        """Derive one call from the gradients at its outputs; None where there is no rule."""
        named = dict(call.module.named_parameters())
        rule = call.rule
        if rule is None:
            self.missing.append(NotDerived(call.name, type(call.module).__name__, call.why))
            self.skipped.update(dict.fromkeys(map(id, named.values()), call.why))
            return None
        given = rule.backward(call.module, call.kept, call.outputs, grads)
        for name, grad in given.parameters.items():
            if name in named:  # a parametrized weight is no parameter of its own
                known = self.parameters.get(id(named[name]))
                self.parameters[id(named[name])] = grad if known is None else known + grad
        self.steps.append((call, grads, given))
        return given


def find_layers(model: nn.Module) -> list[tuple[str, nn.Module]] | None:
    """Return the layers of nested plain Sequentials in order; None for any other model."""
    if type(model).forward is not nn.Sequential.forward or _is_hooked(model):
        return None
    found: list[tuple[str, nn.Module]] = []
    for name, child in model._modules.items():  # with repetitions, which named_children drops
        assert child is not None  # a Sequential has no empty places
        inner = find_layers(child)
        found += [(name, child)] if inner is None else [(f"{name}.{n}", m) for n, m in inner]
    return found


def _is_hooked(module: nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)


def derive_chain(
    calls: list[CapturedCall], at_output: Tensors | None, loss_missing: list[NotDerived]
) -> DerivedGradients:
    """Derive a Sequential's layers one after the other, from the last to the first.

    A layer without a rule is passed over: the layer before it goes on from autograd's gradient.

    Args:
        at_output: the gradients of the loss at the outputs of the last layer, derived by hand;
            None takes autograd's.
    """
    found = DerivedGradients(missing=list(loss_missing))
    grads = at_output
    for call in reversed(calls):
        given = found.apply(call, call.filled_grads() if grads is None else grads)
        grads = None if given is None else _handed_back(given)
        found.input = None if given is None else given.inputs[0]
    return found


def _handed_back(given: Gradients) -> Tensors | None:
    return None if given.inputs[0] is None else (given.inputs[0],)


def derive_each(calls: list[CapturedCall], loss_missing: list[NotDerived]) -> DerivedGradients:
    """Derive every call from autograd's gradient at its outputs, for models of any shape."""
    found = DerivedGradients(missing=list(loss_missing))
    for call in reversed(calls):
        found.apply(call, call.filled_grads())
    return found


def derive_loss(
    mix: LossMix, output: object, calls: list[CapturedCall]
) -> tuple[Tensors | None, list[NotDerived]]:
    """Return the gradient of the mix at each tensor of the model's output, or what has no rule.

    The gradient of a sum of terms is the sum of their gradients, each times its weight.
    """
    tensors = [y for y in flatten(output) if y.is_floating_point()]
    total = [torch.zeros_like(y) for y in tensors]
    by_module = {id(call.module): call for call in calls}
    missing = []
    for name, term in mix.terms.items():
        call = by_module[id(term.loss)]
        rule = call.rule
        if rule is None:
            missing.append(NotDerived(f"loss {name}", type(term.loss).__name__, call.why))
            continue
        loss_grad = torch.full_like(call.outputs[0], term.weight)
        grad = rule.backward(term.loss, call.inputs, call.outputs, (loss_grad,)).inputs[0]
        picked = _picked(term, output)
        at = next(i for i, y in enumerate(tensors) if y is picked)
        assert grad is not None
        total[at] = total[at] + back_through_apply(term.apply, grad, picked)
    return (None if missing else tuple(total)), missing


def back_through_apply(how: str, grad: Tensor, output: Tensor) -> Tensor:
    """Return the gradient of the output from that of `apply(output)`.

    sum: every element gets all of it. mean: a part in n. squeeze: the same in another shape.
    """
    if how == "sum":
        return grad.expand_as(output)
    if how == "mean":
        return (grad / output.numel()).expand_as(output)
    return grad.reshape(output.shape)


def _picked(term: LossTerm, output: object) -> Tensor:
    """Return the output that a term is of; that there is one was seen in the forward."""
    key = term.output
    picked = output
    if isinstance(output, Mapping):
        picked = output[key]
    elif isinstance(key, int):
        assert isinstance(output, tuple | list)
        picked = output[key]
    elif isinstance(key, str):
        picked = getattr(output, key)
    assert isinstance(picked, Tensor)
    return picked
