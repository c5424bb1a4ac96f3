"""Splits one layer call's gradient by the rows of its batch: exact, without another backward.

A gradient is a sum over rows, G = Σ gᵢ. What is wanted of each row is the norm |gᵢ| and the product
⟨gᵢ, G⟩, and for a matrix product neither needs gᵢ itself:

    Linear, y = x wᵀ + b     gᵢ = δᵢ xᵢᵀ      |gᵢ| = |δᵢ| · |xᵢ|      ⟨gᵢ, G⟩ = δᵢ · (G xᵢ)
    over steps t             gᵢ = Σₜ δₜ xₜᵀ    |gᵢ|² = Σₜₛ (δₜ·δₛ)(xₜ·xₛ)

Source: Goodfellow, Efficient Per-Example Gradient Computations (2015), for the norms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backtrace.explain.derive.observed import LayerCall


@dataclass(frozen=True)
class RowProducts:
    """Of each row its norm and its product with the whole gradient; how both were found."""

    norms: Tensor
    products: Tensor
    means: str


def split_rows(call: LayerCall, name: str, whole: Tensor) -> RowProducts | None:
    """Return what each row of a call gave to the parameter `name`; None if rows are not apart.

    `whole` is the gradient that shares are taken of.
    """
    module = call.module
    if isinstance(module, nn.Linear) and call.inputs[0].ndim > 1:
        if name == "weight":
            return split_weight(call.inputs[0], call.grads[0], whole)
        return split_bias(call.grads[0], whole)
    if isinstance(module, nn.Embedding):
        padding = -1 if module.padding_idx is None else module.padding_idx
        return split_table(
            call.inputs[0], call.grads[0], whole, padding, by_count=module.scale_grad_by_freq
        )
    return split_by_rule([(call, name)], whole)


def split_by_rule(calls: list[tuple[LayerCall, str]], whole: Tensor) -> RowProducts | None:
    """Return the same by the backward rule, one row at a time; over several calls of a weight.

    None where the rows of a layer are not apart: then they do not add up to its gradient.
    """
    count = len(calls[0][0].grads[0]) if calls[0][0].grads[0].ndim else 0
    norms, products = [], []
    added, total = torch.zeros_like(whole), torch.zeros_like(whole)
    for call, name in calls:
        total = total + _by_rule(call, name, slice(None))
    for at in range(count):
        own = torch.zeros_like(whole)
        for call, name in calls:
            if any(len(each) != count for each in _tensors(call) if each.ndim):
                return None
            own = own + _by_rule(call, name, slice(at, at + 1))
        norms.append(own.norm())
        products.append((own * whole).sum())
        added += own
    if not norms or not torch.allclose(added, total, rtol=1e-8, atol=1e-12):
        return None
    return RowProducts(torch.stack(norms), torch.stack(products), "the rule, a row at a time")


def _tensors(call: LayerCall) -> Iterator[Tensor]:
    yield from (*call.inputs, *call.outputs, *call.grads)


def _by_rule(call: LayerCall, name: str, rows: slice) -> Tensor:
    assert call.rule is not None
    inputs, outputs, grads = (
        tuple(each[rows] if each.ndim else each for each in group)
        for group in (call.inputs, call.outputs, call.grads)
    )
    return call.rule.backward(call.module, inputs, outputs, grads).parameters[name]


def split_weight(x: Tensor, grad: Tensor, whole: Tensor) -> RowProducts:
    """Split what a matrix (out, in) got, of inputs and gradients of one row or of its steps."""
    products = ((grad @ whole) * x).flatten(1).sum(1)
    if x.ndim == 2:
        return RowProducts(grad.norm(dim=1) * x.norm(dim=1), products, "|∂L/∂y| · |x| of each row")
    squares = [_square(d.reshape(-1, d.shape[-1]), r.reshape(-1, r.shape[-1]))
               for d, r in zip(grad, x, strict=True)]  # fmt: skip
    means = "the products of ∂L/∂y and x over the steps of each row"
    return RowProducts(torch.stack(squares).clamp(min=0).sqrt(), products, means)


def _square(grad: Tensor, x: Tensor) -> Tensor:
    """Return |Σₜ δₜ xₜᵀ|²: by products of steps, or from the matrix where that is smaller."""
    if len(x) ** 2 > grad.shape[1] * x.shape[1]:
        return (grad.T @ x).square().sum()
    return ((grad @ grad.T) * (x @ x.T)).sum()


def split_bias(grad: Tensor, whole: Tensor) -> RowProducts:
    """Split what a bias got, that was added to each row, or to each of its steps."""
    rows = grad.reshape(len(grad), -1, grad.shape[-1]).sum(1)
    return RowProducts(rows.norm(dim=1), rows @ whole, "∂L/∂y of each row")


def split_table(
    indices: Tensor, grad: Tensor, whole: Tensor, padding: int, *, by_count: bool
) -> RowProducts | None:
    """Split what a table got: only the entries that a row looked up are gone through.

    `padding` is an entry that gets nothing; `by_count` says that each gets the mean of its uses.
    """
    if not indices.ndim:
        return None
    width = whole.shape[1]
    flat = grad.reshape(len(indices), -1, width)
    looked = indices.reshape(len(indices), -1)
    if by_count:
        flat = flat / torch.bincount(looked.flatten())[looked].unsqueeze(-1)
    norms, products = [], []
    for places, rows in zip(looked, flat, strict=True):
        entries, which = torch.unique(places, return_inverse=True)
        sums = torch.zeros(len(entries), width, dtype=rows.dtype)
        sums.index_add_(0, which, rows)
        sums[entries == padding] = 0
        norms.append(sums.norm())
        products.append((sums * whole[entries]).sum())
    means = "∂L/∂y at the places of each row, summed by entry"
    return RowProducts(torch.stack(norms), torch.stack(products), means)
