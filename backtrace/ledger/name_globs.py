"""Globs over the names of tensors: what they choose, and what to say where one chooses nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from backtrace.printable import literal

_MOST_NAMED = 9
_LONGEST = 200  # difflib is quadratic


def is_chosen(name: str, globs: Sequence[str]) -> bool:
    """Whether a name is, or matches, one of `globs`; without any, every one is."""
    return not globs or any(name == glob or fnmatchcase(name, glob) for glob in globs)


def describe_unmatched(globs: Iterable[str], names: Iterable[str], option: str = "--param") -> str:
    """Return what to say of the first glob that matches no name; '' where each matches one."""
    known = list(dict.fromkeys(names))
    for glob in globs:
        if any(is_chosen(name, [glob]) for name in known):
            continue
        near = difflib.get_close_matches(glob[:_LONGEST], known[:1000], n=1, cutoff=0.6)
        named = ", ".join(map(literal, known[:_MOST_NAMED]))
        more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
        asked = f"did you mean {literal(near[0])}? " if near else ""
        there = f"there are {named}{more}" if known else "there is none"
        return f"{option} {literal(glob)}: no parameter has that name; {asked}{there}"
    return ""
