"""What is asked for: a tensor's value or its gradient, all of it or one element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backtrace.config.words import nearest, visible
from backtrace.errors import UsageError
from backtrace.ledger.events import Account, ParameterSeen

_INDEX = re.compile(r"(.+?)\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*,?\s*\]", re.DOTALL)
_GRAD = ".grad"
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class AskedNumber:
    """An account of a tensor; `index` is that of one element, None for the tensor as a whole.

    `optimizer` is the one that steps the tensor.
    """

    name: str
    account: Account
    shape: tuple[int, ...]
    index: tuple[int, ...] | None = None
    optimizer: str | None = None

    @property
    def offset(self) -> int | None:
        """The element's place in row-major order; None for the whole of several elements."""
        if self.index is None:
            return 0 if self.numel == 1 else None
        found = 0
        for at, length in zip(self.index, self.shape, strict=True):
            found = found * length + at
        return found

    @property
    def numel(self) -> int:
        """The number of elements of the tensor."""
        count = 1
        for length in self.shape:
            count *= length
        return count

    @property
    def text(self) -> str:
        """The number as it is written: `2.weight.grad[0,3]`."""
        index = "" if self.index is None else f"[{','.join(map(str, self.index))}]"
        return f"{self.name}{_GRAD if self.account == 'grad' else ''}{index}"


def as_of_shape(asked: AskedNumber, shape: tuple[int, ...], update: int) -> AskedNumber:
    """Return the same of a tensor that had another shape then, as inputs have.

    Raises:
        UsageError: it had no such element.
    """
    index = asked.index
    if index is not None and (
        len(index) != len(shape) or any(at >= n for at, n in zip(index, shape, strict=True))
    ):
        raise UsageError(f"{asked.text}: {asked.name} had shape {shape} at update {update}")
    return replace(asked, shape=shape)


def find_number(text: str, tensors: Mapping[str, ParameterSeen]) -> AskedNumber:
    """Return what `text` names among the tensors: `fc.weight`, `fc.weight.grad`, `fc.weight[0,3]`.

    `.grad` may stand on either side of the index. A name that has brackets itself, as
    `layers[0].weight` has, is taken as it is first.

    Raises:
        UsageError: there is no such tensor, or no such element of it.
    """
    wanted = text.strip()
    if found := _find_tensor(wanted, tensors):
        return _ask(found, tensors)
    if wanted.endswith(f"]{_GRAD}") and (match := _INDEX.fullmatch(wanted.removesuffix(_GRAD))):
        wanted = f"{match[1].strip()}{_GRAD}[{match[2]}]"  # as `weight[0,3].grad` is meant
    match = _INDEX.fullmatch(wanted)
    bare = match[1].strip() if match else wanted
    found = _find_tensor(bare, tensors)
    if found is None:
        raise UsageError(_describe_unknown(bare, tensors))
    if match is None:
        return _ask(found, tensors)
    return _ask(found, tensors, _read_index(bare, match[2], tensors[found[0]].shape))


def _ask(
    found: tuple[str, Account],
    tensors: Mapping[str, ParameterSeen],
    index: tuple[int, ...] | None = None,
) -> AskedNumber:
    seen = tensors[found[0]]
    return AskedNumber(*found, seen.shape, index, seen.optimizer)


def _find_tensor(text: str, tensors: Mapping[str, ParameterSeen]) -> tuple[str, Account] | None:
    """Return the name of a tensor, which may have been given by another of its names."""
    names = dict.fromkeys(tensors)
    aliases = {alias: name for name, seen in tensors.items() for alias in seen.aliases}
    for bare, account in ((text, "value"), (text.removesuffix(_GRAD), "grad")):
        name = bare if bare in names else aliases.get(bare)
        if name is not None and (account == "value" or bare != text):
            return name, "grad" if account == "grad" else "value"
    return None


def _read_index(name: str, text: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    index = tuple(int(part) for part in text.split(","))
    asked = f"{visible(name)}[{','.join(map(str, index))}]"
    if len(index) != len(shape):
        form = f"{len(shape)} {'index' if len(shape) == 1 else 'indices'}" if shape else "no index"
        raise UsageError(f"{asked}: {visible(name)} has shape {shape}: give {form}")
    for at, length in zip(index, shape, strict=True):
        if not -length <= at < length:
            last = ",".join(str(each - 1) for each in shape)
            there = f"its last element is [{last}]" if 0 not in shape else "it has no elements"
            raise UsageError(f"{asked}: {visible(name)} has shape {shape}: {there}")
    return tuple(at % length for at, length in zip(index, shape, strict=True))


def _describe_unknown(name: str, tensors: Mapping[str, ParameterSeen]) -> str:
    said = f"no tensor is called {visible(name)}"
    known = list(tensors)
    if near := nearest(name.removesuffix(_GRAD), known):
        return f"{said}: did you mean {visible(near)}?"
    if not known:
        return f"{said}: there is none"
    named = ", ".join(visible(each) for each in known[:_MOST_NAMED])
    more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
    return f"{said}; there are {named}{more}"
