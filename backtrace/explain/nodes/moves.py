"""Operations that only put numbers elsewhere: the gradient is put back where they came from."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional

from backtrace.explain.nodes.node_rule import (
    Formula,
    NodeFacts,
    NodeRule,
    Rules,
    one_way,
    zeros,
)


def as_before(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """The same numbers, in the shape from before."""
    return grad.reshape(facts.shape(at))


def expand(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """What was stretched is summed, which `sum_back` does."""
    return grad


def transpose(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """Two dimensions change places."""
    if facts.name.startswith("TBackward"):
        return grad.mT if grad.ndim > 1 else grad
    return grad.transpose(facts.integer("dim0"), facts.integer("dim1"))


def permute(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """The dimensions change places, and go back."""
    dims = [each % max(1, grad.ndim) for each in facts.integers("dims")]
    return grad.permute([dims.index(each) for each in range(len(dims))])


def flip(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """The other way round."""
    return grad.flip(facts.integers("dims"))


def roll(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """Rolled back."""
    shifts, dims = facts.integers("shifts"), facts.integers("dims")
    back = [-each for each in shifts]
    return grad.roll(back, dims) if dims else grad.roll(back)


def repeat(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """What was repeated is summed."""
    repeats, shape = facts.integers("repeats"), facts.shape()
    extra = len(repeats) - len(shape)
    sizes = [*repeats[:extra]]
    for count, size in zip(repeats[extra:], shape, strict=True):
        sizes += [count, size]
    over = [*range(extra), *range(extra, len(sizes), 2)]
    return grad.reshape(sizes).sum(over) if over else grad


def unpad(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """What was put around is left out."""
    return functional.pad(grad, [-each for each in facts.integers("pad")])


def triangle(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """The same triangle of the gradient."""
    diagonal = facts.integer("diagonal")
    return grad.tril(diagonal) if facts.name.startswith("Tril") else grad.triu(diagonal)


def join(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
    """`cat`: each gets its piece."""
    (grad,), dim = grads, facts.integer("dim")
    found: list[Tensor | None] = []
    start = 0
    for shape in facts.inputs:
        if shape is None:
            return _join_by_rest(facts, grad, dim)
        size = shape[dim] if shape != (0,) else 0
        found.append(grad.narrow(dim, start, size) if size else zeros(shape, grad))
        start += size
    return tuple(found)


def _join_by_rest(facts: NodeFacts, grad: Tensor, dim: int) -> tuple[Tensor | None, ...]:
    """Give the pieces where one input asks for no gradient, whose size is what is left."""
    known = [None if shape is None else shape[dim] for shape in facts.inputs]
    rest = grad.shape[dim] - sum(size or 0 for size in known)
    sizes = [rest if size is None else size for size in known]
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    return tuple(
        None if size is None else grad.narrow(dim, start, size)
        for size, start in zip(known, starts, strict=True)
    )


def _refuse_join(facts: NodeFacts) -> str:
    absent = sum(shape is None for shape in facts.inputs)
    return "several of its inputs ask for no gradient" if absent > 1 else ""


def stack(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """Each gets its layer."""
    return grad.select(facts.integer("dim"), at)


def part(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
    """`split` and `chunk`: the pieces are put together."""
    return (_cat(grads, facts.integer("dim")),)


def unbind(facts: NodeFacts, grads: tuple[Tensor, ...]) -> tuple[Tensor | None, ...]:
    """The layers are put together."""
    dim = facts.integer("dim")
    return (_cat([grad.unsqueeze(dim) for grad in grads], dim),)


def _cat(pieces: Sequence[Tensor], dim: int) -> Tensor:
    first = pieces[0]
    size = sum(piece.shape[dim] for piece in pieces)
    shape = list(first.shape)
    shape[dim] = size
    found, start = zeros(tuple(shape), first), 0
    for piece in pieces:
        at = [slice(None)] * first.ndim
        at[dim] = slice(start, start + piece.shape[dim])
        found[tuple(at)] = piece
        start += piece.shape[dim]
    return found


_SHAPE, _PLACES = Formula("{g} in the shape from before"), Formula("{g}, dimensions put back")
_SUMMED, _PIECE = Formula("Σ {g} over what was stretched"), Formula("its piece of {g}")
_SAME = Formula("{g}")


def _moved(formula: Formula, back: object = as_before) -> NodeRule:
    return one_way(back, formula, moves=True)  # type: ignore[arg-type]


RULES: Rules = (
    {
        f"{name}Backward0": _moved(_SHAPE)
        for name in ("View", "ReshapeAlias", "UnsafeView", "Unsqueeze", "Squeeze", "Alias")
    }
    | {f"SqueezeBackward{number}": _moved(_SHAPE) for number in range(1, 6)}
    | {f"{name}Backward0": _moved(_SAME) for name in ("Clone", "ToCopy", "Contiguous")}
    | {
        "ViewBackward0": _moved(_SHAPE),
        "CopyBackwards": _moved(_SAME),
        "ExpandBackward0": _moved(_SUMMED, expand),
        "TBackward0": _moved(Formula("{g} transposed"), transpose),
        "TransposeBackward0": _moved(_PLACES, transpose),
        "TransposeBackward1": _moved(_PLACES, transpose),
        "PermuteBackward0": _moved(_PLACES, permute),
        "FlipBackward0": _moved(Formula("{g} the other way round"), flip),
        "RollBackward0": _moved(Formula("{g} rolled back"), roll),
        "RepeatBackward0": _moved(Formula("Σ {g} over what was repeated"), repeat),
        "ConstantPadNdBackward0": _moved(Formula("{g} without what was put around"), unpad),
        "TrilBackward0": _moved(Formula("{g} in the same triangle"), triangle),
        "TriuBackward0": _moved(Formula("{g} in the same triangle"), triangle),
        "CatBackward0": NodeRule(join, (_PIECE,), moves=True, refuse=_refuse_join),
        "StackBackward0": _moved(_PIECE, stack),
        "SplitBackward0": NodeRule(part, (_PIECE,), moves=True),
        "UnsafeSplitBackward0": NodeRule(part, (_PIECE,), moves=True),
        "SplitWithSizesBackward0": NodeRule(part, (_PIECE,), moves=True),
        "UnbindBackward0": NodeRule(unbind, (_PIECE,), moves=True),
    }
)
