"""What a comparison comes to, in words: the one writer for live runs and for traces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from backtrace.compare.comparison import Comparison, DifferingReading, NotFinite
from backtrace.compare.settings import describe_settings, read_settings
from backtrace.compare.values import describe_pair
from backtrace.show.content.cells import literal

_FEW = 3


def give_verdict(comparison: Comparison) -> str:
    """Say where `other` differs from `base`, why where the books tell, and what else differs."""
    return " ".join(list_sentences(comparison))


def list_sentences(comparison: Comparison) -> list[str]:
    """Return the verdict's sentences in their order: numbers that are not finite come first."""
    if reason := describe_nothing_in_common(comparison):
        return [reason, *_describe_losses(comparison), *_describe_settings(comparison)]
    return [
        *_describe_not_finite(comparison),
        *_describe_carried(comparison),
        *_describe_accumulation(comparison),  # what was asked for did not happen: no wonder, then
        describe_outcome(comparison),
        *comparison.reasons,
        *_describe_unmatched(comparison),
        *_describe_unread(comparison),
        *_describe_calls(comparison),
        *_describe_nones(comparison),
        *_describe_shapes(comparison),
        *_describe_one_sided(comparison),
        *_describe_losses(comparison),
        *_describe_settings(comparison),
    ]


def describe_nothing_in_common(comparison: Comparison) -> str:
    """Say why two runs cannot be compared; '' where they can."""
    names = _names(comparison)
    for name, length in zip(names, comparison.lengths, strict=True):
        if not length:
            return f"{name} holds no finished update: there is nothing to compare."
    if comparison.measured or comparison.order:
        return ""
    mine, theirs = _few(comparison.only_base), _few(comparison.only_other)
    return (
        f"{names[0]} and {names[1]} have no parameter name in common: "
        f"{mine or 'none'} against {theirs or 'none'}."
    )


def describe_outcome(comparison: Comparison) -> str:
    """Say in one sentence whether the runs are equal, and where they differ first if not."""
    base, other = _names(comparison)
    if comparison.beyond is not None:
        numbers = describe_pair(comparison.beyond) + _describe_bound(comparison)
        return f"{other} parts from {base} at {describe_place(comparison.beyond)}, {numbers}."
    over = f"{comparison.updates} {_plural(comparison.updates, 'update')}"
    end = f", but {text}" if (text := _describe_end(comparison)) else ""
    if comparison.first is not None and comparison.noise is not None:
        return (
            f"{other} equals {base} over {over}, as far as rounding goes: the largest relative "
            f"difference is {comparison.largest:.2g}, and rounding alone makes "
            f"{comparison.noise.largest:.2g}{end}."
        )
    if comparison.first is not None:
        tolerance = comparison.tolerance
        return (
            f"{other} equals {base} within rtol {tolerance.relative:g} and atol "
            f"{tolerance.absolute:g} (largest relative difference {comparison.largest:.2g}) over "
            f"{over}, but not bitwise: the bits differ first at {describe_place(comparison.first)}"
            f"{end}."
        )
    shared = " that both have" if comparison.only_base or comparison.only_other else ""
    proof = "" if comparison.is_proved else ", as far as the readings tell"
    if any(comparison.not_finite):
        proof += ", where NaN counts as equal to NaN"
    return (
        f"{other} and {base} are bitwise identical in every gradient and value{shared} over "
        f"{over}{proof}{end}."
    )


def _describe_bound(comparison: Comparison) -> str:
    """Say what rounding explains, where that was the measure; '' where it was not."""
    place, noise = comparison.beyond, comparison.noise
    if place is None or noise is None or not isfinite(place.distance.relative):
        return ""
    return (
        f" (relative difference {place.distance.relative:.2g}; rounding explains "
        f"{noise.allowed:.2g})"
    )


def describe_inequality(comparison: Comparison) -> str:
    """Say why two runs are not equal, and nothing of what else differs."""
    return " ".join([describe_outcome(comparison), *_describe_one_sided(comparison)])


