"""The variants of `compare`: each must be a config that works, once its keys are put in place."""

from __future__ import annotations

import copy

from backtrace.config.override import OverrideError, put
from backtrace.config.shorthand import expand
from backtrace.config.tree import Flaw
from backtrace.config.validate import validate
from backtrace.config.words import counted

MAX_VARIANTS = 32


def check_variants(config: dict[str, object]) -> list[Flaw]:
    """Return what is wrong with the variants of a spelled-out config that is valid itself."""
    variants = config.get("compare")
    if not isinstance(variants, dict):
        return []
    if len(variants) > MAX_VARIANTS:
        found = counted(len(variants), "variant")
        return [Flaw(("compare",), found, f"at most {MAX_VARIANTS} are compared")]
    plain = {key: value for key, value in config.items() if key != "compare"}
    return [
        flaw
        for name, changes in variants.items()
        for flaw in _check_variant(plain, changes, ("compare", name))
    ]


def _check_variant(
    config: dict[str, object], changes: dict[str, object], path: tuple[str, ...]
) -> list[Flaw]:
    if not changes:
        return [Flaw(path, "no changes", "write keys with new values: `optimizer.lr: 0.01`")]
    changed = copy.deepcopy(config)
    placed = []
    for key, value in changes.items():
        if key.split(".")[0] == "compare":
            return [Flaw((*path, key), "a variant of a variant", "change other keys")]
        try:
            placed.append((put(changed, key, copy.deepcopy(value)), key))
        except OverrideError as error:
            return [Flaw((*path, key), error.flaw.found, error.flaw.hint)]
        changed, _ = expand(changed)
    _, flaws = validate(changed)
    return [_at_change(flaw, placed, path) for flaw in flaws]


def _at_change(
    flaw: Flaw, placed: list[tuple[tuple[str, ...], str]], path: tuple[str, ...]
) -> Flaw:
    """Tell a flaw of the changed config at the change that made it."""
    for at, key in reversed(placed):
        if flaw.path[: len(at)] == at:
            rest = flaw.path[len(at) :]
            inside = f"in {'.'.join(rest)}: " if rest else ""
            return Flaw((*path, key), inside + flaw.found, flaw.hint)
    for at, key in reversed(placed):
        if at[: len(flaw.path)] == flaw.path or at[:-1] == flaw.path[:-1]:
            return Flaw((*path, key), f"{'.'.join(flaw.path)}: {flaw.found}", flaw.hint)
    return Flaw(path, f"{'.'.join(flaw.path)}: {flaw.found}", flaw.hint)
