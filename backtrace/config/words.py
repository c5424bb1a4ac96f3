"""Plain English for values and for near misses, so that every message describes things alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from backtrace.printable import literal

_SHOWN = 60


def describe(value: object) -> str:  # noqa: PLR0911 - a table of types, one line each
    """Return what a value read from YAML is, in plain words: `the text "abc"`, `a list of 3`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {shorten(repr(value))}"
    if isinstance(value, str):
        return f'the text "{visible(value)}"' if value else "an empty text"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        names = ", ".join(visible(str(name)) for name in list(value)[:4])
        more = ", …" if len(value) > 4 else ""
        return f"a mapping with {names}{more}" if value else "an empty mapping"
    return f"a {type(value).__name__}"


def visible(text: str, most: int = _SHOWN) -> str:
    """Return text that is safe to print on one line: escapes shown as such, and not too long."""
    # A config may hold terminal escapes; a message must not replay them.
    return shorten(literal(text[: most + 1]), most)


def shorten(text: str, most: int = _SHOWN) -> str:
    """Return text cut to a length that fits in a message."""
    return text if len(text) <= most else text[: most - 1] + "…"


def counted(number: int, noun: str) -> str:
    """Return `1 row`, `2 rows`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def suggest(name: str, choices: Iterable[str], label: str = "") -> str:
    """Return `did you mean …?` if a choice is near, and, after `label`, all the choices."""
    known = list(choices)
    parts = []
    near = nearest(name, known)
    if near is not None:
        parts.append(f"did you mean `{visible(near)}`?")
    if label and known:
        listed = ", ".join(visible(choice) for choice in known[:24])
        parts.append(f"{label}: {listed}{', …' if len(known) > 24 else ''}")
    return " ".join(parts)


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice that `name` was probably meant to be."""
    # Names are cut: difflib is quadratic, and a name may be a megabyte of noise.
    found = difflib.get_close_matches(name[:_SHOWN].lower(), list(choices)[:1000], n=1, cutoff=0.6)
    return found[0] if found else None
