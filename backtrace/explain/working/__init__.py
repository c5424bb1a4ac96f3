"""Rules worked out with the numbers of one call: one file per family, as the rules are."""

from __future__ import annotations

from torch import nn

from backtrace.explain.working import activations, attention, losses, norms, recurrent
from backtrace.explain.working.worked import GivenCall, LossWorking, Working, Workings

_TABLE: Workings = {}
for _family in (activations, attention, norms, recurrent):
    _TABLE.update(_family.WORKINGS)


def work_out(module: nn.Module, call: GivenCall, wanted: str) -> Working | None:
    """Return a layer's working for a parameter ('' for its input); None if there is none."""
    work = _TABLE.get(type(module))
    return None if work is None else work(module, call, wanted)


def work_out_loss(module: nn.Module, call: GivenCall) -> LossWorking | None:
    """Return a loss's working; None if there is none."""
    work = losses.LOSSES.get(type(module))
    return None if work is None else work(module, call)
