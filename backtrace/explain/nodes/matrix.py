"""Products of matrices: with Y = A @ B, A.g = Y.g @ Bᵀ and B.g = Aᵀ @ Y.g.

Source: Goodfellow et al., Deep Learning (2016), section 6.5.6.
"""

from __future__ import annotations

from torch import Tensor

from backtrace.explain.nodes.node_rule import Formula, NodeFacts, Rules, one_way


def product(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a @ b of matrices (n, k) and (k, m), or of batches of them."""
    return facts.tensor("self").mT @ grad if at else grad @ facts.tensor("mat2").mT


def sum_and_product(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = β·c + α·a @ b."""
    if at == 0:
        return grad * facts.number("beta", 1.0)
    grad = grad * facts.number("alpha", 1.0)
    one, other = ("mat1", "mat2") if facts.name.startswith("Addmm") else ("batch1", "batch2")
    return grad @ facts.tensor(other).mT if at == 1 else facts.tensor(one).mT @ grad


def by_vector(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = A @ v: A.g = y.g ⊗ v, v.g = Aᵀ y.g."""
    return facts.tensor("self").mT @ grad if at else grad[:, None] * facts.tensor("vec")[None]


def sum_and_by_vector(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = β·c + α·A @ v."""
    if at == 0:
        return grad * facts.number("beta", 1.0)
    grad = grad * facts.number("alpha", 1.0)
    return grad[:, None] * facts.tensor("vec")[None] if at == 1 else facts.tensor("mat").mT @ grad


def inner(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a · b, of vectors."""
    return grad * facts.tensor("self" if at else "tensor")


def _products(one: str, other: str) -> tuple[Formula, Formula]:
    return Formula("{g} @ Bᵀ", {"B": other}), Formula("Aᵀ @ {g}", {"A": one})


_SUMMED = Formula("Σ {g}")
RULES: Rules = {
    "MmBackward0": one_way(product, *_products("self", "mat2")),
    "BmmBackward0": one_way(product, *_products("self", "mat2")),
    "AddmmBackward0": one_way(sum_and_product, _SUMMED, *_products("mat1", "mat2")),
    "BaddbmmBackward0": one_way(sum_and_product, _SUMMED, *_products("batch1", "batch2")),
    "MvBackward0": one_way(
        by_vector, Formula("{g} ⊗ v", {"v": "vec"}), Formula("Aᵀ @ {g}", {"A": "self"})
    ),
    "AddmvBackward0": one_way(
        sum_and_by_vector, _SUMMED, Formula("{g} ⊗ v", {"v": "vec"}),
        Formula("Aᵀ @ {g}", {"A": "mat"}),
    ),
    "DotBackward0": one_way(
        inner, Formula("{g}·v", {"v": "tensor"}), Formula("{g}·u", {"u": "self"})
    ),
}  # fmt: skip
