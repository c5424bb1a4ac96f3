"""Puts functions of ours in the place of torch's, and takes all of them off again."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FunctionType
from typing import Any, TypeVar

import torch

from backtrace.recording.hooks.error_boundary import ErrorBoundary

Original = Callable[..., Any]  # a function of torch's
Around = Callable[..., Any]  # called with the original, and what that was called with
Function = TypeVar("Function", bound=Callable[..., Any])


class Patches:
    """Every change made to torch, with what undoes it; `close` undoes all, the latest first.

    `used_elsewhere` is told of models and optimizers that another thread works with.
    """

    def __init__(self, boundary: ErrorBoundary, used_elsewhere: Callable[[object], None]) -> None:
        self._boundary = boundary
        self._used_elsewhere = used_elsewhere
        self._undo = ExitStack()
        self._wrapped: set[tuple[type, str]] = set()
        self._followed: dict[type, list[Callable[[type], None]]] = {}

    def close(self) -> None:
        """Leave torch as it was."""
        self._undo.close()

    def on_close(self, undo: Callable[[], None]) -> None:
        """Have `undo` called on closing."""
        self._undo.callback(undo)

    def wrap(self, owner: Any, name: str, around: Around, *, while_paused: bool = False) -> None:
        """Replace `owner.name` by a wrapper that calls `around(original, *args, **kwargs)`.

        In compiled code and in another thread it only passes on, and so it does while nothing is
        read, unless it is to work `while_paused`. The wrapper stands in the globals of the
        original, so that TorchScript, which compiles its source, finds there what it needs.
        """
        original = vars(owner).get(name)
        if original is None:  # another version of torch; what it would show is not seen
            return
        boundary, is_compiling = self._boundary, torch.compiler.is_compiling
        used_elsewhere = self._used_elsewhere

        def plain(*args: object, **kwargs: object) -> Any:
            if is_compiling() or not (boundary.is_active if while_paused else boundary.is_reading):
                return original(*args, **kwargs)
            if boundary.is_elsewhere():
                boundary.notify("other threads", used_elsewhere, args[0] if args else None)
                return original(*args, **kwargs)
            return around(original, *args, **kwargs)

        names = getattr(original, "__globals__", None) or plain.__globals__
        moved = FunctionType(
            skip_in_warning_stacklevel(plain).__code__, names, name, None, plain.__closure__
        )
        self._replace(owner, name, original, functools.wraps(original)(moved))

    def wrap_method(
        self, cls: type, name: str, around: Around, *, while_paused: bool = False
    ) -> None:
        """Wrap the method that `cls` itself defines, once."""
        if name in vars(cls) and (cls, name) not in self._wrapped:
            self._wrapped.add((cls, name))
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
                    each(subclass)

        method = classmethod(on_subclass)

        def restore() -> None:
            if vars(cls).get("__init_subclass__") is method:
                if before is None:
                    del cls.__init_subclass__
                else:
                    cls.__init_subclass__ = before

        cls.__init_subclass__ = method  # type: ignore[assignment]
        self.on_close(restore)

    def tap(self, owner: Any, name: str, what: str, function: Callable[[], None]) -> None:
        """Have `function` called before each call of `owner.name`.

        Unlike what is wrapped, that is so in every thread, and also while nothing is read.
        """
        original = vars(owner)[name]
        is_compiling, notify = torch.compiler.is_compiling, self._boundary.notify_quickly

        def wrapper(*args: object) -> Any:
            if not is_compiling():
                notify(what, function)
            return original(*args)

        self._replace(owner, name, original, wrapper)

    @contextmanager
    def put_back(self, owner: Any, name: str, original: Any) -> Iterator[None]:
        """Have torch's own function in its place for a while."""
        wrapper = vars(owner).get(name)
        setattr(owner, name, original)
        try:
            yield
        finally:
            if vars(owner).get(name) is original:
                setattr(owner, name, wrapper)

    def ignore_warning(self, message: str) -> None:
        """Keep a warning about our own hooks from the user, until we are gone."""
        warnings.filterwarnings("ignore", message=message)
        entry = warnings.filters[0]

        def restore() -> None:
            with suppress(ValueError):  # the user has reset the filters
                warnings.filters.remove(entry)  # type: ignore[attr-defined]

        self.on_close(restore)

    def _replace(self, owner: Any, name: str, original: Any, wrapper: Any) -> None:
        def restore() -> None:
            if vars(owner).get(name) is wrapper:  # else someone wrapped us, and we only pass on
                setattr(owner, name, original)

        setattr(owner, name, wrapper)
        self.on_close(restore)


def skip_in_warning_stacklevel(function: Function) -> Function:
    """Have `function` left out when a warning looks for who called what gave it.

    `warnings.warn(…, stacklevel=2)` passes over the frames of files that are named so, which are
    those of Python's own imports. What torch says to the user is then said of the user's line.
    """
    code = function.__code__
    function.__code__ = code.replace(co_filename=f"{code.co_filename} (as importlib._bootstrap)")
    return function


def _subclasses_of(cls: type[Any]) -> Iterator[type[Any]]:
    """Give `cls` and whatever was derived from it so far, each once."""
    waiting, seen = [cls], set()
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            yield found
            waiting.extend(found.__subclasses__())
