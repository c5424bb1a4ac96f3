"""Which tensors have a `.grad` after backward, and why."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from torch import Tensor

from backtrace.explain.graph.loss_nodes import grad_of, is_float
from backtrace.explain.graph.training_copy import Result, TrainingCopy, name_term
from backtrace.ledger.graph_facts import Kind, TensorFact

_RETAIN = "retain_grad() would keep it"


@dataclass(frozen=True)
class NamedTensor:
    """A tensor before backward: what is known of it only then stands beside it."""

    name: str
    kind: Kind
    tensor: Tensor
    reached: bool


def list_tensors(subject: TrainingCopy, result: Result, leaves: Set[int]) -> list[NamedTensor]:
    """Return the tensors of a forward in order; `leaves` are the ids of those its graph ends in."""

    def row(name: str, kind: Kind, tensor: Tensor) -> NamedTensor:
        return NamedTensor(name, kind, tensor, id(tensor) in leaves)

    named = subject.parameters.items()
    parameters = [row(name, "parameter", tensor) for name, tensor in named]
    outputs = [row(name, "output", tensor) for name, tensor in result.outputs.items()]
    terms = [row(name_term(name), "term", each) for name, each in result.terms.items()]
    if len(terms) == 1 and next(iter(result.terms.values())) is result.loss:
        terms = []
    loss = row("loss", "loss", result.loss)
    return [*parameters, row("input", "input", subject.x), *outputs, *terms, loss]


def describe_tensor(row: NamedTensor) -> TensorFact:
    """Say how a tensor stands after backward."""
    tensor = row.tensor
    has_grad = grad_of(tensor) is not None
    return TensorFact(
        name=row.name,
        kind=row.kind,
        shape=tuple(tensor.shape),
        dtype=str(tensor.dtype).removeprefix("torch."),
        is_leaf=tensor.is_leaf,
        requires_grad=tensor.requires_grad,
        grad_fn="" if tensor.grad_fn is None else tensor.grad_fn.name(),
        has_grad=has_grad,
        why=_why(row, has_grad),
    )


def _why(row: NamedTensor, has_grad: bool) -> str:
    tensor = row.tensor
    if not is_float(tensor):
        return "only floating-point tensors have gradients"
    if not tensor.requires_grad:
        is_made = row.kind in ("output", "term", "loss")
        return "made of nothing that requires grad" if is_made else "requires_grad is False"
    if not tensor.is_leaf:
        asked = "but retain_grad() was called"
        return f"no leaf: an operation made it; {asked if tensor.retains_grad else _RETAIN}"
    if has_grad:
        return "a leaf that requires grad, and the loss depends on it"
    return "the graph leads here, but nothing arrived" if row.reached else "not in the loss's graph"
