"""As much of a JSON Schema validator as the tests need: the package brings none with it."""

from __future__ import annotations

import re
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_IGNORED = {"title", "description", "default", "$schema", "$defs", "discriminator"}


def accepts(schema: dict[str, Any], value: Any, root: dict[str, Any] | None = None) -> bool:
    root = schema if root is None else root
    return all(_holds(key, want, schema, value, root) for key, want in schema.items())


def _holds(key: str, want: Any, schema: Any, value: Any, root: dict[str, Any]) -> bool:
    def fits(inner: Any, item: Any) -> bool:
        return inner if isinstance(inner, bool) else accepts(inner, item, root)

    if key in _IGNORED:
        return True
    if key == "$ref":
        return fits(root["$defs"][want.rpartition("/")[2]], value)
    if key == "type":
        # To Python, true is a number as well.
        return isinstance(value, _TYPES[want]) and (want == "boolean") == isinstance(value, bool)
    if key == "anyOf":
        return any(fits(each, value) for each in want)
    if key == "allOf":
        return all(fits(each, value) for each in want)
    if key == "oneOf":
        return sum(fits(each, value) for each in want) == 1
    if key == "enum":
        return value in want
    if key == "const":
        return value == want
    if isinstance(value, dict):
        return _holds_object(key, want, schema, value, fits)
    if isinstance(value, list):
        if key == "items":
            return all(fits(want, item) for item in value)
        if key == "minItems":
            return len(value) >= want
    if isinstance(value, str) and key in ("pattern", "minLength"):
        return bool(re.search(want, value)) if key == "pattern" else len(value) >= want
    if isinstance(value, int | float):
        checks = {
            "minimum": lambda: value >= want,
            "exclusiveMinimum": lambda: value > want,
            "maximum": lambda: value <= want,
            "exclusiveMaximum": lambda: value < want,
        }
        if key in checks:
            return checks[key]()
    assert key in KNOWN, f"the validator does not know {key}"
    return True


KNOWN = {
    *("items", "minItems", "pattern", "minLength", "minimum", "exclusiveMinimum", "maximum"),
    *("exclusiveMaximum", "properties", "required", "additionalProperties", "patternProperties"),
    *("minProperties", "maxProperties", "propertyNames"),
}


def _holds_object(key: str, want: Any, schema: Any, value: dict[str, Any], fits: Any) -> bool:
    patterns = schema.get("patternProperties", {})
    properties = schema.get("properties", {})
    if key == "properties":
        return all(fits(want[name], value[name]) for name in want if name in value)
    if key == "required":
        return all(name in value for name in want)
    if key == "patternProperties":
        return all(
            fits(inner, value[name])
            for pattern, inner in want.items()
            for name in value
            if re.search(pattern, name)
        )
    if key == "additionalProperties":
        others = [
            name
            for name in value
            if name not in properties and not any(re.search(each, name) for each in patterns)
        ]
        return all(fits(want, value[name]) for name in others)
    if key == "propertyNames":
        return all(fits(want, name) for name in value)
    if key in ("minProperties", "maxProperties"):
        return len(value) >= want if key == "minProperties" else len(value) <= want
    assert key in KNOWN, f"the validator does not know {key}"
    return True