def describe_place(place: DifferingReading) -> str:
    """Return `update 2, backward: .grad of fc.weight`."""
    return f"update {place.update}, {place.call}: {place.account} of {literal(place.parameter)}"


def describe_noise(again: Comparison) -> str:
    """Say whether the baseline, run twice, gave the same bits."""
    name = literal(again.base.name)
    if again.first is None:
        return (
            f"Noise: none. {name} run twice gave the same bits in all {again.updates} "
            f"{_plural(again.updates, 'update')}."
        )
    return (
        f"Noise: {name} run twice does not give the same bits. They differ first at "
        f"{describe_place(again.first)} (largest relative difference {again.largest:.2g}); "
        "differences below that say nothing."
    )


def describe_rounding(again: Comparison, runs: int) -> str:
    """Say what the baseline comes to when its layers round otherwise, of so many such runs."""
    name = literal(again.base.name)
    if again.first is None:
        return (
            f"Noise: {name} gives the same bits when its layers round otherwise: no layer of "
            "torch.nn was called, so that only a few roundings count as noise."
        )
    return (
        f"Noise: {name}, run {runs} times with each layer's output changed by one rounding, "
        f"differs by {again.growth[-1]:.2g} of the largest element after {again.updates} "
        f"{_plural(again.updates, 'update')}."
    )


def _names(comparison: Comparison) -> tuple[str, str]:
    return literal(comparison.base.name), literal(comparison.other.name)


def _describe_not_finite(comparison: Comparison) -> Iterator[str]:
    one, two = comparison.not_finite
    if one is not None and one == two:
        yield f"{' and '.join(_names(comparison))} {_broken('are', 'their', one)}."
        return
    for name, found in zip(_names(comparison), (one, two), strict=True):
        if found is not None:
            yield f"{name} {_broken('is', 'its', found)}."


def _broken(verb: str, whose: str, found: NotFinite) -> str:
    text = f"{verb} not finite from update {found.update} on ({literal(found.what)})"
    if found.loss is None or found.what == "loss":
        return text
    return f"{text}, {whose} loss not finite from update {found.loss} on"


def _describe_carried(comparison: Comparison) -> Iterator[str]:
    found = comparison.carried
    if found is None:
        return
    ratios = ", ".join(f"{ratio:.2f}× at update {at}" for at, ratio in found.ratios)
    yield (
        f"{literal(found.run)}: from update {found.update} on .grad holds the sum of all earlier "
        "gradients."
    )
    if ratios:
        beside = next(name for name in _names(comparison) if name != literal(found.run))
        yield f"Beside {beside}, the norm of {literal(found.parameter)}'s .grad is {ratios}."


def _describe_unmatched(comparison: Comparison) -> Iterator[str]:
    """Say what has no counterpart, where the outcome is a difference before that."""
    if comparison.beyond and (end := _describe_end(comparison)):
        yield f"{end}."


def _describe_unread(comparison: Comparison) -> Iterator[str]:
    """Say how many updates were compared where not all were read, as with `--every`."""
    if all(each.is_every for each in comparison.read):
        return
    told = [
        f"{each.count} of the first {each.last} updates of {name}"
        for name, each in zip(_names(comparison), comparison.read, strict=True)
    ]
    both = comparison.updates
    text = f"Read were {' and '.join(told)}: the {both} that both have were compared"
    place = comparison.beyond or comparison.first
    if place is not None and place.update in comparison.numbers[1:]:
        before = comparison.numbers[comparison.numbers.index(place.update) - 1]
        if place.update - before > 1:
            text += f", and the two may part anywhere after update {before}"
    yield f"{text}."


