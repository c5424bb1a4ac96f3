"""What an operator is: a way to break a script, and what the diagnosis should say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from mutation.script import Mutation, Script
from mutation.trial import Trial

Mutate = Callable[[Script], Iterator[Mutation | None]]
Doubt = Callable[[Trial], str]


def _has_no_doubt(original: Trial) -> str:
    return ""


@dataclass(frozen=True)
class Operator:
    """One way to break a script.

    `causes` are the codes of the rules that name what it does; `family` is what the report puts
    it under. `doubt` says of the trial of an original why what becomes of it is what a correct
    script does as well, so that nobody can tell the two apart; '' where they can be told.
    """

    name: str
    family: str
    causes: tuple[str, ...]
    mutate: Mutate
    doubt: Doubt = _has_no_doubt

    @property
    def is_held_out(self) -> bool:
        """Whether nobody who writes rules looks at what becomes of it."""
        return is_held_out(self.name)


def operator(family: str, *causes: str) -> Callable[[Mutate], Operator]:
    """Make an operator of a function that gives all ways in which it breaks a script."""

    def make(mutate: Mutate) -> Operator:
        return Operator(mutate.__name__, family, causes, mutate)

    return make


def doubted(doubt: Doubt) -> Callable[[Operator], Operator]:
    """Say of an operator when nobody can tell what it makes from what is correct."""
    return lambda made: replace(made, doubt=doubt)


def is_held_out(name: str) -> bool:
    """Whether a name falls into the third that is held out, which never changes."""
    return sha256(name.encode()).digest()[0] % 3 == 0


def is_script_held_out(path: Path) -> bool:
    """Whether a script does: by its folder and name, wherever the project lies."""
    return is_held_out(f"{path.parent.name}/{path.name}")
