"""What a backward is about to walk: reads autograd's graph; writes GraphSeen, BackwardFailed.

Nothing is kept alive by it: names are marks on the graph's own nodes, and a graph is read while
the user still holds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.graph import Node, saved_tensors_hooks

from backtrace.ledger.facts import BackwardFailed
from backtrace.ledger.graph_facts import LayersBare
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loss_facts import DrawCut
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.failure import tell_error
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.kernels.kernel import UNREAD, Slot
from backtrace.recording.kernels.scalars import is_not_finite
from backtrace.recording.sensors.embedded_ids import EmbeddedIds
from backtrace.recording.sensors.graph.activations import read_activations
from backtrace.recording.sensors.graph.attention import find_directions
from backtrace.recording.sensors.graph.autograd_nodes import in_order, leaf_of, walk
from backtrace.recording.sensors.graph.axes import read_axes
from backtrace.recording.sensors.graph.called_modules import CalledModules
from backtrace.recording.sensors.graph.cut_draws import CutDraws
from backtrace.recording.sensors.graph.divergences import find_outweighed
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graph.early_ratios import read_early
from backtrace.recording.sensors.graph.flat_operations import find_flat_operations
from backtrace.recording.sensors.graph.given_inputs import GivenInputs
from backtrace.recording.sensors.graph.held_graphs import HeldGraphs
from backtrace.recording.sensors.graph.linear_chains import find_linear_chain
from backtrace.recording.sensors.graph.loss_addends import read_addends
from backtrace.recording.sensors.graph.loss_path import LossPath, find_on_the_way, read_path
from backtrace.recording.sensors.graph.masked_values import find_masked
from backtrace.recording.sensors.graph.node_stacks import NodeStacks
from backtrace.recording.sensors.graph.operations import find_operations
from backtrace.recording.sensors.graph.origin_places import OriginPlaces
from backtrace.recording.sensors.graph.packed_spans import PackedSpans
from backtrace.recording.sensors.graph.regroupings import read_regroupings
from backtrace.recording.sensors.graph.scored_padding import find_scored_padding
from backtrace.recording.sensors.graph.shares import read_shared
from backtrace.recording.sensors.graph.steep_slopes import find_steep_slope
from backtrace.recording.sensors.graph.unlike_reductions import find_unlike_reductions
from backtrace.recording.sensors.ids_in_graphs import find_by_ids
from backtrace.recording.sensors.outputs import OutputSensor
from backtrace.recording.sensors.parameters import ParameterSensor
from backtrace.recording.tensors.hidden import track_hidden

if TYPE_CHECKING:
    from backtrace.recording.sensors.drawn_graphs import GraphDrawer

_LONGEST_ERROR = 500  # characters


class GraphSensor:
    """Told of every module's call and every backward, as they happen; `draws` graphs as well."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        parameters: ParameterSensor,
        outputs: OutputSensor,
        ids: EmbeddedIds,
        *,
        draws: bool = False,
    ) -> None:
        self._patches = instrument.patches
        self._switches = instrument.switches
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._parameters = parameters
        self._outputs, self._ids = outputs, ids
        self._drawer = _make_drawer(instrument, accounts) if draws else None
        self._packed = PackedSpans()
        self.is_packed = self._packed.covers
        self.calls = CalledModules(self._register)
        self.draws = CutDraws()
        self._held = HeldGraphs()
        self._given = GivenInputs()
        self._places = OriginPlaces(self._given, self._packed.covers, self._name_of)
        self._stacks = NodeStacks()
        self._whole = DueCounts(first=3)
        self._origins = DueCounts(first=5)
        self.is_in_backward = False
        self._loss: Slot | None = None
        self._bare: set[tuple[str, tuple[str, ...]]] = set()  # layers told of, by their backward

    def install(self) -> None:
        """Tap the manager that saved-tensor hooks are put on with, which checkpointing uses too.

        That works in every thread, and while paused: a graph may be made then and walked later.
        """
        what = "saved-tensor hooks"
        self._patches.tap(saved_tensors_hooks, "__enter__", what, self._packed.began)
        self._patches.tap(saved_tensors_hooks, "__exit__", what, self._packed.ended)
        self._switches.append(lambda on: self._stacks.switch(on=on))
        self._patches.on_close(lambda: self._stacks.switch(on=False))
        if self._drawer is not None:
            self._drawer.install()

    def model_called(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
        """A model returned that was given these."""
        self._given.take(args, kwargs)

    def backward_began(self, roots: Sequence[Tensor], *, retain_graph: bool) -> None:
        """A backward from `roots` is about to walk the graph, which is still whole."""
        self.is_in_backward = True
        self._outputs.backward_began()
        try:
            with torch._C.DisableTorchFunction():
                self._write_graph(roots, retain_graph)
        finally:
            self.calls.start_over()

    def backward_ended(self) -> None:
        """It returned."""
        self.is_in_backward = False
        if self._stacks.place:
            self._stacks.switch(on=True)
        if self._drawer is not None:
            self._drawer.backward_ended()

    def backward_failed(self, error: BaseException) -> None:
        """It raised."""
        self.is_in_backward = False
        if self._drawer is not None:
            self._drawer.backward_ended()
        self._journal.write(BackwardFailed, error=tell_error(error)[:_LONGEST_ERROR])

    def _write_graph(self, roots: Sequence[Tensor], retain_graph: bool) -> None:
        nodes = [root.grad_fn for root in roots if root.grad_fn is not None]
        held: list[int] = []
        path: tuple[Op, ...] = ()
        models: dict[str, None] = {}
        unread: dict[str, None] = {}
        paths = [read_path(node, self._packed.covers) for node in nodes]
        for node, found in zip(nodes, paths, strict=True):
            held.append(self._held.take(node, found.ends))
            path += found.operations
            models |= dict.fromkeys(found.models)
            unread[found.unread] = None
        where = find_caller()
        is_wanted = bool(self._stacks.place) and self._stacks.backward_began(where)
        is_bad = self._is_not_finite(roots) and self._origins.is_due(where)
        kinds = f"{where} {len(self._register.modules)} {self._register.optimizers_met}"
        whole: dict[str, Any] = {}
        if self._whole.is_due(kinds) or is_bad or is_wanted:
            whole = self._read_whole(nodes, paths, where, is_bad=is_bad)
        if self._drawer is not None:
            whole["drawn"] = self._drawer.backward_began(roots, where, self._packed.covers)
        self._journal.write(
            GraphSeen,
            where=where,
            requires_grad=True in [root.requires_grad for root in roots],
            path=path,
            models=tuple(models),
            retain=retain_graph,
            held=max(held, default=0),
            unread="; ".join(filter(None, [*unread, whole.pop("unread", "")])),
            **whole,
        )

    def _is_not_finite(self, roots: Sequence[Tensor]) -> bool:
        """Whether the loss is not finite; of one on a device, whether the one before was not.

        Nobody is to wait for the device. Where a loss was not finite, the next one is not, either.
        """
        if len(roots) != 1 or roots[0].numel() != 1:
            return False
        if not (self._inspector.is_late and roots[0].is_cuda):
            return is_not_finite(roots[0])
        before, self._loss = self._loss, self._kernel.read([roots[0].detach()])[0]
        if before is None or before.reading is UNREAD or isfinite(before.total):
            return False
        return is_not_finite(roots[0])

    def _read_whole(
        self, roots: Sequence[Node], paths: Sequence[LossPath], where: str, *, is_bad: bool
    ) -> dict[str, Any]:
        nodes = list(dict.fromkeys(node for root in roots for node in walk(root)))
        self._write_draws(nodes)
        leaves = [leaf for node in nodes if (leaf := leaf_of(node)) is not None]
        unknown = [leaf for leaf in leaves if self._register.find(leaf) is None]
        if unknown and track_hidden(self._register, unknown):
            self._parameters.announce()
        names = [name for leaf in leaves for name in self._register.names_behind(leaf)]
        loose = [each for each in leaves if type(each) is Tensor and self._name_of(each) is None]
        packed = sum(map(self._packed.covers, nodes))
        ordered = in_order(nodes)
        ahead, causal = find_directions(ordered, self._packed.covers)
        flat, flattening = find_flat_operations(ordered, self._packed.covers, self._name_of)
        origin, begun = self._places.take(nodes, is_bad=is_bad)
        known = {"ahead": [] if causal else ahead, **find_on_the_way(paths), **flattening}
        known["first_nonfinite"] = begun
        known["linear_chain"] = self._find_bare_layers(ordered, where)
        activations, known["saturated"] = read_activations(ordered, self._packed.covers)
        return {
            "is_whole": True,
            "nodes": len(nodes),
            "reached": tuple(names),
            "called": self.calls.called,
            "blind": self.calls.blind,
            "without_grad": self.calls.without_grad,
            "checkpointed": self.calls.checkpointed,
            "frozen": self.calls.frozen,
            "called_at": self.calls.lines_without(names),
            "activations": activations,
            "steep": find_steep_slope(ordered, self._packed.covers),
            "ahead": len(ahead),
            "flat": flat,
            "causal": len(causal),
            "loose": len(loose),
            "first_nonfinite": origin,
            "unread": f"what {packed} nodes saved, for hooks have packed it" if packed else "",
            **self._read_lines(roots, ordered, where, known),
        }

    def _find_bare_layers(self, nodes: Sequence[Node], where: str) -> list[Node]:
        """Write down, once for each backward's line, which linear layers follow each other bare."""
        names, places = find_linear_chain(nodes, self._name_of)
        if names and (where, names) not in self._bare:
            self._bare.add((where, names))
            self._journal.write(LayersBare, where=where, layers=names)
        return places

    def _write_draws(self, nodes: Sequence[Node]) -> None:
        for draw in self.draws.find_in(nodes, self._packed.covers):
            told: dict[str, Any] = {"distribution": draw.kind, "is_scored": draw.is_scored}
            self._journal.write(DrawCut, where=draw.where, **told)

    def _read_lines(
        self,
        roots: Sequence[Node],
        nodes: Sequence[Node],
        where: str,
        known: Mapping[str, list[Node]],
    ) -> dict[str, Any]:
        """Return what is found in operations of the user's; the lines of these and of `known`."""
        packed = self._packed.covers
        found = {
            **find_operations(roots, nodes, packed, self._ids.are_filled),
            **find_by_ids(nodes, packed, self._ids),
        }
        shared, shared_at = read_shared(found["shares"], packed)
        regrouped = read_regroupings(nodes, packed)
        sums, summed = find_unlike_reductions(roots, packed)
        masked, behind = find_masked(nodes, packed)
        addends, cut_term, of_sums, cut_at = read_addends(roots, packed)
        of_words = {"regrouped": list(regrouped.values()), "summed": sums}
        of_words["outweighed"], outweighed = find_outweighed(roots, nodes, packed)
        axes: dict[str, tuple[Any, list[Node]]] = {
            **read_axes(roots, nodes, packed),
            "early_ratios": read_early(
                nodes, packed, self._register, is_asked=self._stacks.was_asked(where)
            ),
            "padded_scores": find_scored_padding(roots, packed, self._ids.known),
        }
        of_axes = {name: places for name, (_, places) in axes.items()}
        all_found = {**found, **of_words, **of_axes, "masked": behind, **of_sums, **known}
        return {
            **{name: len(some) for name, some in found.items()},
            **{name: told for name, (told, _) in axes.items()},
            "regrouped": tuple(regrouped),
            "summed": summed,
            "masked": masked,
            "outweighed": outweighed,
            "addends": addends,
            "cut_term": cut_term,
            "shared": shared,
            "lines": self._stacks.lines(where, all_found) | cut_at | shared_at,
        }

    def _name_of(self, leaf: Tensor) -> str | None:
        return next(iter(self._register.names_behind(leaf)), None)


def _make_drawer(instrument: Instrument, accounts: TensorAccounts) -> GraphDrawer:
    """Load what describes graphs, which few recordings ask for."""
    from backtrace.recording.sensors.drawn_graphs import GraphDrawer

    return GraphDrawer(instrument, accounts)
