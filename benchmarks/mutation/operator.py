"""What an operator is: a way to break a script, and what the diagnosis should say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
    `is_held_out` says that whoever writes rules does not look at what becomes of it.
    """

    name: str
    family: str
    causes: tuple[str, ...]
    mutate: Mutate
    doubt: Doubt = _has_no_doubt
    is_held_out: bool = False


def operator(family: str, *causes: str) -> Callable[[Mutate], Operator]:
    """Make an operator of a function that gives all ways in which it breaks a script."""

    def make(mutate: Mutate) -> Operator:
        return Operator(mutate.__name__, family, causes, mutate)

    return make


def doubted(doubt: Doubt) -> Callable[[Operator], Operator]:
    """Say of an operator when nobody can tell what it makes from what is correct."""
    return lambda made: replace(made, doubt=doubt)


def is_script_held_out(path: Path) -> bool:
    """Whether a script is held out, as an operator may be."""
    return path.parts[-3:-1] == ("held_out", "scripts")
