"""What many gradients were multiplied by, where it is one number for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OneFactor(Mapping[str, float]):
    """The factor of each name; updates of the same names share them."""

    names: frozenset[str]
    factor: float

    def __getitem__(self, name: str) -> float:
        if name not in self.names:
            raise KeyError(name)
        return self.factor

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
