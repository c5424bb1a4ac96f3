"""Stands between the user's training and our own code: nothing of ours gets out."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache

import torch
from torch import Tensor
from torch.utils._python_dispatch import _disable_current_modes
from torch.utils.hooks import unserializable_hook

from backtrace.interrupts import comes_from_user

_HAS_CUDA = torch.version.cuda is not None
Function = Callable[..., None]
# What compiles each frame that is entered, None where nothing does; not every torch tells.
_find_compiler: Callable[[], object] = getattr(
    torch._C._dynamo.eval_frame,
    "get_eval_frame_callback",
    lambda: sys.modules.get("torch._dynamo"),
)
ReportFailure = Callable[[str, str], None]  # what was not recorded, and why


class ErrorBoundary:
    """Calls our own code, in the thread that began recording, and swallows what it raises.

    What we do to a tensor of the user's own class runs nothing of that class's. What was not
    recorded is told to `report_failure`. `is_active` while recording;
    `is_reading` while, besides, it is not paused. `deferred` is what `raise_deferred` is to raise.
    """

    def __init__(self, report_failure: ReportFailure) -> None:
        self._report_failure = report_failure
        self._thread = threading.get_ident()
        self._is_settled = True
        self._not_compiled: Callable[..., None] | None = None
        self.deferred: BaseException | None = None
        self._has_captured = False
        self._has_run = False  # what a hook of a leaf called last
        self.is_active = False
        self.is_reading = False
        self.is_in_backward = False

    def raise_deferred(self) -> None:
        """Raise what a signal's handler raised, the script's or Python's, while autograd worked.

        Without us it would have been raised when autograd was done, as it does not run Python.
        """
        error, self.deferred = self.deferred, None
        if error is not None:
            raise error

    def open(self) -> None:
        """Begin to pass calls on."""
        self.is_active = self.is_reading = True
        _watch_forks()
        _open.add(self)

    def close(self) -> None:
        """Pass on nothing more."""
        self.is_active = self.is_reading = False
        _open.discard(self)

    def guard(self, what: str, function: Function) -> Function:
        """Return `function` as a hook: silent in compiled code and in other threads."""

        def guarded(*args: object, **kwargs: object) -> None:
            if not torch.compiler.is_compiling() and not self.is_elsewhere():
                self.notify(what, function, *args, **kwargs)

        return guarded

    def guard_leaf(
        self,
        what: str,
        function: Callable[[Tensor], None],
        is_due: Callable[[], bool] | None = None,
    ) -> Callable[[Tensor | None], None]:
        """As `guard`, but for autograd's own threads, which run the hooks of other devices.

        Where `is_due`, if it is given, says that there is nothing to do, nothing is called.
        """

        def guarded(tensor: Tensor | None) -> None:
            if tensor is None:  # of an output that the loss leaves out, under a wrapper of torch's
                return
            if torch.compiler.is_compiling() or (is_due is not None and not is_due()):
                return
            if not self._is_settled or threading.get_ident() != self._thread:
                with torch._C.DisableTorchFunction():  # else `is_cpu` is told to the tensor's class
                    if tensor.is_cpu and self.is_away():
                        return
            self._has_run = False
            try:
                self.notify(what, function, tensor)
            except BaseException as error:  # the script's own, or Ctrl-C, would cut autograd short
                if not self.is_in_backward:  # nobody would raise it later
                    raise
                self.deferred = self.deferred or error
                if not self._has_run:
                    self.notify(what, function, tensor)

        unserializable_hook(guarded)  # type: ignore[no-untyped-call]
        return guarded

    def await_training(self) -> None:
        """Record the thread in which the first backward or step is, not the one that began."""
        self._is_settled = False

    def settle(self) -> None:
        """Stay with this thread, which trains."""
        self._is_settled = True

    def shield(self, what: str, function: Function) -> Function:
        """Return `function` with its failures kept in, and nothing else changed about it.

        That is for what is called at every module's call, and leaves the modes of autograd alone.
        """

        def shielded(*args: object) -> None:
            if torch.compiler.is_compiling():
                return
            try:
                with torch._C.DisableTorchFunction():
                    function(*args)
            except Exception as error:
                self._report(what, error)

        return shielded

    def is_away(self) -> bool:
        """Whether this is another thread than the recorded one.

        Those in which autograd runs a backward on a device are none: the recorded one waits for
        them. Python did not start them, so it does not list them.
        """
        here = threading.get_ident()
        if not self._is_settled:
            self._thread = here
        if here == self._thread:
            return False
        return not self.is_in_backward or here in [each.ident for each in threading.enumerate()]

    def is_elsewhere(self) -> bool:
        """Whether this is another thread than the recorded one; that is said once."""
        if self.is_away():
            reason = "only the thread that started recording is tracked"
            self.notify("other threads", self._report_failure, "what other threads do", reason)
            return True
        return False

    def notify(self, what: str, function: Function, *args: object, **kwargs: object) -> None:
        """Call a function of ours; its failure is no concern of the user's training.

        `what` is being recorded by it, in the user's words.
        """
        if not self.is_active:
            return
        if torch._C._get_tracing_state() is not None:
            self._report_traced()
            return
        if _HAS_CUDA and self._is_captured():
            return
        if _find_compiler() is None:
            self._call(what, function, *args, **kwargs)
            return
        # Called out of a compiled function, our own code must not be compiled with it.
        if self._not_compiled is None:
            self._not_compiled = torch.compiler.disable(self._call)  # type: ignore[no-untyped-call]
        self._not_compiled(what, function, *args, **kwargs)

    def notify_quickly(self, what: str, function: Function, *args: object) -> None:
        """Call a function that makes no tensors: the modes of autograd are left as they are."""
        if self.is_active and torch._C._get_tracing_state() is None:
            if _HAS_CUDA and self._is_captured():
                return
            try:
                with torch._C.DisableTorchFunction():
                    function(*args)
            except Exception as error:
                self._report(what, error)

    def _call(self, what: str, function: Function, *args: object, **kwargs: object) -> None:
        wants_grad = torch.is_grad_enabled()
        try:
            with torch._C.DisableTorchFunction():  # modes, too, are told nothing
                try:
                    torch._C._set_grad_enabled(False)  # as `torch.no_grad`, in a tenth of the time
                    if torch._C._len_torch_dispatch_stack() or torch.is_inference_mode_enabled():
                        if _are_tensors_fake():
                            self._report_faked()
                            return
                        with _without_modes():
                            function(*args, **kwargs)
                    else:
                        function(*args, **kwargs)
                finally:
                    torch._C._set_grad_enabled(wants_grad)
            self._has_run = True
        except Exception as error:
            self._report(what, error)

    def _is_captured(self) -> bool:
        """Whether a CUDA graph is being captured; that is said once, when it is over.

        What we launched meanwhile would be in the graph, and waiting for it would break it.
        """
        if torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing():  # type: ignore[no-untyped-call]
            self._has_captured = True
            return True
        if self._has_captured:
            self._has_captured = False
            reason = "its replays must hold nothing of ours; what they change is seen afterwards"
            self._report_failure("what is captured into a CUDA graph", reason)
        return False

    def _report_traced(self) -> None:
        """Say once that `torch.jit.trace` writes down every operation, and would ours as well."""
        self._report_failure("what torch.jit.trace runs", "its graph must hold nothing of ours")

    def _report_faked(self) -> None:
        """Say once that fake tensors have no numbers: each that is asked for makes a symbol.

        Of that symbol `make_fx` and `torch.export` would want to know where it comes from.
        """
        self._report_failure("what runs on fake tensors", "they have no numbers to read")

    def _report(self, what: str, error: Exception) -> None:
        if comes_from_user(error):
            raise error
        try:
            text = str(error)
            kind = f"{type(error).__name__} while it was recorded"
            self._report_failure(what, f"{kind}: {text}" if text else kind)
        except Exception as another:
            if comes_from_user(another):
                raise


def _are_tensors_fake() -> bool:
    return torch._C._get_dispatch_mode(torch._C._TorchDispatchModeKey.FAKE) is not None


@contextmanager
def _without_modes() -> Iterator[None]:
    """Hide our operations from modes that count, replace or write down every operation."""
    with ExitStack() as stack:
        if torch._C._len_torch_dispatch_stack():
            stack.enter_context(_disable_current_modes())
        if torch.is_inference_mode_enabled():  # else what we make could not be written to
            stack.enter_context(torch.inference_mode(False))
        yield


_open: weakref.WeakSet[ErrorBoundary] = weakref.WeakSet()


@lru_cache(maxsize=1)
def _watch_forks() -> None:
    """See to it that a forked process, as a DataLoader's worker is, writes nothing of ours."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_all)


def _close_all() -> None:
    for boundary in tuple(_open):
        boundary.close()
