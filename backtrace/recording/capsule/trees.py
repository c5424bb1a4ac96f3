"""Containers in containers, as plain nodes in which tensors are numbers, and live ones filled anew.

A node is `{"tensor": number}`, `{"list": nodes}`, `{"tuple": nodes}`, `{"dict": pairs}`,
`{"plain": value}`, or `{"absent": class}` for what could not be kept.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable, Iterator
from typing import Any, cast

from torch import Tensor

from backtrace.as_data import class_qualname, is_made_of

Node = dict[str, Any]
Kept = object  # a node that a file gave: anything

_DEPTH = 12
_MOST = 10_000  # items of one container
_PLAIN = (int, float, bool, str, type(None))
_PLAIN_IDS = frozenset(map(id, _PLAIN))  # a metaclass of the user's may define what is equal


class NotAlike(Exception):
    """What is there now is not of the form of what was kept; the text says how."""


def to_node(value: object, number_of: Callable[[Tensor], int | None], depth: int = _DEPTH) -> Node:
    """Return a value as a node; `number_of` keeps a tensor, or returns None.

    A container of the user's own class is read past what the class makes of it.
    """
    kind = type(value)
    if issubclass(kind, Tensor):
        number = number_of(cast("Tensor", value))
        return _absent(kind) if number is None else {"tensor": number}
    if id(kind) in _PLAIN_IDS:
        return {"plain": value}
    items = _items_of(value) if depth else None
    if items is None:
        return _absent(kind)
    if isinstance(items, dict):
        return {"dict": [[k, to_node(item, number_of, depth - 1)] for k, item in items.items()]}
    word = "tuple" if issubclass(kind, tuple) else "list"
    return {word: [to_node(item, number_of, depth - 1) for item in items]}


def _items_of(value: object) -> list[object] | dict[Any, object] | None:
    """Return what a container holds; None for what is none, holds too much, or has odd keys."""
    # Not `isinstance`, which asks an object of the user's for its class.
    if is_made_of(type(value), UserDict):  # as the batches of tokenizers are
        value = object.__getattribute__(value, "__dict__").get("data")
    found: list[object] | dict[Any, object] | None = None
    kind = type(value)
    if issubclass(kind, dict):
        found = dict(dict.items(value))  # type: ignore[arg-type]
        if not all(id(type(key)) in _PLAIN_IDS for key in found):
            return None
    elif issubclass(kind, list):
        found = list(list.__iter__(value))  # type: ignore[arg-type]
    elif issubclass(kind, tuple):
        found = list(tuple.__iter__(value))  # type: ignore[arg-type]
    return found if found is not None and len(found) <= _MOST else None


def _absent(kind: type) -> Node:
    return {"absent": class_qualname(kind)}


def absent_in(node: Kept) -> Iterator[str]:
    """Give the classes of what could not be kept."""
    word, inner = _open(node)
    if word == "absent":
        yield str(inner)
    elif word in ("list", "tuple"):
        for item in inner:
            yield from absent_in(item)
    elif word == "dict":
        for _, item in inner:
            yield from absent_in(item)


def from_node(node: Kept, tensor_of: Callable[[int], Tensor]) -> object:
    """Return the value that a node was made of, in plain containers.

    Raises:
        NotAlike: some of it was not kept.
    """
    word, inner = _open(node)
    if word == "tensor":
        return tensor_of(inner)
    if word == "plain":
        return inner
    if word == "dict":
        return {key: from_node(item, tensor_of) for key, item in inner}
    if word == "absent":
        raise NotAlike(f"a {inner} was not kept")
    items = [from_node(item, tensor_of) for item in inner]
    return tuple(items) if word == "tuple" else items


def fill(live: object, node: Kept, put: Callable[[Tensor, int], object]) -> object:
    """Return `live` with what a node holds in the place of what it holds.

    `put` is given each tensor and the number of what was kept of it, and returns what is to be in
    its place. Containers that can be changed are changed, and keep their class.

    Raises:
        NotAlike: it is not of the same form.
    """
    word, inner = _open(node)
    if word in ("plain", "absent"):
        return inner if word == "plain" and type(live) in _PLAIN else live
    if word == "dict":
        return _fill_dict(live, inner, put)
    if word != "tensor":
        return _fill_items(live, inner, put)
    if not isinstance(live, Tensor):
        raise NotAlike(f"a {class_qualname(type(live))} where a tensor was")
    return put(live, inner)


def _fill_items(live: object, nodes: list[Kept], put: Callable[[Tensor, int], object]) -> object:
    if not isinstance(live, list | tuple) or len(live) != len(nodes):
        raise NotAlike(f"a {class_qualname(type(live))} where {len(nodes)} items were")
    items = [fill(one, two, put) for one, two in zip(live, nodes, strict=True)]
    if isinstance(live, list):
        live[:] = items
        return live
    made: Callable[..., object] = type(live)
    return made(*items) if hasattr(live, "_fields") else tuple(items)


def _fill_dict(live: object, pairs: Any, put: Callable[[Tensor, int], object]) -> object:
    target = live.data if isinstance(live, UserDict) else live
    if not isinstance(target, dict) or target.keys() != {key for key, _ in pairs}:
        raise NotAlike(f"a {class_qualname(type(live))} of other keys than were kept")
    for key, item in pairs:
        target[key] = fill(target[key], item, put)
    return live


def _open(node: Kept) -> tuple[str, Any]:
    """Return what a node is, and what it holds.

    Raises:
        NotAlike: it is none.
    """
    if isinstance(node, dict) and len(node) == 1:
        ((word, inner),) = node.items()
        if word == "tensor" and type(inner) is int:
            return word, inner
        if word == "plain" and type(inner) in _PLAIN:
            return word, inner
        if word == "absent" and isinstance(inner, str):
            return word, inner
        if word in ("list", "tuple") and isinstance(inner, list):
            return word, inner
        if word == "dict" and isinstance(inner, list) and all(map(_is_pair, inner)):
            return word, inner
    raise NotAlike("the capsule is damaged: a tree in it is none")


def _is_pair(item: object) -> bool:
    return isinstance(item, list) and len(item) == 2 and type(item[0]) in _PLAIN
