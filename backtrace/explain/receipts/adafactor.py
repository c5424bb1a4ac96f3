"""Adafactor: the gradient over a second moment that is kept as a row and a column only."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.receipts.arithmetic import Arithmetic, Before, ChangeTerm, widen
from backtrace.explain.receipts.decay import explain_decoupled_decay

_WHERE = (
    "α = min(lr, 1/√t)·max(eps2, RMS(value)), t the step, RMS(x) = √(mean of x²); V is the mean "
    "of grad² over steps, kept by row and column only; c = max(1, RMS(grad/√V) / d)"
)


def explain_adafactor(before: Before) -> Arithmetic:
    """Return the terms of one Adafactor step.

    With w = t^beta2_decay, α = min(lr, 1/√t)·max(eps2, RMS(value)):
        r′ = (1 − w)·r + w·mean over columns of grad², c′ likewise over rows
        V = r′·c′ / max(mean of r′, eps1); of a vector V = (1 − w)·V + w·grad²
        U = grad / √max(V, eps1²),  change = −α·U / max(1, RMS(U) / d) − lr·weight_decay·value

    Source: Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost",
    2018, algorithms 4 and 5; eps1 and the order of steps as in torch.optim.Adafactor.
    """
    least, smallest = before.options["eps"]
    least = torch.finfo(before.dtype).eps if least is None else float(least)
    moment = _second_moment(before, before.count ** float(before.options["beta2_decay"]), least)
    update = before.slope * moment.clamp(min=least**2).rsqrt()
    size = max(float(smallest), _root_mean_square(before.value))
    clip = max(1.0, _root_mean_square(update) / float(before.options["d"]))
    rate = min(before.lr, before.count**-0.5) * size / clip
    terms = {"gradient": ChangeTerm(f"{before.sign}(α/c)·grad / √V", -rate * update, rate)}
    given = {"eps2": float(smallest), "α": rate * clip, "c": clip, "V": moment}
    return Arithmetic(terms | explain_decoupled_decay(before), _WHERE, given=given)


def _second_moment(before: Before, weight: float, least: float) -> Tensor:
    square = before.slope.square()
    if square.dim() < 2:
        return _mix(before, "variance", square, weight)
    rows = _mix(before, "row_var", square.mean(dim=-1, keepdim=True), weight)
    columns = _mix(before, "col_var", square.mean(dim=-2, keepdim=True), weight)
    return rows @ columns / rows.mean(dim=-2, keepdim=True).clamp(min=least)


def _mix(before: Before, name: str, new: Tensor, weight: float) -> Tensor:
    old = before.state.get(name)
    return weight * new if old is None else (1 - weight) * widen(old) + weight * new


def _root_mean_square(tensor: Tensor) -> float:
    return float(tensor.square().mean().sqrt())
