"""Digests of many tensors in one text, which all ranks that have the same share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from sys import intern

DIGITS = 16  # hexadecimal ones that name one tensor's bits


class PackedDigests(Mapping[str, str]):
    """The digest of each name, as 16 digits at its place in `digests`.

    Texts that are equal are held once, whichever ranks they are of: replicas have the same.
    """

    __slots__ = ("_digests", "_places")

    def __init__(self, places: Mapping[str, int], digests: str) -> None:
        self._places = places
        self._digests = intern(digests)

    def has_names_of(self, other: PackedDigests) -> bool:
        """Whether both are of the same names, at the same places."""
        return len(self) == len(other) and self._has_places_of(other)

    def is_same(self, other: PackedDigests) -> bool:
        """Whether both name the same bits of the same tensors; nothing is compared one by one."""
        return self._digests == other._digests and self._has_places_of(other)

    @property
    def names_key(self) -> tuple[int, int]:
        """What differs where the names do, as long as these digests are held."""
        return id(self._places), len(self)

    def _has_places_of(self, other: PackedDigests) -> bool:
        return self._places is other._places or self._places == other._places

    def __getitem__(self, name: str) -> str:
        start = self._places[name] * DIGITS
        if start >= len(self._digests):
            raise KeyError(name)
        return self._digests[start : start + DIGITS]

    def __iter__(self) -> Iterator[str]:
        count = len(self)
        return (name for name, place in self._places.items() if place < count)

    def __len__(self) -> int:
        return min(len(self._places), -(-len(self._digests) // DIGITS))
