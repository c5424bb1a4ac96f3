"""Triplet losses: wraps `triplet_margin_loss`, reads how far apart its embeddings are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch.nn import functional

from backtrace.as_data import is_on
from backtrace.ledger.loss_facts import TripletCalled
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.triplets import read_distances
from backtrace.recording.sensors.graph.autograd_nodes import name_of
from backtrace.recording.sensors.graphs import GraphSensor
from backtrace.recording.sensors.loss_arguments import bind_arguments, is_readable

_PARTS = ("anchor", "positive", "negative")
_PICKING = ("Index", "Gather", "TakeAlong")


class TripletSensor:
    """Enters each call whose anchors carry a gradient."""

    def __init__(
        self, instrument: Instrument, accounts: TensorAccounts, graphs: GraphSensor
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._journal = accounts.journal
        self._kernel = accounts.kernel
        self._graphs = graphs

    def install(self) -> None:
        """Wrap it."""
        self._patches.wrap(functional, "triplet_margin_loss", self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, *args: object, **kwargs: object) -> Any:
        result = original(*args, **kwargs)
        self._notify("loss functions", self._read, args, kwargs)
        return result

    def _read(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
        given = bind_arguments("triplet_margin_loss")(*args, **kwargs)
        margin, p = given.get("margin", 1.0), given.get("p", 2)
        if self._graphs.is_in_backward or not all(is_readable(given.get(x)) for x in _PARTS):
            return
        if not given["anchor"].requires_grad:
            return
        if type(margin) not in (int, float) or type(p) not in (int, float) or p != 2:
            return
        if not margin > 0 or is_on(given.get("swap")):
            return
        numbers = read_distances(self._kernel, given, margin)
        if numbers is None:
            return
        makers = [given[name].grad_fn for name in _PARTS[1:]]  # plain tensors by now
        is_picked = any(each is not None and name_of(each).startswith(_PICKING) for each in makers)

        def finish() -> dict[str, Any]:
            loss, near, far = numbers.found
            facts = {"margin": margin + 0.0, "loss": loss, "near": near, "far": far}
            return {**facts, "is_picked": is_picked}

        self._journal.write_read(TripletCalled, finish, where=find_caller())