def _describe_end(comparison: Comparison) -> str:
    """Say what has no counterpart: steps in another order, more updates."""
    base, other = _names(comparison)
    mine, theirs = comparison.lengths
    if comparison.order:
        order = literal(comparison.order)
        return f"{base} and {other} do not step in the same order: {order}"
    if comparison.is_as_long:
        return ""
    if not all(each.is_every for each in comparison.read):
        ends = [each.last for each in comparison.read]
        return f"the last update read of {base} is {ends[0]}, and of {other} {ends[1]}"
    return f"{base} has {mine} {_plural(mine, 'update')} and {other} {theirs}"


def _describe_nones(comparison: Comparison) -> Iterator[str]:
    """Say what is None in one run only, unless that has been said."""
    base, other = _names(comparison)
    told: dict[str, list[str]] = {}
    for each in comparison.nones if comparison.carried is None else ():
        if each is not comparison.beyond:
            where = f"At update {each.update}, {each.call}: {each.account} is None"
            name = base if each.base is None else other
            told.setdefault(f"{where} in {name} only", []).append(each.parameter)
    for where, names in told.items():
        yield f"{where}, of {_few(names)}."


def _describe_calls(comparison: Comparison) -> Iterator[str]:
    found = comparison.calls
    if found is None:
        return
    sides = zip(_names(comparison), (found.only_base, found.only_other), strict=True)
    only = [f"{_few(calls)} ran only in {name}" for name, calls in sides if calls]
    only = [*only, f"{found.base} against {found.other}"]
    yield f"At update {found.update} the calls differ: {'; '.join(only)}."
    for late in found.later:
        call, run = literal(late.call), literal(late.run)
        yield f"{call} ran only in {run}, first at update {late.update}."


def _describe_shapes(comparison: Comparison) -> Iterator[str]:
    first = comparison.beyond.parameter if comparison.beyond is not None else ""
    told = [
        f"{literal(each.parameter)}, shape {each.base} against {each.other}"
        for each in comparison.shapes
        if each.parameter != first
    ]
    if told:
        yield f"Nothing in common: {_few(told, '; ')}."


def _describe_one_sided(comparison: Comparison) -> Iterator[str]:
    sides = (comparison.only_base, comparison.only_other)
    for name, missing in zip(_names(comparison), sides, strict=True):
        if missing:
            yield f"Only in {name}: {_few(missing)}."


def _describe_losses(comparison: Comparison) -> Iterator[str]:
    """Give the last losses as they are, and why they do not compare; none is called better."""
    is_equal = comparison.measured > 0 and not (comparison.first or comparison.carried)
    if comparison.losses is None or is_equal or not all(map(isfinite, comparison.losses)):
        return
    update, one, two = comparison.losses
    text = f"Loss at update {update}: {one:.6g} and {two:.6g}."
    reasons = []
    if comparison.carried is not None:
        run = literal(comparison.carried.run)
        reasons.append(f"the steps of {run} do not follow the gradient of its loss")
    if comparison.beyond is not None or not comparison.measured:
        keys = [literal(each.key) for each in comparison.settings if each.is_of_the_loss]
        reasons += [f"the runs differ in {', '.join(keys)}"] if keys else []
    yield f"{text} They do not compare: {'; '.join(reasons)}." if reasons else text


def _describe_settings(comparison: Comparison) -> Iterator[str]:
    if comparison.settings:
        yield f"Settings that differ: {describe_settings(comparison.settings)}."


def _describe_accumulation(comparison: Comparison) -> Iterator[str]:
    """Say so where a config accumulates and no update has more than a few backwards."""
    runs = (comparison.base, comparison.other)
    for run, most in zip(runs, comparison.backwards, strict=True):
        wanted = int((read_settings(run.header) or {}).get("loop.accumulate", 1))
        if 0 < most < wanted:
            yield (
                f"{literal(run.name)} has loop.accumulate {wanted}, but no update has more than "
                f"{most} {_plural(most, 'backward')}: an epoch has no more batches."
            )


def _few(names: Sequence[str], comma: str = ", ") -> str:
    rest = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return comma.join(map(literal, names[:_FEW])) + rest


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
