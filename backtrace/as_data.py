"""The user's objects and classes, read as data: nothing that they or metaclasses define runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, TypeVar

T = TypeVar("T")

_MODULE = type.__dict__["__module__"].__get__
_BODY = type.__dict__["__dict__"].__get__
# In C: the first three are asked in every update.
class_name: Callable[[type], str] = type.__dict__["__name__"].__get__
class_qualname: Callable[[type], str] = type.__dict__["__qualname__"].__get__
bases_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__


def attributes_of(thing: object) -> dict[str, Any]:
    """Return what `vars` would, past a `__getattribute__` of the user's.

    Raises:
        AttributeError: it has no attributes of its own.
    """
    found: dict[str, Any] = object.__getattribute__(thing, "__dict__")
    return found


def is_a(thing: object, kind: type[T]) -> TypeGuard[T]:
    """Return what `isinstance` would; that also asks an object for its class, which may compute."""
    return issubclass(type(thing), kind)


def is_exactly(thing: object, *kinds: type) -> bool:
    """Whether one of these is the class of a thing; `in` would ask its metaclass what is equal."""
    kind = type(thing)
    return any([kind is each for each in kinds])  # noqa: C419 - a generator is a call for each


def text_of(thing: object) -> str:
    """Return a text as Python's own, past a `__str__` of the user's; '' for what is none."""
    return str.__str__(thing) if issubclass(type(thing), str) else ""


def is_on(thing: object) -> bool:
    """Whether a flag is set; a `__bool__` of the user's is not asked."""
    kind = type(thing)
    return (kind is bool or kind is int) and bool(thing)


def class_module(kind: type) -> str:
    """Return the name of the module that a class says it is of; '' where it says none."""
    try:
        found = _MODULE(kind)
    except AttributeError:
        return ""
    return found if type(found) is str else ""


def body_of(kind: type) -> Mapping[str, Any]:
    """Return what a class itself defines."""
    found: Mapping[str, Any] = _BODY(kind)
    return found


def is_made_of(kind: type, base: type) -> bool:
    """Return what `issubclass` would for an abstract base, which asks whether classes are equal."""
    return any(each is base for each in bases_of(kind))


def find_in_class(kind: type, name: str) -> Any:
    """Return what a class or the first of its bases defines by that name; None where none does."""
    return next((body[name] for each in bases_of(kind) if name in (body := _BODY(each))), None)
