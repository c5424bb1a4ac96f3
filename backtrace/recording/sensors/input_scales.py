"""What a model is given in training, and in evaluation: writes EvaluatedInputs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from backtrace.ledger.layer_facts import EvaluatedInputs, Scale
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.kernels.fingerprints import first_batch, measure_spread
from backtrace.recording.kernels.leaves import Leaves

_TRAINED, _EVALUATED = 4, 3  # batches of each that are measured
_ROWS, _ELEMENTS = 4, 128  # a smaller batch says little of the others


class InputScaleSensor:
    """Measures the first batches of real numbers of each model, in both of its modes.

    `awaited` has, by the id of each model, in which mode its next call is to be measured: it is
    asked before each call of a model, and by none that both were measured of.
    """

    def __init__(self, accounts: TensorAccounts) -> None:
        self._register = accounts.register
        self._journal = accounts.journal
        self.awaited: dict[int, bool] = {}
        self._trained: dict[int, list[tuple[Scale, torch.Size]]] = {}
        self._evaluated: dict[int, int] = {}

    def follow(self, module: nn.Module) -> None:
        """A model came into view: begin with what it is given in training."""
        key = id(module)
        self.awaited[key], self._trained[key], self._evaluated[key] = True, [], 0

    def model_called(
        self, module: nn.Module, inputs: Leaves, *, is_training: bool, takes_grad: bool
    ) -> None:
        """A model was called in the mode that is awaited of it, with a graph if `takes_grad`."""
        batch = first_batch(inputs)
        if batch is None or takes_grad is not is_training or not _is_measurable(batch):
            return
        key = id(module)
        trained, shape = self._trained[key], batch.shape[1:]
        if is_training:
            trained.append((Scale(*measure_spread(batch)), shape))
            self.awaited[key] = len(trained) < _TRAINED
            return
        if any(shape != known for _, known in trained):
            return
        scale = Scale(*measure_spread(batch))
        self._journal.write(
            EvaluatedInputs,
            module=self._register.name_of(module),
            scale=scale,
            trained=tuple(known for known, _ in trained),
        )
        self._evaluated[key] += 1
        if self._evaluated[key] == _EVALUATED:
            del self.awaited[key]


def _is_measurable(batch: Tensor) -> bool:
    return (
        batch.is_cpu
        and not batch.requires_grad
        and batch.dim() > 1
        and batch.shape[0] >= _ROWS
        and batch.numel() >= _ELEMENTS
    )
