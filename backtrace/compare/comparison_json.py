"""A comparison as a JSON object: one shape, of live runs and of traces."""

from __future__ import annotations

from dataclasses import asdict, replace
from math import isnan

from backtrace.compare.comparison import Comparison, DifferingReading
from backtrace.compare.sentence import give_verdict
from backtrace.ledger.events import Reading
from backtrace.show.json.document import to_json


def comparison_to_dict(comparison: Comparison) -> dict[str, object]:
    """Return a comparison as a document; docs/json.md says what each key means."""
    one, two = comparison.not_finite
    noise = comparison.noise
    return {
        "verdict": give_verdict(comparison),
        "is_equal": comparison.is_equal,
        "is_proved": comparison.is_proved,
        "base": comparison.base.name,
        "other": comparison.other.name,
        "updates": comparison.updates,
        "lengths": list(comparison.lengths),
        "order": comparison.order,
        "tolerance": asdict(comparison.tolerance),
        "parts": _place(comparison.first),
        "parts_beyond_tolerance": _place(comparison.beyond),
        "largest_relative_difference": to_json(comparison.largest),
        "growth": to_json(list(comparison.growth)),
        "numbers": list(comparison.numbers),
        "only_base": list(comparison.only_base),
        "only_other": list(comparison.only_other),
        "other_shapes": to_json(list(comparison.shapes)),
        "nones": [_place(place) for place in comparison.nones],
        "other_calls": to_json(comparison.calls),
        "not_finite": {"base": to_json(one), "other": to_json(two)},
        "carried": to_json(comparison.carried),
        "facts": to_json(list(comparison.settings)),
        "config": list(comparison.config),
        **({} if noise is None else {"held_to_noise": to_json(noise)}),
    }


def _place(place: DifferingReading | None) -> dict[str, object] | None:
    if place is None:
        return None
    distance = place.distance
    is_measured = not isnan(distance.relative)
    numbers = (distance.largest, distance.relative, distance.ratio)
    largest, relative, ratio = (to_json(each) if is_measured else None for each in numbers)
    return {
        "update": place.update,
        "call": place.call,
        "parameter": place.parameter,
        "account": place.account,
        "base": to_json(_plain(place.base)),
        "other": to_json(_plain(place.other)),
        "difference": {
            "is_bitwise": distance.is_bitwise,
            "is_close": distance.is_close,
            "largest": largest,
            "relative": relative,
            "ratio": ratio,
        },
    }


def _plain(reading: Reading | None) -> Reading | None:
    """Leave out the digest, which only live runs have: both say the same of the same runs."""
    return None if reading is None else replace(reading, digest=None)
