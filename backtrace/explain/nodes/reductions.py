"""Sums, means, maxima and what else makes few numbers of many: each element gets its part.

Sources: Goodfellow et al., Deep Learning, section 6.5.6; for ties torch's documentation of `max`
and `amax`: the maximum along a dimension is one element, that of `amax` is shared.
"""

from __future__ import annotations

from math import prod

from torch import Tensor

from backtrace.explain.nodes.node_rule import (
    Formula,
    NodeFacts,
    NodeRule,
    Rules,
    kept_dims,
    one_way,
    zeros,
)
from backtrace.explain.rules.softmax import back_through_softmax


def spread(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = Σ x: every element gets all of it."""
    return _stretched(facts, grad).expand(facts.shape())


def spread_mean(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = Σ x / n: every element gets a part in n."""
    count = prod(facts.shape()) / max(1, grad.numel())
    return spread(facts, grad, at) / count


def extreme(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = max x, or min: those that are it share it."""
    x = facts.tensor("self")
    is_it = (x == _stretched(facts, facts.tensor("result"))).to(grad)
    shared = is_it.sum(_dims(facts, x.ndim), keepdim=True) if x.ndim else is_it
    return _stretched(facts, grad) * is_it / shared


def picked(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x at one index along a dimension: that element gets it."""
    dim, indices = facts.integer("dim"), facts.tensor("indices")
    if not len(facts.shape()):
        return grad
    if "keepdim" in facts.saved and not facts.is_set("keepdim"):
        grad, indices = grad.unsqueeze(dim), indices.unsqueeze(dim)
    return zeros(facts.shape(), grad).scatter_add(dim, indices, grad)


def variance(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = Σ (x − μ)² / (n − c): x.g = y.g·2(x − μ)/(n − c)."""
    x = facts.tensor("self")
    dims = _dims(facts, x.ndim)
    count = prod(x.shape[each] for each in dims) - facts.number("correction", 1.0)
    return _stretched(facts, grad) * 2 * (x - x.mean(dims, keepdim=True)) / count


def deviation(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = √variance: the same over 2y."""
    y = facts.tensor("result")
    return variance(facts, (grad / (2 * y)).masked_fill(y == 0, 0.0), at)


def product(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = Π x: x.g = y.g·y/x."""
    y = _stretched(facts, facts.tensor("result"))
    return _stretched(facts, grad) * y / facts.tensor("self")


def log_sum_exp(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = log Σ eˣ: x.g = y.g·e^(x − y)."""
    y = _stretched(facts, facts.tensor("result"))
    return _stretched(facts, grad) * (facts.tensor("self") - y).exp()


def norm(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = (Σ |x|ᵖ)^(1/p) for p = 1 or 2; a norm of 0 has no slope."""
    x, y = facts.tensor("self"), _stretched(facts, facts.tensor("result"))
    grad = _stretched(facts, grad)
    if _order(facts) == 1:
        return grad * x.sign()
    return (grad * x / y).masked_fill(y == 0, 0.0)


def running_sum(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y_i = Σ x up to i: x.g_i = Σ y.g from i on."""
    dim = facts.integer("dim")
    return grad.flip(dim).cumsum(dim).flip(dim)


def running_product(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y_i = Π x up to i: x.g_i = Σ y.g·y from i on, over x_i."""
    return running_sum(facts, grad * facts.tensor("result"), at) / facts.tensor("self")


def softmax(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = eˣ / Σ eˣ."""
    return back_through_softmax(facts.tensor("result"), grad, facts.integer("dim"))


def log_softmax(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x − log Σ eˣ."""
    total = grad.sum(facts.integer("dim"), keepdim=True)
    return grad - facts.tensor("result").exp() * total


def _dims(facts: NodeFacts, ndim: int) -> tuple[int, ...]:
    return facts.integers("dim") or tuple(range(ndim))


def _stretched(facts: NodeFacts, tensor: Tensor) -> Tensor:
    """Return what has one element a reduction with the reduced dimensions of size 1."""
    if facts.is_set("keepdim"):
        return tensor
    ndim = len(facts.shape())
    return kept_dims(tensor, _dims(facts, ndim), ndim)


def _order(facts: NodeFacts) -> float:
    return facts.number("ord" if "ord" in facts.saved else "p", 2.0)


def _refuse_order(facts: NodeFacts) -> str:
    return "" if _order(facts) in (1, 2) else f"a norm of order {_order(facts):g}"


def _refuse_zeros(facts: NodeFacts) -> str:
    x = facts.maybe("self")
    return "a product with a zero in it" if x is not None and bool((x == 0).any()) else ""


_SUM, _MEAN = (
    Formula("{g} for every element"),
    Formula("{g}/(how many are averaged) for every element"),
)
_X = {"x": "self"}
_EXTREME = Formula("{g} where x is y, shared", {"x": "self", "y": "result"})
_PICKED = Formula("{g} at the index taken, else 0")
_NORM = NodeRule(
    one_way(norm).back, (Formula("{g}·x/y, or sign x", {"x": "self", "y": "result"}),),
    refuse=_refuse_order,
)  # fmt: skip
_PRODUCT = NodeRule(
    one_way(product).back, (Formula("{g}·y/x", {"x": "self"}),), refuse=_refuse_zeros
)
_RUNNING = NodeRule(
    one_way(running_product).back,
    (Formula("Σ {g}·y from here on, over x", {"x": "self", "y": "result"}),),
    refuse=_refuse_zeros,
)
_VARIANCE = Formula("{g}·2(x − μ)/(how many there are − correction)", _X)
_SOFTMAX = Formula("y·({g} − Σ {g}·y)", {"y": "result"})

RULES: Rules = {
    "SumBackward0": one_way(spread, _SUM),
    "SumBackward1": one_way(spread, _SUM),
    "MeanBackward0": one_way(spread_mean, _MEAN),
    "MeanBackward1": one_way(spread_mean, _MEAN),
    "MaxBackward0": one_way(picked, _PICKED),
    "MinBackward0": one_way(picked, _PICKED),
    "MedianBackward1": one_way(picked, _PICKED),
    "SortBackward0": one_way(picked, Formula("{g} in the order before")),
    "TopkBackward0": one_way(picked, _PICKED),
    "MaxBackward1": one_way(extreme, _EXTREME),
    "MinBackward1": one_way(extreme, _EXTREME),
    "AmaxBackward0": one_way(extreme, _EXTREME),
    "AminBackward0": one_way(extreme, _EXTREME),
    "VarBackward0": one_way(variance, _VARIANCE),
    "StdBackward0": one_way(deviation, Formula("{g}·(x − μ)/((n − c)·y)", _X)),
    "ProdBackward0": _PRODUCT,
    "ProdBackward1": _PRODUCT,
    "LogsumexpBackward0": one_way(
        log_sum_exp, Formula("{g}·e^(x − y)", {"x": "self", "y": "result"})
    ),
    "LinalgVectorNormBackward0": _NORM,
    "NormBackward0": _NORM,
    "NormBackward1": _NORM,
    "CumprodBackward0": _RUNNING,
    "CumsumBackward0": one_way(running_sum, Formula("Σ {g} from here on")),
    "SoftmaxBackward0": one_way(softmax, _SOFTMAX),
    "SafeSoftmaxBackward0": one_way(softmax, _SOFTMAX),
    "LogSoftmaxBackward0": one_way(log_softmax, Formula("{g} − eʸ·Σ {g}", {"y": "result"})),
}
