"""Has a function run another in its place, and stay the very same object.

What takes the place of a function by name, `F.mse_loss = wrapper`, is another object: whoever
keys on the function (`__torch_function__` handlers, FX graphs, pickles, references that were
taken before) finds a stranger. Here only the function's code is another, with the same signature;
its identity, name, defaults, globals and source stay.
"""

from __future__ import annotations

import inspect
import itertools
import linecache
from collections.abc import Callable
from functools import cache
from types import CodeType, FunctionType
from typing import Any, TypeVar

from backtrace.recording.hooks.own_modules import OwnModules

PASSED_OVER = " (as importlib._bootstrap)"

Function = TypeVar("Function", bound=Callable[..., Any])
_GENERATES = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_originals: dict[int, tuple[FunctionType, Callable[..., Any]]] = {}
_keys = itertools.count()
_own_modules = OwnModules()  # the code of a swap imports this module at each call
_KEY = 1 << 40  # stands in compiled code where the key of a swap is to be


def can_swap(function: FunctionType) -> bool:
    """Whether calling the function runs it: a generator's or a coroutine's call does not."""
    return not function.__code__.co_flags & _GENERATES


def swap(
    function: FunctionType,
    replacement: Callable[..., Any],
    keep: Callable[[Callable[[], None]], None] | None = None,
) -> Callable[[], None]:
    """Have every call of `function` run `replacement(original, …)` with the call's arguments.

    `original` does what `function` did. Arguments come as the signature has them: by position
    where they have one, with the defaults filled in.

    Returns what puts the function's own code back, unless somebody else has changed it since.
    `keep` is given that before anything is changed: a signal's handler may raise at any moment.

    Raises:
        ValueError: a generator or a coroutine, whose calls do not run it.
    """
    code = function.__code__
    if not can_swap(function):
        raise ValueError(f"{function.__qualname__} is a generator or a coroutine")
    original = FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    original.__kwdefaults__ = function.__kwdefaults__
    original.__qualname__ = function.__qualname__
    key = next(_keys)
    swapped = _make_code(code, key)
    _name_source(code, swapped)

    def restore() -> None:
        if function.__code__ in (swapped, code):
            function.__code__ = code
            _originals.pop(key, None)
            if not _originals:
                _own_modules.take_off()

    if keep is not None:
        keep(restore)
    _own_modules.put_on()
    _originals[key] = (original, replacement)
    function.__code__ = swapped
    return restore


def run_swapped(key: int, /, *args: Any, **kwargs: Any) -> Any:
    """Run what was put in the place of a function; the code that `swap` makes calls this."""
    original, replacement = _originals[key]
    return replacement(original, *args, **kwargs)


def _make_code(code: CodeType, key: int) -> CodeType:
    """Return code with the signature and the free variables of `code` that calls `run_swapped`."""
    made = _compile(*_write_signature(code), code.co_freevars)
    # Name and first line stay, by which `inspect`, and TorchScript with it, finds the source.
    return made.replace(
        co_consts=tuple(key if each == _KEY else each for each in made.co_consts),
        co_filename=code.co_filename + PASSED_OVER,
        co_firstlineno=code.co_firstlineno,
        co_name=code.co_name,
    )


@cache  # a recording swaps a hundred functions, many of one signature, and so does the next
def _compile(declared: str, passed: str, freevars: tuple[str, ...]) -> CodeType:
    """Return code of a signature and free variables that calls `run_swapped` with `_KEY`."""
    free = ", ".join(freevars)  # the same ones, so that the function's closure fits
    text = (
        f"def outer({free}):\n"
        f"    def inner({declared}):\n"
        f"        from {__name__} import run_swapped as __run_swapped\n"
        f"        return __run_swapped({_KEY}, {passed})\n"
        f"        ({free})\n"
        f"    return inner\n"
    )
    space: dict[str, Any] = {}
    exec(compile(text, __file__, "exec"), space)  # of nothing but the names of a code object
    made: CodeType = space["outer"](*freevars).__code__
    return made


def _name_source(code: CodeType, swapped: CodeType) -> None:
    """Have the source of `swapped` looked up where that of `code` is, when somebody asks."""

    def read() -> str:
        return "".join(linecache.getlines(code.co_filename))

    linecache.cache.setdefault(swapped.co_filename, (read,))


def _write_signature(code: CodeType) -> tuple[str, str]:
    """Return the parameters of `code` as a `def` and as a call of the same kind has them."""
    count, only = code.co_argcount, code.co_kwonlyargcount
    declared = list(code.co_varnames[:count])
    keywords = list(code.co_varnames[count : count + only])
    rest = iter(code.co_varnames[count + only :])
    passed = declared[:]
    if code.co_posonlyargcount:
        declared.insert(code.co_posonlyargcount, "/")
    if code.co_flags & inspect.CO_VARARGS:
        name = f"*{next(rest)}"
        declared.append(name)
        passed.append(name)
    elif keywords:
        declared.append("*")
    declared += keywords
    passed += [f"{name}={name}" for name in keywords]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        name = f"**{next(rest)}"
        declared.append(name)
        passed.append(name)
    return ", ".join(declared), ", ".join(passed)


def skip_in_warning_stacklevel(function: Function) -> Function:
    """Have `function` left out when a warning looks for who called what gave it.

    `warnings.warn(…, stacklevel=2)` passes over the frames of files that are named so, which are
    those of Python's own imports. What torch says to the user is then said of the user's line.
    """
    code = function.__code__
    function.__code__ = code.replace(co_filename=code.co_filename + PASSED_OVER)
    return function


skip_in_warning_stacklevel(run_swapped)
