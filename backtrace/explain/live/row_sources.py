"""Which rows of a batch made a gradient in a graph: what came back to each row of an operation.

A rule is linear in the gradient at the output of its operation. So the gradient of a leaf is the
sum of what the rule gives for one row of that gradient alone, the others being zero; where what the
operation kept has the same rows, only those are gone through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from backtrace.explain.derive.parts import Gap, RowShares
from backtrace.explain.derive.row_shares import (
    CANCEL,
    MIXED,
    adds_up,
    is_cancelled,
    list_rows,
)
from backtrace.explain.derive.split_rows import RowProducts, split_bias, split_table, split_weight
from backtrace.explain.graph.chains import operation_name
from backtrace.explain.live.by_hand import NodeStep, Walk
from backtrace.explain.live.kept_graph import KeptGraph, KeptNode
from backtrace.explain.live.row_layout import WITH_ALL_STEPS, RowLayout, find_layout
from backtrace.explain.live.ways import Way, find_ways, pass_along

_MEANS = "the rule, a row at a time"
_COPIES = ("ToCopy", "Clone", "Contiguous")
_NORMALIZED: dict[int, tuple[str, ...]] = {
    1: ("input", "result1", "result2"),
    2: ("input", "result1", "result2"),
}
_OF_A_NORM = ("input", "result1", "result2")
# By which inputs a leaf's rows are apart, and what the operation kept of each row beside.
_ROWS: dict[str, dict[int, tuple[str, ...]]] = {
    "Addmm": {0: (), 2: ("mat1",)},
    "Mm": {1: ("self",)},
    "Bmm": {1: ("self",)},
    "Baddbmm": {0: (), 2: ("batch1",)},
    "Mv": {1: ("self",)},
    "Convolution": {1: ("input",), 2: ("input",)},
    "Embedding": {0: ("indices",)},
    "NativeLayerNorm": {1: _OF_A_NORM, 2: _OF_A_NORM},
    "NativeGroupNorm": {1: (), 2: ()},
    "NativeBatchNorm": {1: (), 2: ()},
}


@dataclass(frozen=True)
class RowSource:
    """One way of a backward to a leaf, with the rows of what came back to its operation."""

    graph: KeptGraph
    way: Way
    kept: tuple[str, ...]
    layout: RowLayout

    @property
    def node(self) -> KeptNode:
        """The operation that the leaf went into."""
        return self.way[0][0].node

    @cached_property
    def is_sliced(self) -> bool:
        """Whether all that the operation kept of each row can be cut."""
        saved = [self.node.saved.get(name) for name in self.kept]
        tensors = [each for each in saved if isinstance(each, Tensor)]
        return bool(tensors) and all(map(self.layout.fits, tensors))

    def gradient(self, row: int) -> Tensor:
        """Return what one row gives."""
        step, at = self.way[0]
        if not self.is_sliced:
            alone = tuple(self.layout.only(each, row) for each in step.grads)
            return pass_along(self.graph, self.way, alone)
        rows = self.layout.pick(row)
        saved = {
            name: value[rows] if name in self.kept and isinstance(value, Tensor) else value
            for name, value in self.node.saved.items()
        }
        edges = tuple(edge if number == at else None for number, edge in enumerate(self.node.edges))
        way = [(replace(step, node=replace(self.node, saved=saved, edges=edges)), at)]
        grads = tuple(
            each[rows] if self.layout.fits(each) else torch.zeros_like(each) for each in step.grads
        )
        return pass_along(self.graph, [*way, *self.way[1:]], grads)


@dataclass(frozen=True)
class BackwardRows:
    """The rows behind what one backward gave a leaf; `reason` says why they are not apart."""

    sources: tuple[RowSource, ...]
    notes: tuple[str, ...] = ()
    reason: str = ""

    def split(self, whole: Tensor) -> RowProducts:
        """Return each row's norm, and its product with the whole gradient."""
        if len(self.sources) == 1 and (found := _split_at_once(self.sources[0], whole)) is not None:
            return found
        norms, products = [], []
        for row in range(self.sources[0].layout.count):
            own = sum((source.gradient(row) for source in self.sources), torch.zeros_like(whole))
            norms.append(own.norm())
            products.append((own * whole).sum())
        return RowProducts(torch.stack(norms), torch.stack(products), _MEANS)


