"""Walks one micro-batch back from the loss to a parameter, by the rules, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from torch import Tensor, nn

from backtrace.explain.derive.layer_links import (
    Symbols,
    link_autograd,
    link_input,
    link_parameter,
    max_magnitude,
    name_layer,
    parameter_symbol,
    slope_latex,
)
from backtrace.explain.derive.loss_links import LossTermLinks, explain_term
from backtrace.explain.derive.observed import ForwardCalls, LayerCall
from backtrace.explain.derive.parameter_path import ParameterPath
from backtrace.explain.derive.parts import Link
from backtrace.explain.derive.tensor_numbers import to_numbers
from backtrace.train.loss_mix import LossMix

_MANY = 12  # layers that go over their steps one by one, or through several products
# A layer whose place in the model is not known: `x` is the model's input, and `y` the target.
_ALONE = Symbols("in", "out", r"\text{in}", r"\text{out}")


@dataclass
class BatchDerivation:
    """What one micro-batch gives.

    Args:
        grad: of the parameter; None where no rule reached it.
        magnitude: the largest sum of the magnitudes that an element of `grad` is the sum of.
        terms: each loss term's part of it; empty where they cannot be told apart.
        at: the symbols of the gradients on the way, for the chain rule in one line.
        depth: how many layers the gradient went through; one that goes over steps counts as many.
        letter: how the parameter is called in formulas, as text and as LaTeX.
    """

    links: list[Link] = field(default_factory=list)
    grad: Tensor | None = None
    terms: dict[str, Tensor] = field(default_factory=dict)
    at: list[Symbols] = field(default_factory=list)
    is_whole: bool = True
    magnitude: float = 0.0
    depth: int = 0
    letter: tuple[str, str] = ("θ", r"\theta")


def walk_back(
    path: ParameterPath, mix: LossMix, batch: ForwardCalls, parts: int
) -> BatchDerivation:
    """Return the links of a micro-batch from its loss to the parameter.

    Args:
        parts: by how many micro-batches the loop divides the loss.
    """
    found = BatchDerivation()
    terms = _explain_terms(mix, batch, parts)
    found.links += [link for term in terms.values() for link in term.links]
    slopes = {name: term.at_output for name, term in terms.items() if term.at_output is not None}
    chained = {id(module) for _, module in path.chain}
    calls = [call for call in batch.calls if id(call.module) in chained]
    at_output = None
    if calls and len(slopes) == len(terms):
        at_output = sum(list(slopes.values())[1:], start=next(iter(slopes.values())))
        if len(slopes) > 1:
            found.links.append(_link_sum(slopes, at_output))
    _go_back(path, calls, at_output, found)
    _take_inner(path, batch, chained, found)
    if found.is_whole and len(slopes) > 1 and found.grad is not None:
        for name, slope in slopes.items():
            alone = BatchDerivation()
            _go_back(path, calls, slope, alone)
            if alone.grad is not None:
                found.terms[name] = alone.grad
    return found


def _explain_terms(mix: LossMix, batch: ForwardCalls, parts: int) -> dict[str, LossTermLinks]:
    by_module = {id(call.module): call for call in batch.losses}
    is_mix = len(mix.terms) > 1
    return {
        name: explain_term(name, term, by_module[id(term.loss)], batch.output, parts, is_mix=is_mix)
        for name, term in mix.terms.items()
    }


def _link_sum(slopes: dict[str, Tensor], total: Tensor) -> Link:
    names = [f"∂L[{name}]/∂ŷ" for name in slopes]
    return Link(
        place="loss",
        kind="sum of the terms",
        symbol="∂L/∂ŷ",
        formula=" + ".join(names),
        latex=slope_latex(r"\hat{y}") + r" = \sum_{\text{terms}} " + r"\frac{\partial "
        r"L_{\text{term}}}{\partial \hat{y}}",
        result=to_numbers(total),
    )


def _go_back(
    path: ParameterPath, calls: list[LayerCall], at_output: Tensor | None, found: BatchDerivation
) -> None:
    """Derive the layers from the last to the first that has the parameter."""
    first = next((i for i, call in enumerate(calls) if path.name_in(call.module)), len(calls))
    grad = at_output
    for at in range(len(calls) - 1, first - 1, -1):
        call, symbols = calls[at], name_layer(at, len(calls))
        found.at.append(symbols)
        found.depth += _depth(call.module)
        if grad is None:
            found.is_whole = False
            grad = _restart(call, symbols, found)
        name = path.name_in(call.module)
        if call.rule is None:
            found.links.append(_not_derived(call, symbols, leads_on=at > first))
            found.is_whole, grad = False, None
            continue
        given = call.rule.backward(call.module, call.inputs, call.outputs, (grad, *call.grads[1:]))
        if name:
            _take(call, symbols, name, (grad, given.parameters[name]), found)
        back = given.inputs[0]
        if at > first and back is not None:
            found.links.append(link_input(call, symbols, grad, back))
        grad = back


def _take(
    call: LayerCall,
    symbols: Symbols,
    name: str,
    grads: tuple[Tensor, Tensor],
    found: BatchDerivation,
) -> None:
    """Add what one call gives to the parameter, from the gradient at its output."""
    grad, own = grads
    found.links.append(link_parameter(call, symbols, name, grad, own))
    found.grad = own if found.grad is None else found.grad + own
    found.magnitude += max_magnitude(call, name, grad, own)
    found.letter = parameter_symbol(call.module, name)


def _restart(call: LayerCall, symbols: Symbols, found: BatchDerivation) -> Tensor:
    """Return autograd's gradient at a layer's output, where the chain begins anew."""
    grad = call.grads[0]
    found.links.append(link_autograd(call, symbols, "", grad=grad))
    return grad


def _not_derived(call: LayerCall, symbols: Symbols, *, leads_on: bool) -> Link:
    onwards = "; the chain goes on from autograd's gradient" if leads_on else ""
    return Link(
        place=call.name,
        kind=type(call.module).__name__,
        symbol=symbols.grad,
        formula="",
        latex="",
        result=to_numbers(call.grads[0]),
        source="autograd",
        note=f"not derived: {call.why}{onwards}",
    )


def _take_inner(
    path: ParameterPath, batch: ForwardCalls, chained: set[int], found: BatchDerivation
) -> None:
    """Add the calls that have the parameter but are no part of the chain."""
    times: dict[str, int] = {}
    for each in _calls_of(path, batch, chained):
        found.is_whole = False
        grad, name = each.grads[0], path.name_in(each.module)
        count = times[each.name] = times.get(each.name, 0) + 1
        call = replace(each, name=f"{each.name}, call {count}") if count > 1 else each
        if call.rule is None:
            found.links.append(_not_derived(call, _ALONE, leads_on=False))
            continue
        found.links.append(link_autograd(call, _ALONE, "", grad=grad))
        given = call.rule.backward(call.module, call.inputs, call.outputs, call.grads)
        _take(call, _ALONE, name, (grad, given.parameters[name]), found)
        found.at = found.at or [_ALONE]
        found.depth += _depth(call.module)


def _depth(module: nn.Module) -> int:
    return _MANY if isinstance(module, nn.RNNBase | nn.MultiheadAttention) else 1


def _calls_of(path: ParameterPath, batch: ForwardCalls, chained: set[int]) -> Iterator[LayerCall]:
    owners = {id(module) for _, module, _ in path.owners} - chained
    yield from (call for call in batch.calls if id(call.module) in owners)
