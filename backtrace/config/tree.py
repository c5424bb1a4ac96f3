"""Plain values that remember their line and column in the text, and what can be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

Scalar = bool | int | float | str | None


class TextPlace(NamedTuple):
    """A position in the text, counted from 1."""

    line: int
    column: int


class Flaw(NamedTuple):
    """Something wrong at a path of keys, before anyone has looked up where that is."""

    path: tuple[str, ...]
    found: str
    hint: str = ""
    place: TextPlace | None = None


class UnreadableError(Exception):
    """The text is no YAML that can be read on; `flaws` says why, with places."""

    def __init__(self, flaws: list[Flaw]) -> None:
        super().__init__(flaws[-1].found)
        self.flaws = flaws


@dataclass
class YamlNode:
    """A value. Children are keyed by text, a list's by its indices: `0`, `1`, …"""

    kind: str  # "scalar", "list" or "mapping"
    value: Scalar = None
    children: dict[str, Child] = field(default_factory=dict)
    size: int = 1  # values below and here, aliases unfolded
    height: int = 1

    def plain(self) -> object:
        """Return the value without its places; aliases become separate copies."""
        if self.kind == "list":
            return [child.node.plain() for child in self.children.values()]
        if self.kind == "mapping":
            return {key: child.node.plain() for key, child in self.children.items()}
        return self.value


class Child(NamedTuple):
    """An entry of a mapping, placed at its key, or of a list."""

    place: TextPlace
    node: YamlNode


def place_at(text: str, index: int) -> TextPlace:
    """Return the place of the character `text[index]`."""
    before = text[:index]
    return TextPlace(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)
