"""The name of one element of a tensor, as it is typed: `2.weight[0,3]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.errors import UsageError

_AT = re.compile(r"^(?P<name>.*)\[(?P<index>\s*-?\d+(\s*,\s*-?\d+)*\s*)\]$")


@dataclass(frozen=True)
class Element:
    """One element of a tensor, as `--at 2.weight[0,3]` names it."""

    name: str
    index: tuple[int, ...]

    def within(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Return the index with every number counted from the front.

        Raises:
            UsageError: there is no such element.
        """
        text = ", ".join(map(str, self.index))
        if len(self.index) != len(shape) or any(
            not -size <= at < size for at, size in zip(self.index, shape, strict=False)
        ):
            raise UsageError(f"--at {self.name}[{text}]: its shape is {tuple(shape)}")
        return tuple(at % size for at, size in zip(self.index, shape, strict=True))


def read_element(text: str) -> Element:
    """Return the element that a text names.

    Raises:
        UsageError: it names none.
    """
    found = _AT.match(text.strip())
    if found is None:
        raise UsageError(f"--at {text}: name an element with its index, such as 2.weight[0,3]")
    return Element(found["name"], tuple(int(each) for each in found["index"].split(",")))
