"""Clipping and unscaling: wraps both, reads `.grad` around them, writes GradsRescaled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.utils import clip_grad

from backtrace.as_data import class_module
from backtrace.ledger.events import Entry, GradsRescaled
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.sensors.edits import EditSensor
from backtrace.recording.sensors.open_steps import OpenSteps
from backtrace.recording.tensors.inspection import is_same_reading, read_stamp
from backtrace.recording.tensors.tracked import Stamp


class RescaleSensor:
    """Enters what such a call found and left, of the gradients that it rewrote."""

    def __init__(
        self,
        instrument: Instrument,
        accounts: TensorAccounts,
        edits: EditSensor,
        open_steps: OpenSteps,
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._journal = accounts.journal
        self._edits = edits
        self._open_steps = open_steps
        self._nesting = Nesting()
        self._before: dict[str, Stamp | None] | None = None  # while a call is not entered

    def install(self) -> None:
        """Wrap torch's clipping, in both modules where it is found, and `GradScaler.unscale_`."""
        wrap = self._patches.wrap
        for name in ("clip_grad_norm_", "clip_grad_value_"):
            for module in (torch.nn.utils, clip_grad):
                wrap(module, name, partial(self._around, name))
        # Whoever imported clip_grad_norm_ by name before still calls this one through its module.
        wrap(clip_grad, "_clip_grads_with_norm_", partial(self._around, "clip_grad_norm_"))
        wrap(torch.amp.GradScaler, "unscale_", partial(self._around, "unscale_"))
        clip = partial(self._around, "clip_grad_norm_")  # FSDP1's own, over all ranks
        self._patches.wrap_in_subclasses(nn.Module, "clip_grad_norm_", clip, only=_is_of_fsdp)

    @skip_in_warning_stacklevel
    def _around(self, call: str, original: Original, *args: object, **kwargs: object) -> Any:
        with self._nesting as is_outermost:
            if not is_outermost:
                return original(*args, **kwargs)
            self._notify(call, self._began)
            has_returned = False
            try:
                result = original(*args, **kwargs)
                has_returned = True
                self._notify(call, self._ended, call, args, kwargs)
            except BaseException:  # Ctrl-C: it may have rewritten some, and is not entered yet
                self._notify(call, self._ended, call, args, kwargs, failed=not has_returned)
                raise
            return result

    def record(self, call: str, rescale: Callable[[], None]) -> None:
        """Change gradients by a call of our own, and enter it as one of torch's."""
        self._began()
        rescale()
        self._ended(call)

    def _began(self) -> None:
        """Remember the gradients before clipping or unscaling."""
        self._edits.look(("grad",))
        self._before = {t.name: t.grad for t, _ in self._register}

    def _ended(
        self,
        call: str,
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] = {},
        *,
        failed: bool = False,
    ) -> None:
        """Enter the gradients that a call with these arguments rewrote; if it failed, if any."""
        before = self._before
        if before is None:
            return
        limit = _limit(call, *args, **kwargs)
        pairs = list(self._register)
        written = {t.name for t, x in pairs if t.has_stale_grad(x)}
        self._inspector.restamp_grads(pairs)  # all of them: unscaling does not raise the version
        stamps = [(t.name, before.get(t.name), t.grad) for t, _ in pairs]

        def find_read() -> dict[str, object] | None:
            entries = {}
            for name, old, new in stamps:
                found, left = read_stamp(old), read_stamp(new)
                if name in written or not is_same_reading(found, left):
                    entries[name] = Entry(found, left)
            return {"grads": entries} if entries or not failed else None

        self._journal.write_read(GradsRescaled, find_read, call=call, limit=limit)
        self._before = None
        self._open_steps.reread_grads()


def _is_of_fsdp(cls: type) -> bool:
    return class_module(cls).startswith("torch.distributed.fsdp")


def _limit(
    call: str,
    target: object = None,
    max_norm: object = None,
    *args: object,
    clip_value: object = None,
    **kwargs: object,
) -> float | None:
    """Return what a clipping call was told to keep to; None for unscaling, or a tensor."""
    told = max_norm if clip_value is None else clip_value
    return read_number(told) if isinstance(told, int | float) and call.startswith("clip") else None
