"""Which experiments might make one run the other, by where the two differ first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import hypot, isfinite

from backtrace.compare.comparison import Comparison
from backtrace.compare.settings import read_settings
from backtrace.ledger.events import Reading
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.updates import Update

SET = "set:"  # begins what is no experiment, but a key of a config
_SEEDS = ("0", "1", "2", "42", "1337")
_OF_A_LOSS = ("match_shapes", "bare_output", "log_softmax")
_OF_A_FORWARD = ("train_mode", "eval_mode", "grad_on", "shuffle")
_OF_CLEARING = ("no_zero_grad", "zero_grad", "zero_grad=all", "set_to_none=true",
                "set_to_none=false")  # fmt: skip
_NO_OPTIONS = ("lr", "initial_lr")  # `lr` is what a step read
_NO_ARGUMENTS = ("initial_lr", "foreach", "fused", "capturable", "decoupled_weight_decay")
_Option = float | bool | str | None
_OF_STEPS = ("schedule=off", "step_once", "step_after_backward", "step_every=2")


@dataclass(frozen=True)
class Sides:
    """The update in which two runs differ first, of each, and what their optimizers were told."""

    base: Update
    other: Update
    optimizers: tuple[dict[str, OptimizerSeen], dict[str, OptimizerSeen]]
    updates: int  # that both were the same for


def suggest(comparison: Comparison, sides: Sides) -> list[str]:
    """Return experiments to try, as `--with` takes them, the likeliest first.

    Keys of a config that the other run was given otherwise come before them, with `SET`.
    """
    place = comparison.first
    call = "" if place is None else place.call
    first = [_keys(comparison)]
    if call == "start":
        first += [_seeds(comparison)]
    elif call == "zero_grad" or comparison.carried is not None:
        first += [iter(_OF_CLEARING)]
    elif call == "step":
        first += [_rates(sides), _options(sides), _classes(sides), _skipped(comparison)]
    elif call.startswith("backward"):
        first += [_frozen(sides), _accumulated(sides), _clipped(sides), _forward(comparison)]
    elif call:
        first += [_clipped(sides), iter(("average", "move_clipping"))]
    rest = [
        _rates(sides), _options(sides), _classes(sides), iter(_OF_CLEARING), _clipped(sides),
        iter(("average",)), _accumulated(sides), _skipped(comparison), _forward(comparison),
    ]  # fmt: skip
    return list(dict.fromkeys(text for each in (*first, *rest) for text in each))


def _keys(comparison: Comparison) -> Iterator[str]:
    """Give what the other config's keys were given, where both runs are of configs."""
    from backtrace.config.schema import Loop

    mine, theirs = comparison.base.header, comparison.other.header
    if not (mine.config and theirs.config):
        return
    for key, value in theirs.settings.items():
        path = f"loop.{key}" if key in Loop.model_fields else key
        if mine.settings.get(key) != value:
            yield f"{SET}{path}={value if isinstance(value, str) else json.dumps(value)}"


def _seeds(comparison: Comparison) -> Iterator[str]:
    told = (read_settings(comparison.other.header) or {}).get("loop.seed")
    yield from (f"seed={seed}" for seed in ([told] if told else _SEEDS))


def _rates(sides: Sides) -> Iterator[str]:
    """Give the other rate: where all groups have one by itself, where not by its factor."""
    mine, theirs = sides.base.lr, sides.other.lr
    if mine == theirs or len(mine) != len(theirs):
        return
    name = sides.base.optimizer
    if len(set(theirs)) == 1:
        yield f"{name}.lr={theirs[0]!r}"
    else:
        yield from _by_group(name, mine, theirs)
    if 0 not in mine and len({b / a for a, b in zip(mine, theirs, strict=True)}) == 1:
        yield f"{name}.lr={theirs[0] / mine[0]!r}x"


def _by_group(name: str, mine: tuple[float, ...], theirs: tuple[float, ...]) -> Iterator[str]:
    for at, (one, two) in enumerate(zip(mine, theirs, strict=True)):
        if one != two:
            yield f"{name}.groups[{at}].lr={two!r}"


