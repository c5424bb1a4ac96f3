"""One gradient that was asked for, gathered over the backwards of an update, and its derivation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from backtrace.explain.derive.capture import widen
from backtrace.explain.derive.derivation import put_together
from backtrace.explain.derive.observed import ObservedUpdate
from backtrace.explain.derive.parts import Derivation, ElementSum, Factor, Link, RowShares
from backtrace.explain.derive.tensor_numbers import from_reading, measure_gap
from backtrace.explain.derive.walk_back import BatchDerivation
from backtrace.explain.live.backward_seen import BackwardSeen
from backtrace.explain.live.element_sum import sum_element
from backtrace.explain.live.given_input import list_remarks
from backtrace.explain.live.graph_links import GraphTold, graph_links, letter_of
from backtrace.explain.live.kept_graph import KeptGraph
from backtrace.explain.live.labels import Labels, place_of
from backtrace.explain.live.rounding import ROUNDINGS, WalkedTwice, measure_apart
from backtrace.explain.live.row_sources import BackwardRows, find_rows, tell_rows
from backtrace.explain.live.stages import chain_rule, find_stages
from backtrace.ledger.events import GradsRescaled
from backtrace.ledger.updates import Update


@dataclass
class AskedGradient:
    """A leaf's gradient: what each backward gave, by hand, and `.grad` before and after them.

    Args:
        index: the element that was asked for, if one was.
        at_step: `.grad` as the step read it.
        rows: of each backward, which rows of the batch gave it; None where that is not asked for.
    """

    name: str
    leaf: Tensor
    index: tuple[int, ...] | None = None
    owner: str = ""
    rows: list[BackwardRows] | None = None
    walks: list[BatchDerivation] = field(default_factory=list)
    chain: tuple[str, str] = ("", "")
    places: list[str] = field(default_factory=list)
    element: ElementSum | None = None
    held: Tensor | None = None
    grad: Tensor | None = None
    at_step: Tensor | None = None
    notes: dict[str, None] = field(default_factory=dict)

    def take(self, walked: WalkedTwice, seen: BackwardSeen, node: int) -> None:
        """Take in one backward, just after it returned.

        Where `.grad` is no longer what the backward before left, it has been cleared: that one is
        forgotten.
        """
        held, labels = seen.held[node], seen.labels
        if self.walks and not _is_same(held, self.grad):
            self.walks, self.places, self.notes = [], [], {}
            self.rows = None if self.rows is None else []
        told = GraphTold(walked.graph, walked.exact, labels)
        stages = find_stages(walked.graph, walked.exact, node)
        is_first = not self.walks
        leading = seen.added.get(node, ())
        is_lost = any(step.node.index in leading for step in walked.exact.not_derived)
        found = BatchDerivation(
            links=graph_links(told, stages, self.name) if is_first else [],
            grad=None if is_lost else walked.exact.leaves.get(node),
            magnitude=_magnitude(walked, node, self.leaf.dtype),
            depth=len(stages),
        )
        if is_first:
            self.held = None if held is None else widen(held)
            self.chain = chain_rule(stages, *letter_of(self.name))
            if self.index is not None:
                self.element = sum_element(told, node, self.index)
        self.walks.append(found)
        if self.rows is not None:
            self.rows.append(find_rows(walked.graph, walked.exact, node, seen.batch))
        self.places.append(seen.where)
        self.grad = None if self.leaf.grad is None else widen(self.leaf.grad.to_dense()).clone()
        self.notes.update(dict.fromkeys(_list_parts(walked, labels, node)))
        if node in seen.added:
            self.notes.update(dict.fromkeys(list_remarks(seen, node, found.grad)))

    def before_step(self) -> None:
        """Keep `.grad` as the step is about to read it."""
        grad = self.leaf.grad
        self.at_step = None if grad is None else widen(grad.to_dense()).clone()

    def derive(
        self,
        update: Update,
        earlier: list[Update],
        *,
        target: str,
        rescaled: Sequence[GradsRescaled],
        notes: Sequence[str] = (),
    ) -> Derivation:
        """Return the derivation, once the update is over."""
        seen = ObservedUpdate(
            update=update,
            earlier=earlier,
            loss=update.loss if update.loss is not None else float("nan"),
            micro_batches=[],
            parts=1,
            dtype=self.leaf.dtype,
            held=self.held,
            grad=self.grad,
            at_step=self.at_step,
            rescaled=tuple(rescaled),
        )
        more = [*self.notes, *notes]
        if len(self.walks) > 1:
            lines = ", ".join(dict.fromkeys(filter(None, self.places)))
            told = f"the links are those of backward 1 of {len(self.walks)}"
            more.append(f"{told} ({lines})" if lines else told)
        first, *others = self.walks
        found = put_together(
            self.name,
            tuple(self.leaf.shape),
            [replace(first, links=_with_output(first.links, update)), *others],
            seen,
            chain=self.chain,
            target=target,
            notes=(*more, *update.notes),
            element=self._element(),
            batch="backward",
        )
        return found if self.rows is None else replace(found, rows=self._tell_rows())

    def _tell_rows(self) -> RowShares:
        """Return the rows behind what the backwards added."""
        assert self.rows is not None
        grads = [each.grad for each in self.walks if each.grad is not None]
        if not grads or len(grads) < len(self.walks):
            return RowShares("", reason="not derived")
        whole, gap = torch.stack(grads).sum(0), None
        if self.grad is not None:
            added = self.grad if self.held is None else self.grad - self.held
            sizes = [each.magnitude for each in self.walks]
            sizes += [] if self.held is None else [float(self.held.abs().max())]
            depth = self.walks[0].depth + len(grads) - 1
            gap = measure_gap(whole, added, sizes, self.leaf.dtype, depth)
        return tell_rows(self.rows, whole, gap)

    def _element(self) -> ElementSum | None:
        """Return the element that was asked for, with what `.grad` held and what it is now."""
        if self.element is None or self.index is None:
            return None
        held = 0.0 if self.held is None else float(self.held[self.index])
        others = sum(
            float(each.grad[self.index]) for each in self.walks[1:] if each.grad is not None
        )
        return replace(
            self.element,
            held=held + others,
            seen=None if self.grad is None else float(self.grad[self.index]),
        )


def _with_output(links: list[Link], update: Update) -> list[Link]:
    """Return the links with ŷ, where a loss written by hand keeps no more than a difference."""
    outputs = [each for each in update.given if each.is_model and not each.place]
    numbers = from_reading(outputs[0].output) if outputs else None
    if not links or update.scored or numbers is None or len({o.module for o in outputs}) > 1:
        return links
    shown = Factor("ŷ = the model's output", r"\hat{y}", numbers)
    return [replace(links[0], factors=(shown, *links[0].factors)), *links[1:]]


def _list_parts(walked: WalkedTwice, labels: Labels, node: int) -> list[str]:
    """Say what was not derived on the way to a leaf, and where autograd went another way."""
    graph: KeptGraph = walked.graph
    leads = graph.leading_to([node])
    counts: dict[str, int] = {}
    for step in walked.exact.not_derived:
        if leads[step.node.index]:
            said = f"{place_of(step.node, labels)} is not derived: {step.problem}"
            counts[said] = counts.get(said, 0) + 1
    found = [f"{said} ({count} times)" if count > 1 else said for said, count in counts.items()]
    arrived = graph.nodes[node].arrived
    hand = walked.exact.leaves.get(node)
    if hand is None or not arrived or arrived[0] is None:
        return found
    if measure_apart(hand, arrived[0]) > walked.bound(node):
        first = walked.find_parting()
        at = (
            "at the leaf itself"
            if first is None
            else f"at the output of {place_of(first.node, labels)}"
        )
        found.append(
            f"autograd's gradient is another one first {at}: a hook changed it, or a rule is wrong"
        )
    return found


def _magnitude(walked: WalkedTwice, node: int, dtype: torch.dtype) -> float:
    """Return what `measure_gap` is to multiply, so that it lets pass what the walks say."""
    if node not in walked.exact.leaves:
        return 0.0
    eps = torch.finfo(dtype).eps
    return walked.apart(node) / eps if eps > 1e-4 else walked.bound(node) / (ROUNDINGS * eps)


def _is_same(held: Tensor | None, before: Tensor | None) -> bool:
    if held is None or before is None or held.shape != before.shape:
        return held is before
    return bool(torch.allclose(widen(held), before, rtol=0, atol=0, equal_nan=True))
