"""What IPython hands to `_repr_pretty_`, the method that gives the short text under a cell."""

from __future__ import annotations

from typing import Protocol


class Printer(Protocol):
    """Takes the text of an object."""

    def text(self, text: str) -> None:
        """Write text."""
