"""Puts functions of ours in the place of torch's, and takes all of them off again."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from types import FunctionType
from typing import Any

import torch

from backtrace.as_data import body_of, is_a
from backtrace.recording.hooks.error_boundary import ErrorBoundary
from backtrace.recording.hooks.function_swap import (
    can_swap,
    skip_in_warning_stacklevel,
    swap,
)

Original = Callable[..., Any]  # a function of torch's
Around = Callable[..., Any]  # called with the original, and what that was called with


class Patches:
    """Every change made to torch, with what undoes it; `close` undoes all, the latest first.

    `used_elsewhere` is told of models and optimizers that another thread works with.
    """

    def __init__(self, boundary: ErrorBoundary, used_elsewhere: Callable[[object], None]) -> None:
        self._boundary = boundary
        self._used_elsewhere = used_elsewhere
        self._undo = ExitStack()
        self._swapped: set[FunctionType] = set()
        self._followed: dict[type, list[Callable[[type], None]]] = {}

    def close(self) -> None:
        """Leave torch as it was."""
        self._undo.close()

    def on_close(self, undo: Callable[[], None]) -> None:
        """Have `undo` called on closing."""
        self._undo.callback(undo)

    def wrap(self, owner: Any, name: str, around: Around, *, while_paused: bool = False) -> None:
        """Have each call of `owner.name` run `around(original, *args, **kwargs)`, arguments bound.

        In compiled code and in another thread it only passes on, and so it does while nothing is
        read, unless it is to work `while_paused`. The function stays the object that it is; what
        is no plain function (a property, a `partialmethod`) leads to one, and is let be.
        """
        function = (body_of(owner) if is_a(owner, type) else vars(owner)).get(name)
        boundary, is_compiling = self._boundary, torch.compiler.is_compiling
        used_elsewhere = self._used_elsewhere

        @skip_in_warning_stacklevel
        def plain(original: Original, *args: object, **kwargs: object) -> Any:
            if is_compiling() or not (boundary.is_active if while_paused else boundary.is_reading):
                return original(*args, **kwargs)
            if boundary.is_elsewhere():
                boundary.notify("other threads", used_elsewhere, args[0] if args else None)
                return original(*args, **kwargs)
            return around(original, *args, **kwargs)

        self._swap(function, plain)

    def wrap_method(
        self, cls: type, name: str, around: Around, *, while_paused: bool = False
    ) -> None:
        """Wrap the method that `cls` itself defines, once."""
        if name in body_of(cls):
            self.wrap(cls, name, around, while_paused=while_paused)

    def wrap_in_subclasses(
        self,
        cls: type[Any],
        name: str,
        around: Around,
        *,
        only: Callable[[type], bool] | None = None,
        while_paused: bool = False,
    ) -> None:
        """Wrap a method in `cls` and all classes derived from it, those to come included.

        Only in those that define it themselves, and of which `only`, where it is given, is true.
        """

        def follow(subclass: type) -> None:
            if only is None or only(subclass):
                self.wrap_method(subclass, name, around, while_paused=while_paused)

        for subclass in _subclasses_of(cls):
            follow(subclass)
        self.on_new_subclass(cls, follow)

    def on_new_subclass(self, cls: type[Any], follow: Callable[[type], None]) -> None:
        """Have `follow` called with every class that is derived from `cls` from here on."""
        if cls in self._followed:
            self._followed[cls].append(follow)
            return
        follows = self._followed[cls] = [follow]
        boundary, before = self._boundary, vars(cls).get("__init_subclass__")

        def on_subclass(subclass: type[Any], /, **kwargs: object) -> None:
            if before is None:
                super(cls, subclass).__init_subclass__(**kwargs)
            else:
                before.__get__(None, subclass)(**kwargs)
            if boundary.is_active and not boundary.is_away():
                for each in follows:
                    boundary.notify_quickly("new classes", each, subclass)

        method = classmethod(on_subclass)

        def restore() -> None:
            if vars(cls).get("__init_subclass__") is method:
                if before is None:
                    del cls.__init_subclass__
                else:
                    cls.__init_subclass__ = before

        self.on_close(restore)
        cls.__init_subclass__ = method  # type: ignore[assignment]

    def tap(self, owner: Any, name: str, what: str, function: Callable[[], None]) -> None:
        """Have `function` called before each call of `owner.name`.

        Unlike what is wrapped, that is so in every thread, and also while nothing is read.
        """
        is_compiling, notify = torch.compiler.is_compiling, self._boundary.notify_quickly

        @skip_in_warning_stacklevel
        def plain(original: Original, *args: object, **kwargs: object) -> Any:
            if not is_compiling():
                notify(what, function)
            return original(*args, **kwargs)

        self._swap(vars(owner).get(name), plain)

    def ignore_warning(self, message: str) -> None:
        """Keep a warning about our own hooks from the user, until we are gone.

        Past `warnings.filterwarnings`, after which Python would show again each that it has shown.
        """
        entry = ("ignore", re.compile(message, re.IGNORECASE), Warning, None, 0)

        def restore() -> None:
            with suppress(ValueError):  # the user has reset the filters
                warnings.filters.remove(entry)  # type: ignore[attr-defined]

        self.on_close(restore)
        warnings.filters.insert(0, entry)  # type: ignore[attr-defined]

    def _swap(self, function: object, replacement: Callable[..., Any]) -> None:
        """Swap a function once, however many names and owners it has."""
        if not isinstance(function, FunctionType) or not can_swap(function):
            return  # in another version of torch, or written otherwise by the user
        if function not in self._swapped:
            self._swapped.add(function)
            swap(function, replacement, self.on_close)


def _subclasses_of(cls: type[Any]) -> Iterator[type[Any]]:
    """Give `cls` and whatever was derived from it so far, each once."""
    waiting: list[type[Any]] = [cls]
    seen: set[int] = set()  # by id, here and elsewhere: a class may not want to be a key
    while waiting:
        found = waiting.pop()
        if id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting.extend(type.__subclasses__(found))
