"""A setting's value as short text: calls as calls, long lists cut where they differ."""

from __future__ import annotations

from collections.abc import Mapping

_LONGEST = 60


def shorten_pair(one: str, two: str) -> tuple[str, str]:
    """Cut long texts such that they show where they differ."""
    differing = (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b)
    start = next(differing, min(len(one), len(two))) - _LONGEST // 3
    cut = [
        f"…{text[start:]}" if start > 0 and len(text) > _LONGEST else text for text in (one, two)
    ]
    short = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in cut]
    return short[0], short[1]


def value_text(value: object) -> str:
    """Return a part of a config on one line, calls written as calls."""
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def term_text(term: Mapping[str, object]) -> str:
    """Return one term of a loss: `0.5 * MSELoss() of output[0], squeeze`."""
    weight = "" if term["weight"] == 1 else f"{term['weight']} * "
    output = "" if term["output"] is None else f" of output[{term['output']}]"
    apply = "" if term["apply"] == "none" else f", {term['apply']}"
    return f"{weight}{value_text(term['loss'])}{output}{apply}"


def _mapping(value: Mapping[str, object]) -> str:
    args, kwargs = value.get("args"), value.get("kwargs")
    if "type" in value and isinstance(args, list) and isinstance(kwargs, dict):
        told = [
            *map(value_text, args),
            *(f"{key}={value_text(inner)}" for key, inner in kwargs.items()),
        ]
        name = f"{value['name']}: " if value.get("name") else ""
        return f"{name}{value['type']}({', '.join(told)})"
    told = [
        f"{key}: {value_text(inner)}" for key, inner in value.items() if inner not in (None, [], {})
    ]
    return f"{{{', '.join(told)}}}"
