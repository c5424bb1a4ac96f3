"""Stands between the user's training and our own code: nothing of ours gets out."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor
from torch.utils.hooks import unserializable_hook

from backtrace.recording.hooks.observer import Observer

_OTHER_THREAD = RuntimeError("the books are those of the thread that began recording")


class Shield:
    """Tells the observer, in the thread that began recording, and swallows what it raises.

    `is_active` while recording; `is_awake` while, besides, what happens is to be read.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._thread = threading.get_ident()
        self._shielded: Callable[..., None] | None = None
        self.is_active = False
        self.is_awake = False

    def open(self) -> None:
        """Begin to tell."""
        self.is_active = self.is_awake = True
        _watch_forks()
        _open.add(self)

    def close(self) -> None:
        """Tell nothing more."""
        self.is_active = self.is_awake = False
        _open.discard(self)

    def guard(self, function: Callable[..., None]) -> Callable[..., None]:
        """Return `function` as a hook: silent in compiled code and in other threads."""

        def guarded(*args: Any, **kwargs: Any) -> None:
            if not torch.compiler.is_compiling() and not self.is_elsewhere():
                self.tell(function, *args, **kwargs)

        return guarded

    def guard_leaf(self, function: Callable[[Tensor], None]) -> Callable[[Tensor], None]:
        """As `guard`, but for autograd's own threads, which run the hooks of other devices."""

        def guarded(tensor: Tensor) -> None:
            if torch.compiler.is_compiling() or (tensor.device.type == "cpu" and self.is_away()):
                return
            self.tell(function, tensor)

        unserializable_hook(guarded)  # type: ignore[no-untyped-call]
        return guarded

    def is_away(self) -> bool:
        """Whether this is another thread than the recorded one."""
        return threading.get_ident() != self._thread

    def is_elsewhere(self) -> bool:
        """Whether this is another thread than the recorded one; that is said once."""
        if self.is_away():
            self.tell(self._observer.lost_sight, "what other threads do", _OTHER_THREAD)
            return True
        return False

    def tell(self, function: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        """Call the observer; its failure is no concern of the user's training."""
        if self._shielded is None and "torch._dynamo" in sys.modules:
            # Called out of a compiled function, our own code must not be compiled with it.
            self._shielded = torch.compiler.disable(self._tell)  # type: ignore[no-untyped-call]
        (self._shielded or self._tell)(function, *args, **kwargs)

    def tell_quickly(self, function: Callable[..., None], *args: Any) -> None:
        """Call an observer that makes no tensors: the modes of autograd are left as they are."""
        if self.is_active:
            try:
                function(*args)
            except Exception as error:
                self._lose(function, error)

    def _tell(self, function: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        if not self.is_active:
            return
        try:
            with torch.no_grad():
                if torch.is_inference_mode_enabled():
                    with torch.inference_mode(False):  # else what we make could not be written to
                        function(*args, **kwargs)
                else:
                    function(*args, **kwargs)
        except Exception as error:
            self._lose(function, error)

    def _lose(self, function: Callable[..., None], error: Exception) -> None:
        named = getattr(function, "func", function)  # a partial has no name of its own
        with suppress(Exception):
            self._observer.lost_sight(named.__name__.strip("_"), error)


_open: weakref.WeakSet[Shield] = weakref.WeakSet()


@lru_cache(maxsize=1)
def _watch_forks() -> None:
    """See to it that a forked process, as a DataLoader's worker is, writes nothing of ours."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_all)


def _close_all() -> None:
    for shield in tuple(_open):
        shield.close()
