"""The links of the loss: its value, and its gradient at the model's output, in formulas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backtrace.explain.chain.chain_rule import back_through_apply
from backtrace.explain.derive.observed import LayerCall
from backtrace.explain.derive.parts import Factor, Link
from backtrace.explain.derive.tensor_numbers import to_numbers
from backtrace.explain.derive.worked_factors import name_worked
from backtrace.explain.working import work_out_loss
from backtrace.explain.working.worked import GivenCall
from backtrace.train.loss_mix import LossTerm

_APPLIED = {  # what `apply` makes of the output and the target, and its way back
    "none": ("ŷ", "y", r"\hat{y}", "y", ""),
    "sum": ("Σŷ", "Σy", r"\sum\hat{y}", r"\sum y", "every element gets all of it"),
    "mean": ("mean ŷ", "mean y", r"\bar{\hat{y}}", r"\bar{y}", "every element gets a part in n"),
    "squeeze": ("ŷ squeezed", "y", r"\hat{y}", "y", "the same in another shape"),
}


@dataclass(frozen=True)
class LossTermLinks:
    """The links of one term, and the gradient of the term at the model's output if there is one.

    `links` are its value, its slope, and the way back through `apply`.
    """

    links: tuple[Link, ...]
    at_output: Tensor | None


@dataclass(frozen=True)
class _Words:
    """A loss in formulas: its value and its slope, and the factor that the slope is made of."""

    value: str
    value_latex: str
    slope: str
    slope_latex: str
    rate: str = ""
    factor: Factor | None = None
    steps: tuple[Factor, ...] = ()


def explain_term(
    name: str, term: LossTerm, call: LayerCall, output: Tensor | None, parts: int, *, is_mix: bool
) -> LossTermLinks:
    """Return the links of one term of one micro-batch.

    Args:
        output: the model's; None if it is no single tensor.
        parts: by how many micro-batches the loop divides.
    """
    share = term.weight / parts
    symbol = f"L[{name}]" if is_mix else "L"
    latex = rf"L_{{\text{{{name.replace('_', ' ')}}}}}" if is_mix else "L"
    words = _word(term, call, parts)
    kind = type(call.module).__name__
    value = to_numbers(share * call.outputs[0])
    place = call.name if is_mix else "loss"
    value_latex = words.value_latex and f"{latex} = {words.value_latex}"
    given = (*_given(term, call), *words.steps)
    first = Link(place, kind, symbol, words.value, value_latex, value, factors=given)
    if call.rule is None:
        return LossTermLinks((_replaced(first, call.why),), None)
    loss_grad = torch.full_like(call.outputs[0], share)
    grad = call.rule.backward(call.module, call.inputs, call.outputs, (loss_grad,)).inputs[0]
    assert grad is not None  # every loss has the gradient of its first input
    u, _, u_latex, _, _ = _APPLIED[term.apply]
    slope = Link(
        place=place,
        kind=kind,
        symbol=f"∂{symbol}/∂{u}" if " " not in u else f"∂{symbol}/∂({u})",
        formula=words.slope,
        latex=words.slope_latex
        and rf"\frac{{\partial {latex}}}{{\partial {u_latex}}} = {words.slope_latex}",
        result=to_numbers(grad),
        factors=() if words.factor is None else (words.factor,),
        rate=words.rate,
        note=_broadcast_note(call),
    )
    links = [first, slope]
    if output is None:
        return LossTermLinks(tuple(links), None)
    back = back_through_apply(term.apply, grad, output)
    links += _back_link(term, call, place, (symbol, latex), back)
    return LossTermLinks(tuple(links), back)


def _back_link(
    term: LossTerm, call: LayerCall, place: str, symbols: tuple[str, str], back: Tensor
) -> Iterator[Link]:
    """Yield the way from what the loss was given back to the output, if they differ."""
    how = _APPLIED[term.apply][-1]
    if how and not (term.apply == "squeeze" and call.inputs[0].shape == back.shape):
        symbol, latex = symbols
        yield Link(
            place=place,
            kind=f"apply: {term.apply}",
            symbol=f"∂{symbol}/∂ŷ",
            formula=how,
            latex=rf"\frac{{\partial {latex}}}{{\partial \hat{{y}}}} = \text{{{how}}}",
            result=to_numbers(back),
            shapes=(str(tuple(call.inputs[0].shape)), str(tuple(back.shape))),
        )


def _given(term: LossTerm, call: LayerCall) -> Iterator[Factor]:
    """Yield what the loss was taken of: the output and the target."""
    u, t, u_latex, t_latex, _ = _APPLIED[term.apply]
    for symbol, latex, tensor in zip((u, t), (u_latex, t_latex), call.inputs[:2], strict=False):
        yield Factor(symbol, latex, to_numbers(tensor))


def _replaced(link: Link, why: str) -> Link:
    return Link(link.place, link.kind, link.symbol, link.formula, link.latex, link.result,
                note=f"not derived: {why}")  # fmt: skip


def _broadcast_note(call: LayerCall) -> str:
    if len(call.inputs) < 2 or not call.inputs[1].is_floating_point():
        return ""
    output, target = call.inputs[:2]
    try:
        shape = torch.broadcast_shapes(output.shape, target.shape)  # type: ignore[no-untyped-call]
    except RuntimeError:
        return ""
    if shape == output.shape:
        return ""
    pair = f"{tuple(output.shape)} and {tuple(target.shape)}"
    return f"torch broadcasts {pair} to {tuple(shape)}: each output meets many targets"


def _word(term: LossTerm, call: LayerCall, parts: int) -> _Words:
    """Return the formulas of a loss; those of squares and magnitudes with their numbers."""
    u, t, u_latex, t_latex, _ = _APPLIED[term.apply]
    before, before_latex = _multiple(term.weight, parts)
    module = call.module
    mean = getattr(module, "reduction", "mean") == "mean"
    gap, gap_latex = f"{u} − {t}", f"{u_latex} - {t_latex}"
    if type(module) in (nn.MSELoss, nn.L1Loss):
        d = call.inputs[0] - call.inputs[1]
        n = d.numel() if mean else 1
        over = f"1/{n} " if n > 1 else ""
        over_latex = rf"\frac{{1}}{{{n}}}" if n > 1 else ""
        sigma, sigma_latex = ("Σ", r"\sum ") if d.numel() > 1 else ("", "")
        if type(module) is nn.MSELoss:
            rate = f"{before}2/{n}" if n > 1 else f"{before}2"
            rate_latex = before_latex + (rf"\frac{{2}}{{{n}}}" if n > 1 else "2")
            return _Words(
                f"{before}{over}{sigma}({gap})²",
                f"{before_latex}{over_latex}{sigma_latex}({gap_latex})^2",
                f"{rate}·({gap})", f"{rate_latex} ({gap_latex})",
                rate, Factor(gap, gap_latex, to_numbers(d)),
            )  # fmt: skip
        rate = f"{before}1/{n}" if n > 1 else before.removesuffix("·")
        sign = Factor(f"sign({gap})", rf"\text{{sign}}({gap_latex})", to_numbers(d.sign()))
        return _Words(
            f"{before}{over}{sigma}|{gap}|",
            rf"{before_latex}{over_latex}{sigma_latex}\lvert {gap_latex} \rvert",
            f"{rate}·{sign.symbol}" if rate else sign.symbol,
            f"{before_latex}{over_latex} {sign.latex}", rate, sign,
        )  # fmt: skip
    kind = type(module).__name__
    work = work_out_loss(module, GivenCall(call.inputs, call.outputs, ()))
    if work is None or call.rule is None:
        slope = "" if call.rule is None else call.rule.formula.partition(" = ")[2]
        value_latex = rf"{before_latex}\text{{{kind}}}({u_latex}, {t_latex})"
        return _Words(f"{before}{kind}({u}, {t})", value_latex, before + slope, "")
    named = {"x": u, "y": t}
    return _Words(
        before + work.value.format(**named), "", before + work.slope.format(**named), "",
        steps=tuple(name_worked(each, named) for each in work.steps),
    )  # fmt: skip


def _multiple(weight: float, parts: int) -> tuple[str, str]:
    """Return the weight and one over the number of micro-batches as they stand in a formula."""
    texts = [f"{weight:g}·"] if weight != 1 else []
    latex = [f"{weight:g} \\cdot "] if weight != 1 else []
    if parts > 1:
        texts.append(f"1/{parts}·")
        latex.append(rf"\frac{{1}}{{{parts}}} \cdot ")
    return "".join(texts), "".join(latex)
