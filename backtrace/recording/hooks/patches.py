"""Puts functions of ours in the place of torch's, and takes all of them off again."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FunctionType
from typing import Any

import torch

from backtrace.recording.hooks.error_boundary import Shield
from backtrace.recording.hooks.observer import Observer


class Patches:
    """Every change made to torch, with what undoes it; `close` undoes all, the latest first."""

    def __init__(self, shield: Shield, observer: Observer) -> None:
        self._shield = shield
        self._observer = observer
        self._undo = ExitStack()
        self._depth: dict[str, int] = {}
        self._wrapped: set[tuple[type, str]] = set()

    def close(self) -> None:
        """Leave torch as it was."""
        self._undo.close()

    def callback(self, undo: Callable[[], None]) -> None:
        """Have `undo` called on closing."""
        self._undo.callback(undo)

    def keep(self, handle: Any) -> None:
        """Have a hook's handle removed on closing."""
        self._undo.callback(handle.remove)

    def wrap(
        self, owner: Any, name: str, around: Callable[..., Any], *, even_asleep: bool = False
    ) -> None:
        """Replace `owner.name` by a wrapper that calls `around(original, *args, **kwargs)`.

        In compiled code and in another thread it only passes on, and so it does while nothing is
        read, unless it is to watch `even_asleep`. The wrapper stands in the globals of the
        original, so that TorchScript, which compiles its source, finds there what it needs.
        """
        original = vars(owner).get(name)
        if original is None:  # another version of torch; what it would show is not seen
            return
        shield, observer, is_compiling = self._shield, self._observer, torch.compiler.is_compiling

        def plain(*args: Any, **kwargs: Any) -> Any:
            if is_compiling() or not (shield.is_active if even_asleep else shield.is_awake):
                return original(*args, **kwargs)
            if shield.is_elsewhere():
                shield.tell(observer.used_elsewhere, args[0] if args else None)
                return original(*args, **kwargs)
            return around(original, *args, **kwargs)

        names = getattr(original, "__globals__", None) or plain.__globals__
        moved = FunctionType(
            unseen_by_warnings(plain).__code__, names, name, None, plain.__closure__
        )
        wrapper = functools.wraps(original)(moved)

        def restore() -> None:
            if vars(owner).get(name) is wrapper:  # else someone wrapped us, and we only pass on
                setattr(owner, name, original)

        setattr(owner, name, wrapper)
        self._undo.callback(restore)

    def wrap_method(
        self, cls: type, name: str, around: Callable[..., Any], *, even_asleep: bool = False
    ) -> None:
        """Wrap the method that `cls` itself defines, once."""
        if name in vars(cls) and (cls, name) not in self._wrapped:
            self._wrapped.add((cls, name))
            self.wrap(cls, name, around, even_asleep=even_asleep)

    def hear_of_subclasses(self, cls: type[Any], follow: Callable[[type], None]) -> None:
        """Have `follow` called with every class that is derived from `cls` from here on."""
        shield, before = self._shield, vars(cls).get("__init_subclass__")

        def hear(subclass: type[Any], /, **kwargs: Any) -> None:
            if before is None:
                super(cls, subclass).__init_subclass__(**kwargs)
            else:
                before.__get__(None, subclass)(**kwargs)
            if shield.is_active and not shield.is_away():
                follow(subclass)

        method = classmethod(hear)

        def restore() -> None:
            if vars(cls).get("__init_subclass__") is method:
                if before is None:
                    del cls.__init_subclass__
                else:
                    cls.__init_subclass__ = before

        cls.__init_subclass__ = method  # type: ignore[assignment]
        self._undo.callback(restore)

    @contextmanager
    def nested(self, what: str) -> Iterator[bool]:
        """Count calls inside calls of the same kind; gives whether this is the outermost."""
        self._depth[what] = self._depth.get(what, 0) + 1
        try:
            yield self._depth[what] == 1
        finally:
            self._depth[what] -= 1

    def ignore_warning(self, message: str) -> None:
        """Keep a warning about our own hooks from the user, until we are gone."""
        warnings.filterwarnings("ignore", message=message)
        entry = warnings.filters[0]

        def restore() -> None:
            with suppress(ValueError):  # the user has reset the filters
                warnings.filters.remove(entry)  # type: ignore[attr-defined]

        self._undo.callback(restore)


def unseen_by_warnings(function: Any) -> Any:
    """Have `function` left out when a warning looks for who called what gave it.

    `warnings.warn(…, stacklevel=2)` passes over the frames of files that are named so, which are
    those of Python's own imports. What torch says to the user is then said of the user's line.
    """
    code = function.__code__
    function.__code__ = code.replace(co_filename=f"{code.co_filename} (as importlib._bootstrap)")
    return function


def subclasses_of(cls: type[Any]) -> Iterator[type[Any]]:
    """Give `cls` and whatever was derived from it so far, each once."""
    waiting, seen = [cls], set()
    while waiting:
        found = waiting.pop()
        if found not in seen:
            seen.add(found)
            yield found
            waiting.extend(found.__subclasses__())
