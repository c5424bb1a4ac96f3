"""The JSON Schema of a config as users write it, shorthands included, for editors."""

from __future__ import annotations

import json
from typing import Any

from backtrace.config.calltext import CALL_PATTERN
from backtrace.config.schema import Config

Schema = dict[str, Any]
# What a section is called in the schema, where its class must say more.
_SHOWN = {"MixTerm": "Term", "ParameterGroup": "Group"}
# A name, with or without arguments in brackets; what is inside them is checked when it is read.
_CALL_TEXT: Schema = {
    "type": "string",
    "pattern": CALL_PATTERN,
    "description": "a call as torch writes it, such as Linear(2, 1)",
}
_NUMBERS: Schema = {
    "description": "a number, or nested lists of numbers, equally long",
    "anyOf": [
        {"type": "number"},
        {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Numbers"}},
    ],
}
_SHAPE: Schema = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "integer", "minimum": 0},
    "description": "a shape, rows first",
}


def build_schema() -> Schema:
    """Return the JSON Schema (2020-12) of the file; it names no `$id`, for it lives nowhere."""
    schema = _rename(_name_numbers(Config.model_json_schema(by_alias=True)))
    parts: Schema = schema["$defs"]
    parts["Numbers"] = _NUMBERS
    for name in ("TorchCall", "Layer"):
        parts[name] = _any_of(_CALL_TEXT, _open(parts[name]))
    parts["Layer"]["anyOf"].append(_named_layer())
    parts["Term"] = _any_of(_ref("TorchCall"), parts["Term"])
    for name in ("ModelClass", "DatasetData"):
        _allow_mapping(parts[name])
    for name in ("Optimizer", "Scheduler"):
        parts[name] = _any_of(_CALL_TEXT, parts[name])
    _open(parts["Group"])
    parts["Random"] = _any_of(_SHAPE, parts["Random"])
    parts["ExpectedTrace"] = _any_of({"type": "string", "minLength": 1}, parts["ExpectedTrace"])
    parts["ExpectedValue"] = _any_of(_ref("Numbers"), parts["ExpectedValue"])
    terms = schema["properties"]["loss"]
    schema["properties"]["loss"] = _any_of(_ref("TorchCall"), terms)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "backtrace config",
        "description": "A training run for backtrace.",
    }


def _any_of(*choices: Schema) -> Schema:
    described = next((c["description"] for c in reversed(choices) if "description" in c), None)
    return {"anyOf": list(choices)} | ({"description": described} if described else {})


def _ref(name: str) -> Schema:
    return {"$ref": _path(name)}


def _path(name: str) -> str:
    return f"#/$defs/{name}"


def _open(section: Schema) -> Schema:
    """Allow arguments written flat beside the section's own keys, and `args` as a mapping."""
    section["additionalProperties"] = True
    if "args" in section["properties"]:
        _allow_mapping(section)
    return section


def _allow_mapping(section: Schema) -> None:
    args = section["properties"]["args"]
    section["properties"]["args"] = _any_of(args, {"type": "object"})


def _named_layer() -> Schema:
    """`- fc: Linear(1, 1)`: one key, which is the layer's name."""
    inner = _any_of(_CALL_TEXT, {"type": "object", "required": ["type"]})
    name = r"^(?!type$)[A-Za-z_][A-Za-z0-9_]*$"
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "patternProperties": {name: inner},
        "additionalProperties": False,
    }


def _rename(schema: Schema) -> Schema:
    """Give the definitions the names that are shown, in the schema's own order."""
    text = json.dumps(schema)
    for name, shown in _SHOWN.items():
        text = text.replace(f'"{name}"', f'"{shown}"').replace(_path(name), _path(shown))
    renamed: Schema = json.loads(text)
    renamed["$defs"] = dict(sorted(renamed["$defs"].items()))
    return renamed


def _name_numbers(schema: Any) -> Any:
    """Let every place that takes numbers point to one definition, which refers to itself."""
    if isinstance(schema, list):
        return [_name_numbers(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("title") == "Numbers" and "type" not in schema:
        return _ref("Numbers")
    return {key: _name_numbers(item) for key, item in schema.items()}
