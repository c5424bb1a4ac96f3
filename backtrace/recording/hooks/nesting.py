"""Calls inside calls of the same kind, of which only the outermost is recorded."""

from __future__ import annotations


class Nesting:
    """`with nesting as is_outermost:` around each call."""

    def __init__(self) -> None:
        self._depth = 0

    def __enter__(self) -> bool:
        self._depth += 1
        return self._depth == 1

    def __exit__(self, *exception: object) -> None:
        self._depth -= 1
