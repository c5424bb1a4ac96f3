"""Terms of one loss of which one is averaged over the rows of a batch, and another summed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose

from torch.autograd.graph import Node

from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved, shape_of

_BOTH = ("AddBackward0", "SubBackward0")
_MEAN, _SUM = 1, 2  # torch's own codes of a loss function's reduction
_WHOLE = 0.5  # a sum that is multiplied by less was given a weight
_MOST = 50  # nodes on the way from a loss to its terms


def find_unlike_reductions(
    roots: Sequence[Node], is_packed: Packed
) -> tuple[list[Node], tuple[int, ...]]:
    """Return the sum over rows that stands beside a mean over as many, and the shape it is of.

    A sum with a factor below one half, as of a weight or of one over the batch, is not meant, nor
    one beside a mean that is multiplied by its number of rows or more.
    """
    for root in roots:
        terms = list(_terms(root, is_packed))
        means = [shape for _, kind, factor, shape in terms if kind == _MEAN and factor < shape[0]]
        for node, kind, factor, shape in terms:
            if kind == _SUM and factor >= _WHOLE and any(shape[0] == mean[0] for mean in means):
                return [node], shape
    return [], ()


def _terms(root: Node, is_packed: Packed) -> Iterator[tuple[Node, int, float, tuple[int, ...]]]:
    """Give the reductions that a loss adds up: which, times what, and of which shape.

    A sum that is divided by the number of rows is left out, whatever else multiplies it.
    """
    waiting: list[tuple[Node, float, tuple[float, ...]]] = [(root, 1.0, ())]
    for node, factor, numbers in waiting:  # it grows
        sources = [source for source, _ in node.next_functions if source is not None]
        name = name_of(node)
        kind = _kind_of(node)
        if kind:
            shapes = [shape_of(each, at) for each, at in node.next_functions if each is not None]
            if shapes and shapes[0] and shapes[0][0] > 1:
                rows = shapes[0][0]
                is_divided = any(isclose(abs(each) * rows, 1, rel_tol=1e-6) for each in numbers)
                if kind == _MEAN or not is_divided:
                    yield node, kind, abs(factor), shapes[0]
        elif len(waiting) < _MOST and (
            name in _BOTH or (len(sources) == 1 and not is_packed(node))
        ):
            number = _number_of(node, name)
            if number is not None:
                waiting += [(each, factor * number, (*numbers, number)) for each in sources]


def _kind_of(node: Node) -> int:
    name = name_of(node)
    if name in ("MeanBackward0", "SumBackward0") and not shape_of(node):
        return _MEAN if name == "MeanBackward0" else _SUM
    return int(getattr(node, "_saved_reduction", 0))


def _number_of(node: Node, name: str) -> float | None:
    """Return by what number a node multiplies; None where it does something else."""
    if name in (*_BOTH, "NegBackward0"):
        return 1.0
    if name not in ("MulBackward0", "DivBackward0"):
        return None
    factor = read_factor(read_saved(node, "_saved_other"))
    if factor is None or not factor:
        return None
    return factor if name == "MulBackward0" else 1 / factor
