"""How many there are of something, in words."""

from __future__ import annotations

from backtrace.language import localized


def counted(count: int, word: str) -> str:
    """Return `1 rule`, `2 rules`; the catalogue of a language has `{1} rules`."""
    many = f"{count} {word}s"
    shown = localized(many)
    return f"1 {word}" if count == 1 and shown == many else shown
