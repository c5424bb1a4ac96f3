"""Torch's loss functions: wraps them, reads their arguments and results, writes LossCalled.

They are wrapped where `nn`'s losses and most users call them, in `torch.nn.functional`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from torch.nn import functional

from backtrace.ledger.loss_facts import LossCalled
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.embedded_ids import EmbeddedIds
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.sensors.graphs import GraphSensor
from backtrace.recording.sensors.loss_arguments import read_loss
from backtrace.recording.sensors.outputs import OutputSensor

LOSS_FUNCTIONS = (
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "cross_entropy",
    "ctc_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
)


class LossFunctionSensor:
    """Enters each outermost call of a loss function, but for those of a checkpointed part."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        graphs: GraphSensor,
        ids: EmbeddedIds,
        outputs: OutputSensor,
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._journal = accounts.journal
        self._kernel = accounts.kernel
        self._graphs = graphs
        self._ids = ids
        self._outputs = outputs
        self._nesting = Nesting()
        self._judged = DueCounts(first=5)
        self._counted = DueCounts(first=8, every=32)

    def install(self) -> None:
        """Wrap all of them."""
        for name in LOSS_FUNCTIONS:
            self._patches.wrap(functional, name, partial(self._around, name))

    @skip_in_warning_stacklevel
    def _around(self, name: str, original: Original, *args: object, **kwargs: object) -> Any:
        with self._nesting as is_outermost:
            result = original(*args, **kwargs)
        if is_outermost:
            self._notify("loss functions", self._read, name, args, kwargs, result)
        return result

    def _read(
        self, function: str, args: tuple[object, ...], kwargs: Mapping[str, object], result: object
    ) -> None:
        """Start reading what a loss function of torch's took and returned."""
        if self._graphs.is_in_backward:
            return
        where = find_caller()
        place = f"{function} {where}"
        reading = read_loss(
            self._kernel,
            function,
            args,
            kwargs,
            result,
            self._ids,
            is_judged=self._judged.is_due(place),
            is_counted=self._counted.is_due(place),
        )
        if reading is None:
            return
        self._outputs.loss_called()
        self._journal.write_read(LossCalled, reading.finish, where=where)