def find_rows(
    graph: KeptGraph, walked: Walk, leaf: int, batch: Collection[int] = ()
) -> BackwardRows:
    """Return the rows behind a leaf's gradient; what they need is kept as it stands now.

    Args:
        batch: how many rows models were given, as far as that is known.
    """
    ways = list(find_ways(graph, walked, leaf))
    sources: list[RowSource] = []
    notes: dict[str, None] = {}
    nodes = [replace(node, saved={}, arrived=None, handed=None) for node in graph.nodes]
    bare = KeptGraph(nodes, [], None)
    for way in ways:
        step, at = way[0]
        if any(each.problem for each, _ in way):
            problem = next(each for each, _ in way if each.problem)
            name = operation_name(problem.node.name)
            return BackwardRows((), reason=f"not derived: {name}: {problem.problem}")
        kept = _kept_by_row(graph, step, at)
        if kept is None or not step.node.outputs or not step.node.outputs[0]:
            name = operation_name(step.node.name)
            return BackwardRows((), reason=f"the rows of a batch are not apart in {name}")
        layout, note = find_layout(graph, walked, step.node, batch)
        notes |= {note: None} if note else {}
        sources.append(_hold(RowSource(graph, way, kept, layout), bare))
    counts = {source.layout.count for source in sources}
    if len(counts) != 1 or counts == {0}:
        return BackwardRows((), reason="the rows of a batch are not the same on all ways to it")
    return BackwardRows(tuple(sources), (*notes, *_notes(walked, sources)))


def tell_rows(found: Sequence[BackwardRows], whole: Tensor, gap: Gap | None) -> RowShares:
    """Return the rows of the backwards of an update, the largest share first."""
    if reason := next((each.reason for each in found if each.reason), ""):
        return RowShares("", reason=reason)
    square = float(whole.square().sum())
    split = [each.split(whole) for each in found]
    if not adds_up(split, square):
        names = dict.fromkeys(operation_name(s.node.name) for each in found for s in each.sources)
        return RowShares("", reason=f"the rows of a batch are not apart in {', '.join(names)}")
    rows = list_rows(split, square)
    notes = dict.fromkeys(note for each in found for note in each.notes)
    notes |= {CANCEL: None} if is_cancelled(rows) else {}
    return RowShares(split[0].means, rows, len(split), gap, notes=tuple(notes))


def _kept_by_row(graph: KeptGraph, step: NodeStep, at: int) -> tuple[str, ...] | None:
    """Return what an operation kept of each row; None where its first dimension is no batch.

    Where an operand was stretched over the first dimension of the result, that is one.
    """
    known = _ROWS.get(operation_name(step.node.name))
    if known is not None:
        return known.get(at)
    edge = step.node.edges[at]
    if edge is None or not step.node.outputs:
        return None
    shape, made = graph.shape_at(edge), step.node.outputs[0]
    is_stretched = len(made) > len(shape) or (bool(shape) and shape[0] == 1 != made[0])
    return () if is_stretched else None


def _hold(source: RowSource, bare: KeptGraph) -> RowSource:
    """Return a source whose tensors nothing writes to: the program goes on before they are read.

    Of the rest of the graph, only `bare` nodes are held.
    """
    way: Way = []
    for step, at in source.way:
        saved = {name: _copy(value) for name, value in step.node.saved.items()}
        node = replace(step.node, saved=saved, arrived=None, handed=None)
        way.append((replace(step, node=node, given=()), at))
    return replace(source, graph=bare, way=way)


def _copy(value: object) -> object:
    return value.clone() if isinstance(value, Tensor) else value


def _notes(walked: Walk, sources: Sequence[RowSource]) -> Iterator[str]:
    if any(
        operation_name(step.node.name) == "NativeBatchNorm" and step.node.saved.get("training")
        for step in walked.steps.values()
    ):
        yield MIXED
    if any(each.layout.has_steps or "bmm" in each.node.name.lower() for each in sources):
        yield WITH_ALL_STEPS


def _split_at_once(source: RowSource, whole: Tensor) -> RowProducts | None:
    """Split by the products of norms, or by entries, where the operation allows it."""
    (step, at), *moves = source.way
    kind, facts = operation_name(step.node.name), source.graph.facts(step.node, torch.float64)
    rows = source.layout.by_row(step.grads[0])
    if kind == "Embedding" and not moves:
        padding, by_count = facts.integer("padding_idx"), facts.is_set("scale_grad_by_freq")
        indices = source.layout.by_row(facts.tensor("indices"))
        return split_table(indices, rows, whole, padding, by_count=by_count)
    if kind not in ("Addmm", "Mm"):
        return None
    if kind == "Addmm":
        rows = rows * facts.number("beta" if at == 0 else "alpha", 1.0)
    if kind == "Addmm" and at == 0:
        return split_bias(rows, whole) if not moves and whole.ndim == 1 else None
    turns = [name for each, _ in moves if (name := operation_name(each.node.name)) not in _COPIES]
    if turns not in ([], ["T"]):
        return None
    x = source.layout.by_row(facts.tensor("mat1" if kind == "Addmm" else "self"))
    return split_weight(x, rows, whole if turns else whole.mT)