def _options(sides: Sides) -> Iterator[str]:
    """Give each option that an optimizer has with another value, but for rates."""
    mine, theirs = sides.optimizers
    for name, seen in mine.items():
        other = theirs.get(name)
        if other is None or other.type != seen.type or len(other.groups) != len(seen.groups):
            continue
        for at, (one, two) in enumerate(zip(seen.groups, other.groups, strict=True)):
            path = f"{name}.groups[{at}]" if len(seen.groups) > 1 else name
            before = _joined(one.options)
            for key, value in _joined(two.options).items():
                if key in before and before[key] != value and key not in _NO_OPTIONS:
                    yield f"{path}.{key}={_typed(value)}"


def _classes(sides: Sides) -> Iterator[str]:
    mine, theirs = sides.optimizers
    for name, seen in theirs.items():
        if name in mine and mine[name].type != seen.type and seen.groups:
            options = _joined(seen.groups[0].options)
            told = {
                key: value
                for key, value in options.items()
                if value not in (None, False) and key not in _NO_ARGUMENTS
            }
            given = ", ".join(f"{key}={value!r}" for key, value in told.items())
            yield f"optimizer={seen.type}({given})"
            yield f"optimizer={seen.type}"


def _skipped(comparison: Comparison) -> Iterator[str]:
    if comparison.first is not None:
        yield f"skip_step={comparison.first.update}"
    yield from _OF_STEPS


def _frozen(sides: Sides) -> Iterator[str]:
    """Give what gets a gradient in one of both only."""
    rows = [(row, sides.other.rows.get(name)) for name, row in sides.base.rows.items()]
    pairs = [(one.name, one.grad_after, two.grad_after) for one, two in rows if two is not None]
    frozen = [name for name, one, two in pairs if one is not None and two is None]
    freed = [name for name, one, two in pairs if one is None and two is not None]
    yield from [f"freeze={','.join(frozen)}"] if frozen else []
    yield from [f"unfreeze={','.join(freed)}"] if freed else []


def _accumulated(sides: Sides) -> Iterator[str]:
    mine, theirs = (
        max((len(row.added) for row in each.rows.values()), default=0)
        for each in (sides.base, sides.other)
    )
    if mine and theirs > mine and theirs % mine == 0:
        yield f"accumulate={theirs // mine}"
    if theirs > 1:
        yield "average"


def _clipped(sides: Sides) -> Iterator[str]:
    """Give the norm that the other's gradients have together, as it would be typed."""
    mine, theirs = (_norm(each) for each in (sides.base, sides.other))
    if isfinite(theirs) and 0 < theirs < mine:
        yield from dict.fromkeys(f"clip_norm={float(f'{theirs:.{n}g}')!r}" for n in (1, 2, 3, 5))
    largest = max((_largest(row.grad_after) for row in sides.other.rows.values()), default=0.0)
    before = max((_largest(row.grad_after) for row in sides.base.rows.values()), default=0.0)
    if isfinite(largest) and 0 < largest < before:
        yield f"clip_value={float(f'{largest:.4g}')!r}"


def _norm(update: Update) -> float:
    grads = (row.grad_after for row in update.rows.values() if row.kind != "input")
    return hypot(*(grad.norm for grad in grads if grad is not None))


def _largest(reading: Reading | None) -> float:
    return 0.0 if reading is None else max(abs(reading.min), abs(reading.max))


def _forward(comparison: Comparison) -> Iterator[str]:
    mine, theirs = comparison.base.header.threads, comparison.other.header.threads
    if theirs and mine != theirs:
        yield f"threads={theirs}"
    yield from (*_OF_A_LOSS, *_OF_A_FORWARD, "deterministic")
    yield from _seeds(comparison)


def _joined(options: Mapping[str, _Option]) -> dict[str, _Option | tuple[_Option, ...]]:
    """Return options with those that are several numbers (`betas[0]`) as one."""
    found: dict[str, _Option | tuple[_Option, ...]] = {}
    for key, value in options.items():
        name, bracket, _ = key.partition("[")
        before = found.get(name, ())
        found[name] = (*before, value) if bracket and isinstance(before, tuple) else value
    return found


def _typed(value: object) -> str:
    return str(value).lower() if isinstance(value, bool | None) else str(value)
