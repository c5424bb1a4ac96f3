"""Which runs `compare` sets side by side: the first is the baseline."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from backtrace.config.load import LoadedConfig, load_config
from backtrace.errors import UsageError

Overrides = Sequence[tuple[str, str]]
Named = tuple[str, LoadedConfig]
T = TypeVar("T")
WITH = "with:"  # begins the key of a change that is an experiment and no key of a config


def plan_variants(
    targets: Sequence[str], common: Overrides, changes: Overrides, limit: int | None = None
) -> list[Named]:
    """Return the named configs to compare, the baseline first.

    Args:
        targets: configs; several are compared as they are.
        common: overrides that hold for every run.
        changes: what is varied. A key given several times makes a variant of each value; keys
            given once belong to all variants, and to the baseline only when there are repeats.
            Keys that begin with `WITH` are experiments on the running loop.
        limit: stop each run after so many updates.

    A config compared with nothing else uses its own `compare` section.

    Raises:
        ConfigError: a config, or what an override makes of it, is not valid.
        UsageError: there is nothing to compare, or too much.
    """
    if len(targets) > 1:
        if changes:
            raise UsageError("compare either several configs, or one config with changes")
        return tell_apart([(target, _load(target, common, limit)) for target in targets])
    (target,) = targets
    base = _load(target, common, limit)
    if not changes:
        if not base.config.compare:
            raise UsageError(
                f"nothing to compare: {target} has no `compare` section. Say what to change: "
                "--no-zero-grad, --accumulate N, --set KEY=VALUE, or a second config"
            )
        named = [
            (name, _load(target, [*common, *_typed(values)], limit))
            for name, values in base.config.compare.items()
        ]
        return _put_base_first((base.path.stem, base), named)
    named = []
    single, repeated = split_changes(changes)
    for key, values in repeated.items():
        for value in values:
            overrides = [*common, *single, (key, value)]
            named.append((_name(key, value), _load(target, overrides, limit)))
    if repeated:
        if all(key.startswith(WITH) for key in repeated):  # none of them is the loop as it is
            named.insert(0, (base.path.stem, _load(target, [*common, *single], limit)))
        return tell_apart(named)
    label = ", ".join(_name(key, value) for key, value in single)
    return [(base.path.stem, base), (label, _load(target, [*common, *single], limit))]


def _load(target: str, overrides: Overrides, limit: int | None) -> LoadedConfig:
    own = [(key, value) for key, value in overrides if not key.startswith(WITH)]
    steered = [(key.removeprefix(WITH), value) for key, value in overrides if key.startswith(WITH)]
    loaded = load_config(target, own).limited(limit)
    return replace(loaded, experiments=tuple(experiment_text(*each) for each in steered))


def _put_base_first(base: Named, named: list[Named]) -> list[Named]:
    """Let a variant that changes nothing give the baseline its name."""

    def facts(one: Named) -> object:
        return one[1].config.model_dump()

    same = [one for one in named if facts(one) == facts(base)]
    return [*(same[:1] or [base]), *(one for one in named if one not in same)]


def tell_apart(named: Sequence[tuple[str, T]]) -> list[tuple[str, T]]:
    """Number names that come again: curves and verdicts go by them."""
    counts: dict[str, int] = {}
    found = []
    for name, thing in named:
        counts[name] = counts.get(name, 0) + 1
        found.append((name if counts[name] == 1 else f"{name} ({counts[name]})", thing))
    return found


def split_changes(changes: Overrides) -> tuple[Overrides, dict[str, list[str]]]:
    """Return the keys that were given once with their values, and the others with all of theirs."""
    values: dict[str, list[str]] = {}
    for key, value in changes:
        values.setdefault(key, []).append(value)
    single = [(key, found[0]) for key, found in values.items() if len(found) == 1]
    return single, {key: found for key, found in values.items() if len(found) > 1}


def _typed(values: dict[str, object]) -> Overrides:
    """Return a config's own overrides as they would be typed."""
    return [(key, json.dumps(value)) for key, value in values.items()]


def _name(key: str, value: str) -> str:
    if key == "loop.zero_grad" and value == "false":
        return "no zero_grad"
    if key.startswith(WITH):
        return name_experiment(key.removeprefix(WITH), value)
    return f"{key.rsplit('.', maxsplit=1)[-1]}={value}"


def name_experiment(key: str, value: str) -> str:
    """Return what a variant is called by its experiment: `lr=0.1x`, `no zero_grad`."""
    if key.startswith("no_") and not value:
        return f"no {key.removeprefix('no_')}"
    return experiment_text(key, value)


def experiment_text(key: str, value: str) -> str:
    """Return an experiment as `--with` takes it."""
    return f"{key}={value}" if value else key
